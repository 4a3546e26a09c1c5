package dev.parley.mls.internal.codec;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Builds what {@link TlsReader} reads. Not thread-safe. */
public final class TlsWriter {
    /** The longest vector: its length has 30 bits (RFC 9420 section 2.1.2). */
    public static final int MAX_VECTOR_BYTES = (1 << 30) - 1;

    private byte[] out;
    private int size;

    public TlsWriter() {
        this(256);
    }

    public TlsWriter(int expectedSize) {
        this.out = new byte[Math.max(16, expectedSize)];
    }

    /** How many bytes the length of a vector takes. */
    static int lengthBytes(int length) {
        if (length < 0 || length > MAX_VECTOR_BYTES) {
            throw new IllegalArgumentException(
                    "a vector has at most " + MAX_VECTOR_BYTES + " bytes, found " + length);
        }
        if (length < 1 << 6) {
            return 1;
        }
        return length < 1 << 14 ? 2 : 4;
    }

    public TlsWriter u8(int value) {
        room(1);
        out[size++] = (byte) value;
        return this;
    }

    /**
     * For a code point that a caller chose, which would be written as another.
     *
     * @throws IllegalArgumentException if it has more than 16 bits
     */
    public static void requireU16(int value) {
        if (value >>> 16 != 0) {
            throw new IllegalArgumentException("a code point has 16 bits, found " + value);
        }
    }

    public TlsWriter u16(int value) {
        return u8(value >>> 8).u8(value);
    }

    public TlsWriter u32(long value) {
        return u16((int) (value >>> 16)).u16((int) value);
    }

    public TlsWriter u64(long value) {
        return u32(value >>> 32).u32(value);
    }

    public TlsWriter length(int length) {
        int bytes = lengthBytes(length);
        room(bytes);
        putLength(size, length, bytes);
        size += bytes;
        return this;
    }

    public TlsWriter fixed(byte[] value) {
        room(value.length);
        System.arraycopy(value, 0, out, size, value.length);
        size += value.length;
        return this;
    }

    public TlsWriter fixed(Bytes value) {
        return fixed(value.array());
    }

    /** An {@code opaque<V>}. */
    public TlsWriter opaque(byte[] value) {
        return length(value.length).fixed(value);
    }

    /** An {@code opaque<V>}. */
    public TlsWriter opaque(Bytes value) {
        return opaque(value.array());
    }

    public TlsWriter put(Encodable value) {
        value.write(this);
        return this;
    }

    /** Writes an element of a vector. */
    @FunctionalInterface
    public interface Element<T> {
        void write(TlsWriter out, T value);
    }

    /** A vector of structures: {@code T list<V>}. */
    public TlsWriter list(List<? extends Encodable> items) {
        return list(items, TlsWriter::put);
    }

    /** A vector whose elements are written by a function. */
    public <T> TlsWriter list(List<? extends T> items, Element<? super T> element) {
        int start = size;
        u8(0);
        for (T item : items) {
            element.write(this, item);
        }
        int length = size - start - 1;
        int bytes = lengthBytes(length);
        if (bytes > 1) {
            room(bytes - 1);
            System.arraycopy(out, start + 1, out, start + bytes, length);
            size += bytes - 1;
        }
        putLength(start, length, bytes);
        return this;
    }

    public TlsWriter optional(Optional<? extends Encodable> value) {
        u8(value.isPresent() ? 1 : 0);
        value.ifPresent(this::put);
        return this;
    }

    public int size() {
        return size;
    }

    public byte[] toByteArray() {
        return Arrays.copyOf(out, size);
    }

    /** Overwrites what was written with zeros; for writers that held secrets. */
    public void wipe() {
        Arrays.fill(out, (byte) 0);
        size = 0;
    }

    private void putLength(int position, int length, int bytes) {
        for (int i = bytes - 1; i >= 0; i--) {
            out[position + i] = (byte) (length >>> 8 * (bytes - 1 - i));
        }
        out[position] |= (byte) (Integer.numberOfTrailingZeros(bytes) << 6);
    }

    private void room(int more) {
        if (out.length - size < more) {
            byte[] old = out;
            out = Arrays.copyOf(out, Math.max(out.length * 2, size + more));
            Arrays.fill(old, 0, size, (byte) 0);
        }
    }
}
