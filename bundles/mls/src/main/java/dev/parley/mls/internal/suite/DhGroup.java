package dev.parley.mls.internal.suite;

import dev.parley.mls.api.MlsException;
import dev.parley.mls.internal.codec.Secret;

/** A group for Diffie and Hellman; keys are serialised as RFC 9180 section 7.1 says. */
interface DhGroup {
    int publicKeyLength();

    int privateKeyLength();

    /** The private key that RFC 9180 section 7.1.3 derives. */
    Secret derive(Labels labels, Secret prk);

    /**
     * @throws MlsException BAD_KEY
     */
    byte[] publicKey(byte[] privateKey) throws MlsException;

    /**
     * @throws MlsException BAD_KEY if it is not of the group
     */
    void check(byte[] publicKey) throws MlsException;

    /**
     * @throws MlsException BAD_KEY if a key is not of the group, or the result is its neutral
     *     element
     */
    byte[] agree(byte[] privateKey, byte[] publicKey) throws MlsException;
}
