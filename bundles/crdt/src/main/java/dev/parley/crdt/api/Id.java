package dev.parley.crdt.api;

import java.util.Arrays;
import java.util.HexFormat;

/** The 32 bytes that name a store, an author or a change. Ordered as unsigned bytes. */
public final class Id implements Comparable<Id> {
    public static final int BYTES = 32;

    private final byte[] bytes;

    private Id(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * @throws IllegalArgumentException if there are not 32 bytes
     */
    public static Id of(byte[] bytes) {
        return of(bytes, 0, bytes.length);
    }

    public static Id of(byte[] source, int from, int length) {
        if (length != BYTES) {
            throw new IllegalArgumentException("an id has 32 bytes, found " + length);
        }
        return new Id(Arrays.copyOfRange(source, from, from + length));
    }

    public static Id parse(String hex) {
        return of(HexFormat.of().parseHex(hex));
    }

    public byte[] bytes() {
        return bytes.clone();
    }

    /** Copies the bytes without an array of their own. */
    public void copyTo(byte[] target, int at) {
        System.arraycopy(bytes, 0, target, at, BYTES);
    }

    /** Whether the same bytes stand there. */
    public boolean equalsAt(byte[] source, int at) {
        return Arrays.equals(bytes, 0, BYTES, source, at, at + BYTES);
    }

    public String hex() {
        return HexFormat.of().formatHex(bytes);
    }

    @Override
    public int compareTo(Id other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Id id && Arrays.equals(bytes, id.bytes);
    }

    /** An id is a hash or a key already, so four of its bytes serve. */
    @Override
    public int hashCode() {
        return bytes[0] << 24
                | (bytes[1] & 0xff) << 16
                | (bytes[2] & 0xff) << 8
                | (bytes[3] & 0xff);
    }

    @Override
    public String toString() {
        return hex().substring(0, 12);
    }
}
