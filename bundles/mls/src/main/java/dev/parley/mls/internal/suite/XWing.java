package dev.parley.mls.internal.suite;

import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsException.Reason;
import dev.parley.mls.api.Randomness;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Secret;
import java.util.Arrays;
import org.bouncycastle.crypto.digests.SHA3Digest;
import org.bouncycastle.crypto.digests.SHAKEDigest;
import org.bouncycastle.math.ec.rfc7748.X25519;

/**
 * X-Wing, which draft-ietf-hpke-pq calls MLKEM768-X25519: ML-KEM-768 and X25519 together, so that
 * the secret holds as long as one of them does. A private key is a seed of 32 bytes.
 *
 * <p>BouncyCastle's own X-Wing derives key pairs as an older draft did; this one does as
 * draft-ietf-hpke-pq says ({@code SHAKE256.LabeledDerive}).
 */
public final class XWing implements Kem {
    public static final XWing INSTANCE = new XWing();

    private static final int ID = 0x647a;
    private static final int SEED_BYTES = 32;
    private static final MlKem ML_KEM = MlKem.ML_KEM_768;
    private static final byte[] LABEL = {0x5c, 0x2e, 0x2f, 0x2f, 0x5e, 0x5c};

    private XWing() {}

    /** What the seed expands to. */
    private record Expanded(byte[] mlKemSeed, byte[] scalar) {
        static Expanded of(byte[] seed) {
            SHAKEDigest shake = new SHAKEDigest(256);
            shake.update(seed, 0, seed.length);
            byte[] out = new byte[MlKem.SEED_BYTES + X25519.SCALAR_SIZE];
            shake.doFinal(out, 0, out.length);
            Expanded expanded =
                    new Expanded(
                            Arrays.copyOf(out, MlKem.SEED_BYTES),
                            Arrays.copyOfRange(out, MlKem.SEED_BYTES, out.length));
            Arrays.fill(out, (byte) 0);
            return expanded;
        }

        void wipe() {
            Arrays.fill(mlKemSeed, (byte) 0);
            Arrays.fill(scalar, (byte) 0);
        }
    }

    @Override
    public int id() {
        return ID;
    }

    @Override
    public int publicKeyLength() {
        return ML_KEM.publicKeyLength() + X25519.POINT_SIZE;
    }

    @Override
    public int privateKeyLength() {
        return SEED_BYTES;
    }

    @Override
    public KeyPair deriveKeyPair(Secret ikm) {
        Secret seed = Labels.shake256(ID, ikm, "DeriveKeyPair", SEED_BYTES);
        try {
            return new KeyPair(publicKey(seed), seed);
        } catch (MlsException e) {
            throw new IllegalStateException("a derived key is no key", e);
        }
    }

    @Override
    public Bytes publicKey(Secret privateKey) throws MlsException {
        DhKem.checkLength("private key", privateKey.length(), SEED_BYTES);
        Expanded expanded = Expanded.of(privateKey.reveal());
        byte[] mlKem = ML_KEM.publicKey(Secret.copyOf(expanded.mlKemSeed())).array();
        byte[] out = Arrays.copyOf(mlKem, publicKeyLength());
        X25519.scalarMultBase(expanded.scalar(), 0, out, mlKem.length);
        expanded.wipe();
        return Bytes.wrap(out);
    }

    @Override
    public void checkPublicKey(Bytes publicKey) throws MlsException {
        DhKem.checkLength("public key", publicKey.length(), publicKeyLength());
        ML_KEM.checkPublicKey(
                Bytes.wrap(Arrays.copyOf(publicKey.array(), ML_KEM.publicKeyLength())));
    }

    @Override
    public Encapsulation encap(Bytes publicKey, Randomness random) throws MlsException {
        return encap(publicKey, random.bytes(32), random.bytes(X25519.SCALAR_SIZE));
    }

    /** With the randomness given, as test vectors need it. */
    Encapsulation encap(Bytes publicKey, byte[] mlKemRandomness, byte[] scalar)
            throws MlsException {
        DhKem.checkLength("public key", publicKey.length(), publicKeyLength());
        int split = ML_KEM.publicKeyLength();
        byte[] point = Arrays.copyOfRange(publicKey.array(), split, publicKeyLength());
        Encapsulation mlKem =
                ML_KEM.encap(Arrays.copyOf(publicKey.array(), split), mlKemRandomness);
        byte[] ephemeral = new byte[X25519.POINT_SIZE];
        X25519.scalarMultBase(scalar, 0, ephemeral, 0);
        byte[] dh = new byte[X25519.POINT_SIZE];
        X25519.scalarMult(scalar, 0, point, 0, dh, 0);
        Secret shared = combine(mlKem.sharedSecret(), dh, ephemeral, point);
        Arrays.fill(scalar, (byte) 0);
        return new Encapsulation(shared, Labels.concat(mlKem.enc(), ephemeral));
    }

    @Override
    public Secret decap(byte[] enc, KeyPair own) throws MlsException {
        DhKem.checkLength("private key", own.privateKey().length(), SEED_BYTES);
        int expected = ML_KEM.encLength() + X25519.POINT_SIZE;
        if (enc.length != expected) {
            throw new MlsException(
                    Reason.DECRYPTION_FAILED,
                    "KEM output: " + enc.length + " bytes, expected " + expected);
        }
        Expanded expanded = Expanded.of(own.privateKey().reveal());
        byte[] ephemeral = Arrays.copyOfRange(enc, ML_KEM.encLength(), enc.length);
        Secret mlKem = ML_KEM.decap(Arrays.copyOf(enc, ML_KEM.encLength()), expanded.mlKemSeed());
        byte[] dh = new byte[X25519.POINT_SIZE];
        X25519.scalarMult(expanded.scalar(), 0, ephemeral, 0, dh, 0);
        byte[] point =
                Arrays.copyOfRange(
                        own.publicKey().array(), ML_KEM.publicKeyLength(), publicKeyLength());
        expanded.wipe();
        return combine(mlKem, dh, ephemeral, point);
    }

    private static Secret combine(Secret mlKem, byte[] dh, byte[] ephemeral, byte[] point) {
        SHA3Digest sha3 = new SHA3Digest(256);
        for (byte[] part : new byte[][] {mlKem.reveal(), dh, ephemeral, point, LABEL}) {
            sha3.update(part, 0, part.length);
        }
        byte[] out = new byte[32];
        sha3.doFinal(out, 0);
        mlKem.destroy();
        Arrays.fill(dh, (byte) 0);
        return Secret.wrap(out);
    }
}
