package dev.parley.mls.internal.suite;

import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsException.Reason;
import dev.parley.mls.internal.codec.Secret;
import org.bouncycastle.math.ec.rfc7748.X25519;
import org.bouncycastle.math.ec.rfc7748.X448;

/** X25519 and X448 (RFC 7748). */
final class XGroup implements DhGroup {
    private final boolean large;
    private final int length;

    XGroup(boolean large) {
        this.large = large;
        this.length = large ? X448.POINT_SIZE : X25519.POINT_SIZE;
    }

    @Override
    public int publicKeyLength() {
        return length;
    }

    @Override
    public int privateKeyLength() {
        return length;
    }

    @Override
    public Secret derive(Labels labels, Secret prk) {
        return labels.expand(prk, "sk", new byte[0], length);
    }

    @Override
    public byte[] publicKey(byte[] privateKey) {
        byte[] out = new byte[length];
        if (large) {
            X448.scalarMultBase(privateKey, 0, out, 0);
        } else {
            X25519.scalarMultBase(privateKey, 0, out, 0);
        }
        return out;
    }

    /**
     * Any bytes of the right length are a public key; {@link #agree} refuses those of low order.
     */
    @Override
    public void check(byte[] publicKey) {}

    @Override
    public byte[] agree(byte[] privateKey, byte[] publicKey) throws MlsException {
        byte[] out = new byte[length];
        boolean usable =
                large
                        ? X448.calculateAgreement(privateKey, 0, publicKey, 0, out, 0)
                        : X25519.calculateAgreement(privateKey, 0, publicKey, 0, out, 0);
        if (!usable) {
            throw new MlsException(Reason.BAD_KEY, "public key: a point of low order");
        }
        return out;
    }
}
