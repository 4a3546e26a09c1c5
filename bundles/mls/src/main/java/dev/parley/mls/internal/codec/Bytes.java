package dev.parley.mls.internal.codec;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * An immutable byte string with value equality, for records. Not for secrets: it prints itself, and
 * {@link #equals} takes a time that depends on the content.
 */
public final class Bytes implements Comparable<Bytes> {
    public static final Bytes EMPTY = new Bytes(new byte[0]);

    private final byte[] value;

    private Bytes(byte[] value) {
        this.value = value;
    }

    /** Takes the array over: the caller must not change it any more. */
    public static Bytes wrap(byte[] value) {
        return new Bytes(value);
    }

    public static Bytes copyOf(byte[] value) {
        return new Bytes(value.clone());
    }

    public int length() {
        return value.length;
    }

    public boolean isEmpty() {
        return value.length == 0;
    }

    /** The array itself, without a copy: to be read only. */
    public byte[] array() {
        return value;
    }

    public byte[] toByteArray() {
        return value.clone();
    }

    /** Compares in a time that depends on the lengths only; for tags and hashes. */
    public boolean sameAs(byte[] other) {
        return MessageDigest.isEqual(value, other);
    }

    @Override
    public int compareTo(Bytes other) {
        return Arrays.compareUnsigned(value, other.value);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes that && Arrays.equals(value, that.value);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(value);
    }

    @Override
    public String toString() {
        HexFormat hex = HexFormat.of();
        return value.length <= 16
                ? hex.formatHex(value)
                : hex.formatHex(value, 0, 8) + "…(" + value.length + ")";
    }
}
