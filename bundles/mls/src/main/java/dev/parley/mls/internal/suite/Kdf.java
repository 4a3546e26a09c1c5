package dev.parley.mls.internal.suite;

import dev.parley.mls.internal.codec.Secret;
import java.util.Arrays;

/**
 * HKDF (RFC 5869).
 *
 * @param id the code point of HPKE (RFC 9180 section 7.2)
 */
public record Kdf(int id, Hash hash) {
    public static final Kdf HKDF_SHA256 = new Kdf(1, Hash.SHA256);
    public static final Kdf HKDF_SHA384 = new Kdf(2, Hash.SHA384);
    public static final Kdf HKDF_SHA512 = new Kdf(3, Hash.SHA512);

    /** {@code Nh}: bytes of an extracted key. */
    public int length() {
        return hash.length();
    }

    public Secret extract(byte[] salt, byte[]... ikm) {
        return Secret.wrap(hash.mac(salt.length == 0 ? new byte[length()] : salt, ikm));
    }

    /**
     * @throws IllegalArgumentException if more than 255 times the hash's length is asked for
     */
    public Secret expand(Secret key, byte[] info, int length) {
        if (length < 0 || length > 255 * length()) {
            throw new IllegalArgumentException("HKDF cannot expand to " + length + " bytes");
        }
        byte[] out = new byte[length];
        byte[] block = new byte[0];
        for (int at = 0, i = 1; at < length; i++) {
            byte[] next = hash.mac(key.reveal(), block, info, new byte[] {(byte) i});
            Arrays.fill(block, (byte) 0);
            block = next;
            int count = Math.min(block.length, length - at);
            System.arraycopy(block, 0, out, at, count);
            at += count;
        }
        Arrays.fill(block, (byte) 0);
        return Secret.wrap(out);
    }
}
