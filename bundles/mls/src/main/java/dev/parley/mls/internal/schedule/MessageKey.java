package dev.parley.mls.internal.schedule;

import dev.parley.mls.internal.codec.Secret;

/** Key and nonce of one message (RFC 9420 section 9.1); for one use. */
public record MessageKey(long generation, Secret key, Secret nonce) {
    MessageKey copy() {
        return new MessageKey(generation, key.copy(), nonce.copy());
    }

    /**
     * The nonce with the reuse guard in its first bytes (section 6.3.2); this one stays as it is.
     */
    public byte[] guardedNonce(byte[] reuseGuard) {
        byte[] guarded = nonce.reveal().clone();
        for (int i = 0; i < reuseGuard.length; i++) {
            guarded[i] ^= reuseGuard[i];
        }
        return guarded;
    }

    public void destroy() {
        key.destroy();
        nonce.destroy();
    }
}
