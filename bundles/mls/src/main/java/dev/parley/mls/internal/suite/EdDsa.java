package dev.parley.mls.internal.suite;

import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsException.Reason;
import dev.parley.mls.api.Randomness;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Secret;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.bouncycastle.math.ec.rfc8032.Ed448;

/** Ed25519 and Ed448 (RFC 8032). */
public enum EdDsa implements Sig {
    ED25519(Ed25519.PUBLIC_KEY_SIZE, Ed25519.SIGNATURE_SIZE),
    ED448(Ed448.PUBLIC_KEY_SIZE, Ed448.SIGNATURE_SIZE);

    private static final byte[] NO_CONTEXT = new byte[0];

    /** Of both keys, in bytes. */
    private final int keyLength;

    private final int signatureLength;

    EdDsa(int keyLength, int signatureLength) {
        this.keyLength = keyLength;
        this.signatureLength = signatureLength;
    }

    @Override
    public KeyPair generateKeyPair(Randomness random) {
        Secret key = Secret.wrap(random.bytes(keyLength));
        return new KeyPair(derivePublic(key), key);
    }

    private Bytes derivePublic(Secret key) {
        byte[] out = new byte[keyLength];
        if (this == ED25519) {
            Ed25519.generatePublicKey(key.reveal(), 0, out, 0);
        } else {
            Ed448.generatePublicKey(key.reveal(), 0, out, 0);
        }
        return Bytes.wrap(out);
    }

    @Override
    public Bytes publicKey(Secret privateKey) throws MlsException {
        DhKem.checkLength("private key", privateKey.length(), keyLength);
        return derivePublic(privateKey);
    }

    @Override
    public void checkPublicKey(Bytes publicKey) throws MlsException {
        DhKem.checkLength("public key", publicKey.length(), keyLength);
        boolean valid =
                this == ED25519
                        ? Ed25519.validatePublicKeyPartial(publicKey.array(), 0)
                        : Ed448.validatePublicKeyPartial(publicKey.array(), 0);
        if (!valid) {
            throw new MlsException(Reason.BAD_KEY, "public key: not a point of the curve");
        }
    }

    @Override
    public byte[] sign(Secret privateKey, byte[] content, Randomness random) throws MlsException {
        DhKem.checkLength("private key", privateKey.length(), keyLength);
        byte[] key = privateKey.reveal();
        byte[] out = new byte[signatureLength];
        if (this == ED25519) {
            Ed25519.sign(key, 0, content, 0, content.length, out, 0);
        } else {
            Ed448.sign(key, 0, NO_CONTEXT, content, 0, content.length, out, 0);
        }
        return out;
    }

    @Override
    public byte[] sign(KeyPair own, byte[] content, Randomness random) throws MlsException {
        DhKem.checkLength("private key", own.privateKey().length(), keyLength);
        DhKem.checkLength("public key", own.publicKey().length(), keyLength);
        byte[] key = own.privateKey().reveal();
        byte[] point = own.publicKey().array();
        byte[] out = new byte[signatureLength];
        if (this == ED25519) {
            Ed25519.sign(key, 0, point, 0, content, 0, content.length, out, 0);
        } else {
            Ed448.sign(key, 0, point, 0, NO_CONTEXT, content, 0, content.length, out, 0);
        }
        return out;
    }

    @Override
    public boolean verify(Bytes publicKey, byte[] content, Bytes signature) {
        if (publicKey.length() != keyLength || signature.length() != signatureLength) {
            return false;
        }
        byte[] key = publicKey.array();
        byte[] sig = signature.array();
        return this == ED25519
                ? Ed25519.verify(sig, 0, key, 0, content, 0, content.length)
                : Ed448.verify(sig, 0, key, 0, NO_CONTEXT, content, 0, content.length);
    }
}
