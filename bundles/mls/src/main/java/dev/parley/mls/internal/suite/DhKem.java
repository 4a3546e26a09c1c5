package dev.parley.mls.internal.suite;

import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsException.Reason;
import dev.parley.mls.api.Randomness;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Secret;

/** DHKEM (RFC 9180 section 4.1) over one of the groups of section 7.1. */
public final class DhKem implements Kem {
    public static final Kem P256 = new DhKem(0x0010, new NistGroup("secp256r1"), Kdf.HKDF_SHA256);
    public static final Kem P384 = new DhKem(0x0011, new NistGroup("secp384r1"), Kdf.HKDF_SHA384);
    public static final Kem P521 = new DhKem(0x0012, new NistGroup("secp521r1"), Kdf.HKDF_SHA512);
    public static final Kem X25519 = new DhKem(0x0020, new XGroup(false), Kdf.HKDF_SHA256);
    public static final Kem X448 = new DhKem(0x0021, new XGroup(true), Kdf.HKDF_SHA512);

    private final int id;
    private final DhGroup group;
    private final Kdf kdf;
    private final Labels labels;

    private DhKem(int id, DhGroup group, Kdf kdf) {
        this.id = id;
        this.group = group;
        this.kdf = kdf;
        this.labels = Labels.ofKem(kdf, id);
    }

    @Override
    public int id() {
        return id;
    }

    @Override
    public int publicKeyLength() {
        return group.publicKeyLength();
    }

    @Override
    public int privateKeyLength() {
        return group.privateKeyLength();
    }

    @Override
    public KeyPair deriveKeyPair(Secret ikm) {
        Secret prk = labels.extract(new byte[0], "dkp_prk", ikm.reveal());
        try {
            Secret key = group.derive(labels, prk);
            return new KeyPair(Bytes.wrap(group.publicKey(key.reveal())), key);
        } catch (MlsException e) {
            throw new IllegalStateException("a derived key is no key", e);
        } finally {
            prk.destroy();
        }
    }

    @Override
    public Bytes publicKey(Secret privateKey) throws MlsException {
        checkLength("private key", privateKey.length(), privateKeyLength());
        return Bytes.wrap(group.publicKey(privateKey.reveal()));
    }

    @Override
    public void checkPublicKey(Bytes publicKey) throws MlsException {
        checkLength("public key", publicKey.length(), publicKeyLength());
        group.check(publicKey.array());
    }

    @Override
    public Encapsulation encap(Bytes publicKey, Randomness random) throws MlsException {
        checkLength("public key", publicKey.length(), publicKeyLength());
        KeyPair ephemeral = generateKeyPair(random);
        try {
            byte[] dh = group.agree(ephemeral.privateKey().reveal(), publicKey.array());
            byte[] enc = ephemeral.publicKey().array();
            return new Encapsulation(shared(dh, enc, publicKey.array()), enc);
        } finally {
            ephemeral.privateKey().destroy();
        }
    }

    @Override
    public Secret decap(byte[] enc, KeyPair own) throws MlsException {
        checkLength("private key", own.privateKey().length(), privateKeyLength());
        if (enc.length != publicKeyLength()) {
            throw new MlsException(
                    Reason.DECRYPTION_FAILED,
                    "KEM output: " + enc.length + " bytes, expected " + publicKeyLength());
        }
        try {
            byte[] dh = group.agree(own.privateKey().reveal(), enc);
            return shared(dh, enc, own.publicKey().array());
        } catch (MlsException e) {
            throw new MlsException(Reason.DECRYPTION_FAILED, "KEM output: not a public key");
        }
    }

    private Secret shared(byte[] dh, byte[] enc, byte[] recipient) {
        Secret prk = labels.extract(new byte[0], "eae_prk", dh);
        java.util.Arrays.fill(dh, (byte) 0);
        Secret secret =
                labels.expand(prk, "shared_secret", Labels.concat(enc, recipient), kdf.length());
        prk.destroy();
        return secret;
    }

    static void checkLength(String what, int found, int expected) throws MlsException {
        if (found != expected) {
            throw new MlsException(
                    Reason.BAD_KEY, what + ": " + found + " bytes, expected " + expected);
        }
    }
}
