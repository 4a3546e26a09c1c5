package dev.parley.mls.internal.suite;

import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsException.Reason;
import dev.parley.mls.internal.codec.Secret;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.modes.AEADCipher;
import org.bouncycastle.crypto.modes.ChaCha20Poly1305;
import org.bouncycastle.crypto.modes.GCMBlockCipher;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;

/** Authenticated encryption (RFC 9180 section 7.3), with tags of 16 bytes after the ciphertext. */
public enum Aead {
    AES_128_GCM(1, 16),
    AES_256_GCM(2, 32),
    CHACHA20_POLY1305(3, 32);

    private static final int TAG_BITS = 128;

    private final int id;
    private final int keyLength;

    Aead(int id, int keyLength) {
        this.id = id;
        this.keyLength = keyLength;
    }

    /** The code point of HPKE. */
    public int id() {
        return id;
    }

    /** {@code Nk}, in bytes. */
    public int keyLength() {
        return keyLength;
    }

    /** {@code Nn}, in bytes. */
    public int nonceLength() {
        return 12;
    }

    /** What a ciphertext is longer than its plaintext, in bytes. */
    public int tagLength() {
        return TAG_BITS / 8;
    }

    public byte[] seal(Secret key, byte[] nonce, byte[] aad, byte[] plaintext) {
        try {
            return run(true, key, nonce, aad, plaintext);
        } catch (InvalidCipherTextException e) {
            throw new IllegalStateException("encryption failed", e);
        }
    }

    /**
     * @throws MlsException DECRYPTION_FAILED, without saying why
     */
    public byte[] open(Secret key, byte[] nonce, byte[] aad, byte[] ciphertext)
            throws MlsException {
        try {
            return run(false, key, nonce, aad, ciphertext);
        } catch (InvalidCipherTextException e) {
            throw new MlsException(Reason.DECRYPTION_FAILED, "the ciphertext does not open");
        }
    }

    private byte[] run(boolean seal, Secret key, byte[] nonce, byte[] aad, byte[] in)
            throws InvalidCipherTextException {
        AEADCipher cipher =
                this == CHACHA20_POLY1305
                        ? new ChaCha20Poly1305()
                        : GCMBlockCipher.newInstance(AESEngine.newInstance());
        cipher.init(seal, new AEADParameters(new KeyParameter(key.reveal()), TAG_BITS, nonce, aad));
        byte[] out = new byte[cipher.getOutputSize(in.length)];
        int length = cipher.processBytes(in, 0, in.length, out, 0);
        length += cipher.doFinal(out, length);
        return length == out.length ? out : java.util.Arrays.copyOf(out, length);
    }
}
