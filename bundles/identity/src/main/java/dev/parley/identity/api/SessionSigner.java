package dev.parley.identity.api;

import org.osgi.annotation.versioning.ProviderType;

/** A session key that is good until its certificate ends. Any thread may call. */
@ProviderType
public interface SessionSigner {
    SessionCertificate certificate();

    /**
     * The number of the next message under this certificate. No number is given out twice, whoever
     * asks: two messages of one number would look like an equivocation.
     *
     * @return 0, 1, 2, …
     */
    long nextSequence();

    /**
     * @return a 64-byte Ed25519 signature over a 32-byte digest
     */
    byte[] sign(byte[] digest);
}
