package dev.parley.crdt.internal.columns;

import java.util.Arrays;

/**
 * A growing byte array with the number formats of all columns: little-endian base-128 varints of
 * non-negative numbers, and zigzag for signed ones. Not thread-safe.
 */
public final class ByteWriter {
    private byte[] bytes;
    private int size;

    public ByteWriter() {
        this(64);
    }

    /**
     * @param expectedBytes a hint, at least 0
     */
    public ByteWriter(int expectedBytes) {
        bytes = new byte[Math.max(16, expectedBytes)];
    }

    public int size() {
        return size;
    }

    public ByteWriter writeByte(int value) {
        ensure(1);
        bytes[size++] = (byte) value;
        return this;
    }

    /** Writes a non-negative number in one to nine bytes. */
    public ByteWriter writeVarint(long value) {
        if (value < 0) {
            throw new IllegalArgumentException("varint: " + value + ", at least 0");
        }
        ensure(9);
        long rest = value;
        while (rest >= 0x80) {
            bytes[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
        return this;
    }

    /** Writes a signed number: 0, -1, 1, -2 … as 0, 1, 2, 3 …; its magnitude is below 2^62. */
    public ByteWriter writeZigzag(long value) {
        return writeVarint(zigzag(value));
    }

    public ByteWriter writeBytes(byte[] source) {
        return writeBytes(source, 0, source.length);
    }

    public ByteWriter writeBytes(byte[] source, int from, int length) {
        ensure(length);
        System.arraycopy(source, from, bytes, size, length);
        size += length;
        return this;
    }

    /** Appends all that the other writer holds. */
    public ByteWriter writeAll(ByteWriter other) {
        return writeBytes(other.bytes, 0, other.size);
    }

    /** A copy of what was written so far. */
    public byte[] toBytes() {
        return Arrays.copyOf(bytes, size);
    }

    static long zigzag(long value) {
        if (value >= 1L << 62 || value < -(1L << 62)) {
            throw new IllegalArgumentException("zigzag: " + value + ", magnitude below 2^62");
        }
        return (value << 1) ^ (value >> 63);
    }

    private void ensure(int more) {
        if (bytes.length - size < more) {
            int wanted = Math.addExact(size, more);
            bytes = Arrays.copyOf(bytes, Math.max(wanted, bytes.length + (bytes.length >> 1) + 16));
        }
    }
}
