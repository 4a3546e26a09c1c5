package dev.parley.mls.internal.suite;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.bouncycastle.crypto.ExtendedDigest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA384Digest;
import org.bouncycastle.crypto.digests.SHA512Digest;

/**
 * A hash function and the MAC that RFC 9420 makes of it (HMAC, section 5.1). The JDK's, because it
 * has the processor's own instructions for them: several times faster on long inputs.
 */
public enum Hash {
    SHA256(32, 64, "SHA-256"),
    SHA384(48, 128, "SHA-384"),
    SHA512(64, 128, "SHA-512");

    private static final byte INNER = 0x36;
    private static final byte OUTER = 0x5c;

    private final int length;
    private final int block;
    private final String name;

    Hash(int length, int block, String name) {
        this.length = length;
        this.block = block;
        this.name = name;
    }

    /** {@code Nh}: bytes of a hash. */
    public int length() {
        return length;
    }

    /** For those of BouncyCastle who want one. */
    ExtendedDigest digest() {
        switch (this) {
            case SHA256:
                return new SHA256Digest();
            case SHA384:
                return new SHA384Digest();
            default:
                return new SHA512Digest();
        }
    }

    private MessageDigest fresh() {
        try {
            return MessageDigest.getInstance(name);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK has no " + name, e);
        }
    }

    public byte[] hash(byte[]... parts) {
        return all(fresh(), parts);
    }

    private static byte[] all(MessageDigest digest, byte[]... parts) {
        for (byte[] part : parts) {
            digest.update(part);
        }
        return digest.digest();
    }

    /** HMAC (RFC 2104). */
    public byte[] mac(byte[] key, byte[]... parts) {
        byte[] pad = Arrays.copyOf(key.length > block ? hash(key) : key, block);
        xor(pad, INNER);
        MessageDigest digest = fresh();
        digest.update(pad);
        byte[] inner = all(digest, parts);
        xor(pad, (byte) (INNER ^ OUTER));
        digest.update(pad);
        byte[] mac = all(digest, inner);
        Arrays.fill(pad, (byte) 0);
        Arrays.fill(inner, (byte) 0);
        return mac;
    }

    private static void xor(byte[] pad, byte with) {
        for (int i = 0; i < pad.length; i++) {
            pad[i] ^= with;
        }
    }
}
