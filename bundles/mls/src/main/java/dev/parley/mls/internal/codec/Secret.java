package dev.parley.mls.internal.codec;

import java.security.MessageDigest;
import java.util.Arrays;

/**
 * Key material. It never prints itself, compares in constant time, and its only way out is {@link
 * #reveal}. {@link #destroy} overwrites it; the garbage collector may have left copies behind,
 * which Java gives no means to prevent. Safe for use by several threads until it is destroyed.
 */
public final class Secret implements Encodable {
    private final byte[] value;
    private volatile boolean destroyed;

    private Secret(byte[] value) {
        this.value = value;
    }

    /** Takes the array over: the caller must neither keep nor change it. */
    public static Secret wrap(byte[] value) {
        return new Secret(value);
    }

    public static Secret copyOf(byte[] value) {
        return new Secret(value.clone());
    }

    public static Secret zeros(int length) {
        return new Secret(new byte[length]);
    }

    /**
     * The array itself, without a copy, to be read at once and not kept.
     *
     * @throws IllegalStateException if it was destroyed
     */
    public byte[] reveal() {
        if (destroyed) {
            throw new IllegalStateException("the secret was destroyed");
        }
        return value;
    }

    public int length() {
        return value.length;
    }

    public Secret copy() {
        return copyOf(reveal());
    }

    /** Overwrites the secret with zeros. A second time does nothing. */
    public void destroy() {
        destroyed = true;
        Arrays.fill(value, (byte) 0);
    }

    /** As an {@code opaque<V>}. */
    @Override
    public void write(TlsWriter out) {
        out.opaque(reveal());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret that && MessageDigest.isEqual(value, that.value);
    }

    /** Says nothing about the content. */
    @Override
    public int hashCode() {
        return value.length;
    }

    @Override
    public String toString() {
        return "Secret[hidden]";
    }
}
