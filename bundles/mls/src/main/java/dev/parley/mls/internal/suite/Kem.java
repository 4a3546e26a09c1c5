package dev.parley.mls.internal.suite;

import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.Randomness;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Secret;

/**
 * A key encapsulation mechanism as HPKE has it (RFC 9180 section 4). Implementations are immutable
 * and may be shared between threads.
 */
public interface Kem {
    /** A shared secret and what the other end needs to find it. */
    record Encapsulation(Secret sharedSecret, byte[] enc) {}

    /** The code point of HPKE. */
    int id();

    /** {@code Npk}, in bytes. */
    int publicKeyLength();

    /** {@code Nsk}, in bytes. */
    int privateKeyLength();

    /** {@code DeriveKeyPair}: always the same pair from the same input. */
    KeyPair deriveKeyPair(Secret ikm);

    default KeyPair generateKeyPair(Randomness random) {
        Secret ikm = Secret.wrap(random.bytes(Math.max(32, privateKeyLength())));
        try {
            return deriveKeyPair(ikm);
        } finally {
            ikm.destroy();
        }
    }

    /**
     * The public key of a private one.
     *
     * @throws MlsException BAD_KEY if it is not a private key
     */
    Bytes publicKey(Secret privateKey) throws MlsException;

    /**
     * Refuses bytes that are no public key: wrong length, or for a curve not a point of it.
     *
     * @throws MlsException BAD_KEY
     */
    void checkPublicKey(Bytes publicKey) throws MlsException;

    /**
     * @throws MlsException BAD_KEY
     */
    Encapsulation encap(Bytes publicKey, Randomness random) throws MlsException;

    /**
     * @throws MlsException DECRYPTION_FAILED if {@code enc} has the wrong form, BAD_KEY if ours has
     */
    Secret decap(byte[] enc, KeyPair own) throws MlsException;
}
