package dev.parley.wire.api;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Builds what {@link ByteReader} reads. Not thread-safe. */
public final class ByteWriter {
    private byte[] out;
    private int size;

    public ByteWriter() {
        this(64);
    }

    public ByteWriter(int expectedSize) {
        this.out = new byte[Math.max(16, expectedSize)];
    }

    public ByteWriter u8(int value) {
        room(1);
        out[size++] = (byte) value;
        return this;
    }

    public ByteWriter u16(int value) {
        return u8(value >>> 8).u8(value);
    }

    public ByteWriter u32(long value) {
        return u16((int) (value >>> 16)).u16((int) value);
    }

    public ByteWriter i64(long value) {
        return u32(value >>> 32).u32(value);
    }

    /** A variable-length integer of RFC 9000 section 16, 0 to 2^62-1, in its shortest form. */
    public ByteWriter varint(long value) {
        int length = Varint.length(value);
        int prefix = Integer.numberOfTrailingZeros(length) << 6;
        room(length);
        for (int i = length - 1; i >= 0; i--) {
            int octet = (int) (value >>> (8 * i)) & 0xff;
            out[size++] = (byte) (i == length - 1 ? octet | prefix : octet);
        }
        return this;
    }

    public ByteWriter bytes(byte[] value) {
        return bytes(value, 0, value.length);
    }

    public ByteWriter bytes(byte[] value, int offset, int length) {
        room(length);
        System.arraycopy(value, offset, out, size, length);
        size += length;
        return this;
    }

    /** A varint length and the bytes. */
    public ByteWriter block(byte[] value) {
        return varint(value.length).bytes(value);
    }

    public ByteWriter text(String value) {
        return block(value.getBytes(StandardCharsets.UTF_8));
    }

    public int size() {
        return size;
    }

    public byte[] toByteArray() {
        return Arrays.copyOf(out, size);
    }

    private void room(int more) {
        if (out.length - size < more) {
            out = Arrays.copyOf(out, Math.max(out.length * 2, size + more));
        }
    }
}
