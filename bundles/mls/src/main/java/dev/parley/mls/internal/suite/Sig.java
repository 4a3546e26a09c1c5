package dev.parley.mls.internal.suite;

import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.Randomness;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Secret;

/**
 * A signature scheme with keys and signatures in the form of RFC 9420 section 5.1.1.
 * Implementations are immutable and may be shared between threads.
 */
public interface Sig {
    KeyPair generateKeyPair(Randomness random);

    /**
     * @throws MlsException BAD_KEY if it is not a private key
     */
    Bytes publicKey(Secret privateKey) throws MlsException;

    /**
     * Refuses bytes that cannot be a public key.
     *
     * @throws MlsException BAD_KEY
     */
    void checkPublicKey(Bytes publicKey) throws MlsException;

    /**
     * @param random used by schemes that hedge their signatures, not by the others
     * @throws MlsException BAD_KEY if it is not a private key
     */
    byte[] sign(Secret privateKey, byte[] content, Randomness random) throws MlsException;

    /**
     * As {@link #sign(Secret, byte[], Randomness)}, quicker where the public key is part of what is
     * signed.
     *
     * @param own a pair that belongs together: with another public key the signature would give the
     *     private one away
     */
    default byte[] sign(KeyPair own, byte[] content, Randomness random) throws MlsException {
        return sign(own.privateKey(), content, random);
    }

    /** Whether the signature holds; a key or signature of the wrong form does not. */
    boolean verify(Bytes publicKey, byte[] content, Bytes signature);
}
