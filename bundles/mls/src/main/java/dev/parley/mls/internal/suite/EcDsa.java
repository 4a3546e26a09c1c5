package dev.parley.mls.internal.suite;

import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.Randomness;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Secret;
import java.io.IOException;
import java.math.BigInteger;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.crypto.signers.StandardDSAEncoding;
import org.bouncycastle.util.BigIntegers;

/** ECDSA with deterministic nonces (RFC 6979) and signatures in DER. */
public final class EcDsa implements Sig {
    public static final Sig P256 = new EcDsa(new NistGroup("secp256r1"), Hash.SHA256);
    public static final Sig P384 = new EcDsa(new NistGroup("secp384r1"), Hash.SHA384);
    public static final Sig P521 = new EcDsa(new NistGroup("secp521r1"), Hash.SHA512);

    private final NistGroup group;
    private final Hash hash;

    private EcDsa(NistGroup group, Hash hash) {
        this.group = group;
        this.hash = hash;
    }

    @Override
    public KeyPair generateKeyPair(Randomness random) {
        int length = group.privateKeyLength();
        byte[] wide = random.bytes(length + 16);
        BigInteger range = group.domain().getN().subtract(BigInteger.ONE);
        BigInteger scalar = new BigInteger(1, wide).mod(range).add(BigInteger.ONE);
        java.util.Arrays.fill(wide, (byte) 0);
        Secret key = Secret.wrap(BigIntegers.asUnsignedByteArray(length, scalar));
        try {
            return new KeyPair(publicKey(key), key);
        } catch (MlsException e) {
            throw new IllegalStateException("a generated key is no key", e);
        }
    }

    @Override
    public Bytes publicKey(Secret privateKey) throws MlsException {
        return Bytes.wrap(group.publicKey(privateKey.reveal()));
    }

    @Override
    public void checkPublicKey(Bytes publicKey) throws MlsException {
        group.check(publicKey.array());
    }

    @Override
    public byte[] sign(Secret privateKey, byte[] content, Randomness random) throws MlsException {
        ECDSASigner signer = new ECDSASigner(new HMacDSAKCalculator(hash.digest()));
        signer.init(
                true,
                new ECPrivateKeyParameters(group.scalar(privateKey.reveal()), group.domain()));
        BigInteger[] rs = signer.generateSignature(hash.hash(content));
        try {
            return StandardDSAEncoding.INSTANCE.encode(group.domain().getN(), rs[0], rs[1]);
        } catch (IOException e) {
            throw new IllegalStateException("encoding a signature failed", e);
        }
    }

    @Override
    public boolean verify(Bytes publicKey, byte[] content, Bytes signature) {
        if (signature.length() > 2 * (group.privateKeyLength() + 3) + 3) {
            return false;
        }
        try {
            BigInteger[] rs =
                    StandardDSAEncoding.INSTANCE.decode(group.domain().getN(), signature.array());
            ECDSASigner signer = new ECDSASigner();
            signer.init(
                    false,
                    new ECPublicKeyParameters(group.point(publicKey.array()), group.domain()));
            return signer.verifySignature(hash.hash(content), rs[0], rs[1]);
        } catch (IOException
                | IllegalArgumentException
                | ArithmeticException
                | ClassCastException e) {
            return false; // not the DER of two numbers in range
        } catch (MlsException e) {
            return false; // not a public key
        }
    }
}
