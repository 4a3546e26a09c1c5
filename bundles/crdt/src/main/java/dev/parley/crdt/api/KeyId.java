package dev.parley.crdt.api;

import java.util.HexFormat;

/** The 16 bytes that name a key with which values are sealed. Ordered as unsigned bytes. */
public record KeyId(long high, long low) implements Comparable<KeyId> {
    public static final int BYTES = 16;

    /**
     * @throws IndexOutOfBoundsException if there are not 16 bytes from there on
     */
    public static KeyId of(byte[] source, int from) {
        return new KeyId(read(source, from), read(source, from + Long.BYTES));
    }

    private static long read(byte[] source, int from) {
        long value = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            value = value << 8 | source[from + i] & 0xff;
        }
        return value;
    }

    /**
     * @param hex 32 digits
     * @throws IllegalArgumentException if it is something else
     */
    public static KeyId parse(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("a key's id has 32 hex digits, found '" + hex + "'");
        }
        return of(bytes, 0);
    }

    public byte[] bytes() {
        byte[] bytes = new byte[BYTES];
        for (int i = 0; i < Long.BYTES; i++) {
            bytes[i] = (byte) (high >>> 56 - 8 * i);
            bytes[Long.BYTES + i] = (byte) (low >>> 56 - 8 * i);
        }
        return bytes;
    }

    public String hex() {
        return HexFormat.of().formatHex(bytes());
    }

    @Override
    public int compareTo(KeyId other) {
        int first = Long.compareUnsigned(high, other.high);
        return first == 0 ? Long.compareUnsigned(low, other.low) : first;
    }

    @Override
    public String toString() {
        return hex();
    }
}
