package dev.parley.mls.internal.suite;

import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsException.Reason;
import dev.parley.mls.api.Randomness;
import dev.parley.mls.api.Signer;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Secret;
import dev.parley.mls.internal.codec.TlsWriter;
import dev.parley.mls.internal.node.HpkeCiphertext;

/**
 * The algorithms of a group (RFC 9420 section 5.1) and the labelled operations made of them. A
 * value without state: groups may share one between threads.
 *
 * @param id the code point of MLS
 */
public record CipherSuite(int id, String name, Kem kem, Kdf kdf, Aead aead, Hash hash, Sig sig) {
    private static final String PREFIX = "MLS 1.0 ";
    private static final byte[] EMPTY = new byte[0];

    /** Bytes of a hash and of a secret of the key schedule. */
    public int secretLength() {
        return kdf.length();
    }

    public Hpke hpke() {
        return new Hpke(kem, kdf, aead);
    }

    public Bytes hash(byte[] content) {
        return Bytes.wrap(hash.hash(content));
    }

    public Bytes mac(Secret key, byte[] content) {
        return Bytes.wrap(hash.mac(key.reveal(), content));
    }

    /** {@code RefHash} of section 5.2. */
    public Bytes refHash(String label, byte[] value) {
        return hash(new TlsWriter().opaque(Labels.ascii(label)).opaque(value).toByteArray());
    }

    /** {@code ExpandWithLabel} of section 8. */
    public Secret expandWithLabel(Secret secret, String label, byte[] context, int length) {
        byte[] info =
                new TlsWriter(64 + context.length)
                        .u16(length)
                        .opaque(Labels.ascii(PREFIX + label))
                        .opaque(context)
                        .toByteArray();
        return kdf.expand(secret, info, length);
    }

    /** {@code DeriveSecret} of section 8. */
    public Secret deriveSecret(Secret secret, String label) {
        return expandWithLabel(secret, label, EMPTY, secretLength());
    }

    /** {@code DeriveTreeSecret} of section 9.1. */
    public Secret deriveTreeSecret(Secret secret, String label, long generation, int length) {
        byte[] context = new TlsWriter(16).u32(generation).toByteArray();
        return expandWithLabel(secret, label, context, length);
    }

    private static byte[] labelled(String label, byte[] content) {
        return new TlsWriter(content.length + 40)
                .opaque(Labels.ascii(PREFIX + label))
                .opaque(content)
                .toByteArray();
    }

    /** {@code SignWithLabel} of section 5.1.2. */
    public byte[] signWithLabel(Signer signer, String label, byte[] content) {
        return signer.sign(labelled(label, content));
    }

    /** {@code VerifyWithLabel} of section 5.1.2. */
    public boolean verifyWithLabel(Bytes publicKey, String label, byte[] content, Bytes signature) {
        return sig.verify(publicKey, labelled(label, content), signature);
    }

    /**
     * As {@link #verifyWithLabel}, with an exception.
     *
     * @param what is said to be signed, for the message
     * @throws MlsException BAD_SIGNATURE
     */
    public void requireSignature(
            Bytes publicKey, String label, byte[] content, Bytes signature, String what)
            throws MlsException {
        if (!verifyWithLabel(publicKey, label, content, signature)) {
            throw new MlsException(Reason.BAD_SIGNATURE, what + ": the signature does not verify");
        }
    }

    /** {@code EncryptWithLabel} of section 5.1.3. */
    public HpkeCiphertext encryptWithLabel(
            Bytes publicKey, String label, byte[] context, Secret plaintext, Randomness random)
            throws MlsException {
        return hpke().seal(publicKey, labelled(label, context), EMPTY, plaintext.reveal(), random);
    }

    /** {@code EncryptWithLabel} for many, who have the label and the context in common. */
    public Encryption encryption(String label, byte[] context) {
        Hpke hpke = hpke();
        Secret infoHash = hpke.infoHash(labelled(label, context));
        return (publicKey, plaintext, random) ->
                hpke.seal(publicKey, infoHash, EMPTY, plaintext.reveal(), random);
    }

    /** Encrypts for one of many; may be shared between threads. */
    @FunctionalInterface
    public interface Encryption {
        /**
         * @throws MlsException BAD_KEY
         */
        HpkeCiphertext encrypt(Bytes publicKey, Secret plaintext, Randomness random)
                throws MlsException;
    }

    /** {@code DecryptWithLabel} of section 5.1.3. */
    public Secret decryptWithLabel(
            KeyPair own, String label, byte[] context, HpkeCiphertext ciphertext)
            throws MlsException {
        return hpke().open(own, labelled(label, context), EMPTY, ciphertext);
    }

    /**
     * A signer that holds its key itself; for callers without one of their own.
     *
     * @param keys a pair that belongs together ({@link Sig#sign(KeyPair, byte[], Randomness)})
     */
    public Signer signer(KeyPair keys, Randomness random) {
        return new Signer() {
            @Override
            public byte[] publicKey() {
                return keys.publicKey().toByteArray();
            }

            @Override
            public byte[] sign(byte[] content) {
                try {
                    return sig.sign(keys, content, random);
                } catch (MlsException e) {
                    throw new IllegalStateException("not a signature key of " + name, e);
                }
            }
        };
    }

    @Override
    public String toString() {
        return name;
    }
}
