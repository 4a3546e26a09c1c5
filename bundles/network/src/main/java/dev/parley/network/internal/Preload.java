package dev.parley.network.internal;

/** Loads the native libraries and the classes of TLS while the container still starts. */
public final class Preload implements Runnable {
    @Override
    public void run() {
        TlsIdentity tls = new TlsIdentity();
        tls.server();
        tls.client();
        QuicTransport.load();
    }
}
