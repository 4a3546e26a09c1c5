package dev.parley.mls.interop;

import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.Randomness;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Secret;
import dev.parley.mls.internal.suite.Kem;
import dev.parley.mls.internal.suite.KeyPair;
import dev.parley.mls.internal.suite.XWing;
import org.bouncycastle.crypto.digests.SHAKEDigest;

/**
 * X-Wing with the derivation of key pairs that the package of ts-mls has: SHAKE256 of the input
 * alone, as draft-connolly-cfrg-xwing-kem had it, where draft-ietf-hpke-pq has a label. All else is
 * the library's own.
 */
final class OlderXWing implements Kem {
    private static final Kem XWING = XWing.INSTANCE;

    @Override
    public int id() {
        return XWING.id();
    }

    @Override
    public int publicKeyLength() {
        return XWING.publicKeyLength();
    }

    @Override
    public int privateKeyLength() {
        return XWING.privateKeyLength();
    }

    @Override
    public KeyPair deriveKeyPair(Secret ikm) {
        SHAKEDigest shake = new SHAKEDigest(256);
        shake.update(ikm.reveal(), 0, ikm.length());
        byte[] seed = new byte[privateKeyLength()];
        shake.doFinal(seed, 0, seed.length);
        Secret privateKey = Secret.wrap(seed);
        try {
            return new KeyPair(publicKey(privateKey), privateKey);
        } catch (MlsException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public Bytes publicKey(Secret privateKey) throws MlsException {
        return XWING.publicKey(privateKey);
    }

    @Override
    public void checkPublicKey(Bytes publicKey) throws MlsException {
        XWING.checkPublicKey(publicKey);
    }

    @Override
    public Encapsulation encap(Bytes publicKey, Randomness random) throws MlsException {
        return XWING.encap(publicKey, random);
    }

    @Override
    public Secret decap(byte[] enc, KeyPair own) throws MlsException {
        return XWING.decap(enc, own);
    }
}
