package dev.parley.mls.internal.suite;

import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsException.Reason;
import dev.parley.mls.api.Randomness;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Secret;
import java.security.SecureRandom;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.params.MLDSAParameters;
import org.bouncycastle.crypto.params.MLDSAPrivateKeyParameters;
import org.bouncycastle.crypto.params.MLDSAPublicKeyParameters;
import org.bouncycastle.crypto.params.ParametersWithRandom;
import org.bouncycastle.crypto.signers.MLDSASigner;

/**
 * ML-DSA (FIPS 204), pure and with an empty context, hedged with the randomness given. A private
 * key is its seed of 32 bytes.
 */
public final class MlDsa implements Sig {
    public static final MlDsa ML_DSA_65 = new MlDsa(MLDSAParameters.ml_dsa_65, 1952, 3309);
    public static final MlDsa ML_DSA_87 = new MlDsa(MLDSAParameters.ml_dsa_87, 2592, 4627);

    private static final int SEED_BYTES = 32;

    private final MLDSAParameters parameters;
    private final int publicKeyLength;
    private final int signatureLength;

    private MlDsa(MLDSAParameters parameters, int publicKeyLength, int signatureLength) {
        this.parameters = parameters;
        this.publicKeyLength = publicKeyLength;
        this.signatureLength = signatureLength;
    }

    @Override
    public KeyPair generateKeyPair(Randomness random) {
        Secret seed = Secret.wrap(random.bytes(SEED_BYTES));
        return new KeyPair(Bytes.wrap(expand(seed).getPublicKey()), seed);
    }

    private MLDSAPrivateKeyParameters expand(Secret seed) {
        return new MLDSAPrivateKeyParameters(parameters, seed.reveal());
    }

    @Override
    public Bytes publicKey(Secret privateKey) throws MlsException {
        DhKem.checkLength("private key", privateKey.length(), SEED_BYTES);
        return Bytes.wrap(expand(privateKey).getPublicKey());
    }

    @Override
    public void checkPublicKey(Bytes publicKey) throws MlsException {
        DhKem.checkLength("public key", publicKey.length(), publicKeyLength);
    }

    @Override
    public byte[] sign(Secret privateKey, byte[] content, Randomness random) throws MlsException {
        DhKem.checkLength("private key", privateKey.length(), SEED_BYTES);
        MLDSASigner signer = new MLDSASigner();
        signer.init(true, new ParametersWithRandom(expand(privateKey), new Bridge(random)));
        signer.update(content, 0, content.length);
        try {
            return signer.generateSignature();
        } catch (CryptoException e) {
            throw new IllegalStateException("signing failed", e);
        }
    }

    @Override
    public boolean verify(Bytes publicKey, byte[] content, Bytes signature) {
        if (publicKey.length() != publicKeyLength || signature.length() != signatureLength) {
            return false;
        }
        try {
            MLDSASigner signer = new MLDSASigner();
            signer.init(false, new MLDSAPublicKeyParameters(parameters, publicKey.array()));
            signer.update(content, 0, content.length);
            return signer.verifySignature(signature.array());
        } catch (IllegalArgumentException e) {
            return false; // a key or signature of the wrong form
        }
    }

    /** Gives the library the randomness that was given to us. */
    private static final class Bridge extends SecureRandom {
        private static final long serialVersionUID = 1L;
        private final transient Randomness random;

        Bridge(Randomness random) {
            super(null, null);
            this.random = random;
        }

        @Override
        public void nextBytes(byte[] out) {
            byte[] bytes = random.bytes(out.length);
            System.arraycopy(bytes, 0, out, 0, out.length);
        }

        @Override
        public String getAlgorithm() {
            throw new IllegalStateException(Reason.BAD_KEY.name());
        }
    }
}
