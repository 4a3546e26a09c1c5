package dev.parley.identity.internal;

import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.params.MLDSAParameters;
import org.bouncycastle.crypto.params.MLDSAPrivateKeyParameters;
import org.bouncycastle.crypto.params.MLDSAPublicKeyParameters;
import org.bouncycastle.crypto.params.ParametersWithRandom;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.bouncycastle.crypto.signers.MLDSASigner;

/** A hybrid key pair on BouncyCastle's lightweight API; the only class that knows the library. */
public final class HybridKey {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int SEED = 32;

    private final byte[] seeds;
    private final MLDSAPrivateKeyParameters mlDsa;
    private final Ed25519PrivateKeyParameters ed25519;

    private HybridKey(byte[] seeds) {
        this.seeds = seeds;
        this.mlDsa =
                new MLDSAPrivateKeyParameters(
                        MLDSAParameters.ml_dsa_65, Arrays.copyOf(seeds, SEED));
        this.ed25519 = new Ed25519PrivateKeyParameters(seeds, SEED);
    }

    /**
     * @param seeds 32 bytes for ML-DSA-65 and 32 for Ed25519
     */
    public static HybridKey of(byte[] seeds) {
        if (seeds.length != 2 * SEED) {
            throw new IllegalArgumentException("seeds have 64 bytes, found " + seeds.length);
        }
        return new HybridKey(seeds.clone());
    }

    public byte[] seeds() {
        return seeds.clone();
    }

    public byte[] publicKey() {
        return concat(mlDsa.getPublicKey(), ed25519.generatePublicKey().getEncoded());
    }

    /** Ed25519 and then ML-DSA-65, hedged with fresh randomness (FIPS 204 section 3.4). */
    public byte[] sign(byte[] message) {
        try {
            MLDSASigner signer = new MLDSASigner();
            signer.init(true, new ParametersWithRandom(mlDsa, RANDOM));
            signer.update(message, 0, message.length);
            return concat(signEd25519(ed25519, message), signer.generateSignature());
        } catch (CryptoException e) {
            throw new IllegalStateException("signing failed", e);
        }
    }

    public static boolean verifyEd25519(byte[] key, byte[] message, byte[] signature) {
        if (key.length != SEED || signature.length != 64) {
            return false;
        }
        try {
            Ed25519Signer signer = new Ed25519Signer();
            signer.init(false, new Ed25519PublicKeyParameters(key, 0));
            signer.update(message, 0, message.length);
            return signer.verifySignature(signature);
        } catch (IllegalArgumentException e) {
            return false; // the key is no point of the curve
        }
    }

    public static boolean verifyMlDsa(byte[] key, byte[] message, byte[] signature) {
        try {
            MLDSASigner signer = new MLDSASigner();
            signer.init(false, new MLDSAPublicKeyParameters(MLDSAParameters.ml_dsa_65, key));
            signer.update(message, 0, message.length);
            return signer.verifySignature(signature);
        } catch (IllegalArgumentException e) {
            return false; // a key or signature of the wrong form
        }
    }

    private static byte[] signEd25519(Ed25519PrivateKeyParameters key, byte[] message) {
        Ed25519Signer signer = new Ed25519Signer();
        signer.init(true, key);
        signer.update(message, 0, message.length);
        return signer.generateSignature();
    }

    private static byte[] concat(byte[] a, byte[] b) {
        byte[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    /** A session's Ed25519 key, which lives in memory only. */
    public static final class Ed25519Secret {
        private final Ed25519PrivateKeyParameters key;

        private Ed25519Secret(Ed25519PrivateKeyParameters key) {
            this.key = key;
        }

        public static Ed25519Secret generate() {
            return new Ed25519Secret(new Ed25519PrivateKeyParameters(RANDOM));
        }

        public byte[] publicKey() {
            return key.generatePublicKey().getEncoded();
        }

        public byte[] sign(byte[] message) {
            return signEd25519(key, message);
        }
    }
}
