package dev.parley.mls.internal.suite;

import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsException.Reason;
import dev.parley.mls.api.Randomness;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Secret;
import org.bouncycastle.crypto.SecretWithEncapsulation;
import org.bouncycastle.crypto.kems.MLKEMExtractor;
import org.bouncycastle.crypto.kems.MLKEMGenerator;
import org.bouncycastle.crypto.params.MLKEMParameters;
import org.bouncycastle.crypto.params.MLKEMPrivateKeyParameters;
import org.bouncycastle.crypto.params.MLKEMPublicKeyParameters;

/** ML-KEM (FIPS 203) as draft-ietf-hpke-pq has it: a private key is its seed of 64 bytes. */
public final class MlKem implements Kem {
    public static final MlKem ML_KEM_768 =
            new MlKem(0x0041, MLKEMParameters.ml_kem_768, 1184, 1088);
    public static final MlKem ML_KEM_1024 =
            new MlKem(0x0042, MLKEMParameters.ml_kem_1024, 1568, 1568);

    static final int SEED_BYTES = 64;

    private final int id;
    private final MLKEMParameters parameters;
    private final int publicKeyLength;
    private final int encLength;

    private MlKem(int id, MLKEMParameters parameters, int publicKeyLength, int encLength) {
        this.id = id;
        this.parameters = parameters;
        this.publicKeyLength = publicKeyLength;
        this.encLength = encLength;
    }

    @Override
    public int id() {
        return id;
    }

    @Override
    public int publicKeyLength() {
        return publicKeyLength;
    }

    @Override
    public int privateKeyLength() {
        return SEED_BYTES;
    }

    int encLength() {
        return encLength;
    }

    @Override
    public KeyPair deriveKeyPair(Secret ikm) {
        Secret seed = Labels.shake256(id, ikm, "DeriveKeyPair", SEED_BYTES);
        return new KeyPair(Bytes.wrap(expand(seed.reveal()).getPublicKey()), seed);
    }

    @Override
    public Bytes publicKey(Secret privateKey) throws MlsException {
        DhKem.checkLength("private key", privateKey.length(), SEED_BYTES);
        return Bytes.wrap(expand(privateKey.reveal()).getPublicKey());
    }

    private MLKEMPrivateKeyParameters expand(byte[] seed) {
        return new MLKEMPrivateKeyParameters(parameters, seed);
    }

    private MLKEMPublicKeyParameters decode(byte[] publicKey) throws MlsException {
        DhKem.checkLength("public key", publicKey.length, publicKeyLength);
        try {
            return new MLKEMPublicKeyParameters(parameters, publicKey);
        } catch (IllegalArgumentException e) {
            throw new MlsException(Reason.BAD_KEY, "public key: not one of ML-KEM");
        }
    }

    @Override
    public void checkPublicKey(Bytes publicKey) throws MlsException {
        decode(publicKey.array());
    }

    @Override
    public Encapsulation encap(Bytes publicKey, Randomness random) throws MlsException {
        return encap(publicKey.array(), random.bytes(32));
    }

    /** With the randomness given, as test vectors need it. */
    Encapsulation encap(byte[] publicKey, byte[] randomness) throws MlsException {
        SecretWithEncapsulation made =
                MLKEMGenerator.internalGenerateEncapsulated(decode(publicKey), randomness);
        return new Encapsulation(Secret.wrap(made.getSecret()), made.getEncapsulation());
    }

    @Override
    public Secret decap(byte[] enc, KeyPair own) throws MlsException {
        DhKem.checkLength("private key", own.privateKey().length(), SEED_BYTES);
        return decap(enc, own.privateKey().reveal());
    }

    Secret decap(byte[] enc, byte[] seed) throws MlsException {
        if (enc.length != encLength) {
            throw new MlsException(
                    Reason.DECRYPTION_FAILED,
                    "KEM output: " + enc.length + " bytes, expected " + encLength);
        }
        return Secret.wrap(new MLKEMExtractor(expand(seed)).extractSecret(enc));
    }
}
