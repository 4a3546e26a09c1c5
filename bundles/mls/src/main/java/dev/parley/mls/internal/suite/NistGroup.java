package dev.parley.mls.internal.suite;

import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsException.Reason;
import dev.parley.mls.internal.codec.Secret;
import java.math.BigInteger;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;
import org.bouncycastle.util.BigIntegers;

/** A curve of NIST; points are uncompressed, scalars big-endian. */
final class NistGroup implements DhGroup {
    private final ECDomainParameters domain;
    private final int length;

    NistGroup(String name) {
        X9ECParameters curve = CustomNamedCurves.getByName(name);
        this.domain = new ECDomainParameters(curve);
        this.length = (curve.getCurve().getFieldSize() + 7) / 8;
    }

    ECDomainParameters domain() {
        return domain;
    }

    @Override
    public int publicKeyLength() {
        return 1 + 2 * length;
    }

    @Override
    public int privateKeyLength() {
        return length;
    }

    @Override
    public Secret derive(Labels labels, Secret prk) {
        int mask = length == 66 ? 0x01 : 0xff;
        for (int counter = 0; counter < 256; counter++) {
            Secret candidate = labels.expand(prk, "candidate", new byte[] {(byte) counter}, length);
            candidate.reveal()[0] &= (byte) mask;
            if (isScalar(new BigInteger(1, candidate.reveal()))) {
                return candidate;
            }
            candidate.destroy();
        }
        throw new IllegalStateException("256 candidates and no key");
    }

    private boolean isScalar(BigInteger value) {
        return value.signum() > 0 && value.compareTo(domain.getN()) < 0;
    }

    /**
     * @throws MlsException BAD_KEY
     */
    BigInteger scalar(byte[] privateKey) throws MlsException {
        DhKem.checkLength("private key", privateKey.length, length);
        BigInteger value = new BigInteger(1, privateKey);
        if (!isScalar(value)) {
            throw new MlsException(Reason.BAD_KEY, "private key: not a scalar of the curve");
        }
        return value;
    }

    /**
     * @throws MlsException BAD_KEY unless it is an uncompressed point of the curve
     */
    ECPoint point(byte[] publicKey) throws MlsException {
        DhKem.checkLength("public key", publicKey.length, publicKeyLength());
        if (publicKey[0] != 4) {
            throw new MlsException(Reason.BAD_KEY, "public key: not an uncompressed point");
        }
        try {
            return domain.validatePublicPoint(domain.getCurve().decodePoint(publicKey));
        } catch (IllegalArgumentException e) {
            throw new MlsException(Reason.BAD_KEY, "public key: not a point of the curve");
        }
    }

    @Override
    public byte[] publicKey(byte[] privateKey) throws MlsException {
        return new FixedPointCombMultiplier()
                .multiply(domain.getG(), scalar(privateKey))
                .normalize()
                .getEncoded(false);
    }

    @Override
    public void check(byte[] publicKey) throws MlsException {
        point(publicKey);
    }

    @Override
    public byte[] agree(byte[] privateKey, byte[] publicKey) throws MlsException {
        ECPoint shared = point(publicKey).multiply(scalar(privateKey)).normalize();
        if (shared.isInfinity()) {
            throw new MlsException(Reason.BAD_KEY, "public key: a point of low order");
        }
        return BigIntegers.asUnsignedByteArray(length, shared.getAffineXCoord().toBigInteger());
    }
}
