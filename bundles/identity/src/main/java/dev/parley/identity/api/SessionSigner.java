package dev.parley.identity.api;

import org.osgi.annotation.versioning.ProviderType;

/** A session key that is good until its certificate ends. Any thread may call. */
@ProviderType
public interface SessionSigner {
    SessionCertificate certificate();

    /**
     * @return a 64-byte Ed25519 signature over a 32-byte digest
     */
    byte[] sign(byte[] digest);
}
