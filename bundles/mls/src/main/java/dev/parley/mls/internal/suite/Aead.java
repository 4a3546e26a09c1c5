package dev.parley.mls.internal.suite;

import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsException.Reason;
import dev.parley.mls.internal.codec.Secret;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.modes.ChaCha20Poly1305;
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

    public byte[] seal(Secret key, byte[] nonce, byte[] aad, byte[] plaintext) {
        try {
            return run(true, key, nonce, aad, plaintext);
        } catch (GeneralSecurityException | InvalidCipherTextException e) {
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
        } catch (AEADBadTagException | InvalidCipherTextException e) {
            throw new MlsException(Reason.DECRYPTION_FAILED, "the ciphertext does not open");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("decryption is not possible here", e);
        }
    }

    private byte[] run(boolean seal, Secret key, byte[] nonce, byte[] aad, byte[] in)
            throws GeneralSecurityException, InvalidCipherTextException {
        return this == CHACHA20_POLY1305
                ? chaCha(seal, key, nonce, aad, in)
                : gcm(seal, key, nonce, aad, in);
    }

    /** The JDK's, because it has the processor's own instructions: quicker, and without tables. */
    private static byte[] gcm(boolean seal, Secret key, byte[] nonce, byte[] aad, byte[] in)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(
                seal ? Cipher.ENCRYPT_MODE : Cipher.DECRYPT_MODE,
                new SecretKeySpec(key.reveal(), "AES"),
                new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(aad);
        return cipher.doFinal(in);
    }

    private static byte[] chaCha(boolean seal, Secret key, byte[] nonce, byte[] aad, byte[] in)
            throws InvalidCipherTextException {
        ChaCha20Poly1305 cipher = new ChaCha20Poly1305();
        cipher.init(seal, new AEADParameters(new KeyParameter(key.reveal()), TAG_BITS, nonce, aad));
        byte[] out = new byte[cipher.getOutputSize(in.length)];
        int length = cipher.processBytes(in, 0, in.length, out, 0);
        length += cipher.doFinal(out, length);
        return length == out.length ? out : Arrays.copyOf(out, length);
    }
}
