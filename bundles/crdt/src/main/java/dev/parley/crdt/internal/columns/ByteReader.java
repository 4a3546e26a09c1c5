package dev.parley.crdt.internal.columns;

import dev.parley.crdt.internal.columns.MalformedException.Reason;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.Inflater;

/**
 * Reads what a {@link ByteWriter} wrote, from a part of an array that it does not copy. Every
 * number has one encoding: an over-long varint is refused. Not thread-safe.
 */
public final class ByteReader {
    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] bytes;
    private final int end;
    private int at;

    public ByteReader(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    /** Reads {@code length} bytes from {@code from}; the caller leaves them unchanged meanwhile. */
    public ByteReader(byte[] bytes, int from, int length) {
        if (from < 0 || length < 0 || length > bytes.length - from) {
            throw new IndexOutOfBoundsException(from + "+" + length + " of " + bytes.length);
        }
        this.bytes = bytes;
        this.at = from;
        this.end = from + length;
    }

    public int remaining() {
        return end - at;
    }

    /** The unsigned value of the next byte. */
    public int readByte() throws MalformedException {
        if (at == end) {
            throw truncated(1);
        }
        return bytes[at++] & 0xff;
    }

    /** A number from 0 to 2^63-1. */
    public long readVarint() throws MalformedException {
        if (at < end && bytes[at] >= 0) {
            return bytes[at++];
        }
        if (at + 1 < end && bytes[at + 1] > 0) {
            at += 2;
            return bytes[at - 2] & 0x7f | bytes[at - 1] << 7;
        }
        long value = 0;
        for (int shift = 0; shift < 63; shift += 7) {
            int next = readByte();
            value |= (long) (next & 0x7f) << shift;
            if (next < 0x80) {
                if (next == 0 && shift > 0) {
                    throw new MalformedException(
                            Reason.NOT_CANONICAL,
                            "varint: last byte 0, the shortest form expected");
                }
                return value;
            }
        }
        throw new MalformedException(Reason.BAD_VALUE, "varint: over 9 bytes, at most 2^63-1");
    }

    /**
     * A number from 0 to {@code max}.
     *
     * @param what the name of the number in the message of a refusal
     */
    public int readInt(int max, String what) throws MalformedException {
        long value = readVarint();
        if (value > max) {
            throw new MalformedException(
                    Reason.BAD_VALUE, what + ": " + value + ", at most " + max);
        }
        return (int) value;
    }

    /** A count or a length; above {@code max} it is refused as {@link Reason#TOO_LONG}. */
    public int readLength(int max, String what) throws MalformedException {
        long value = readVarint();
        if (value > max) {
            throw new MalformedException(Reason.TOO_LONG, what + ": " + value + ", at most " + max);
        }
        return (int) value;
    }

    /**
     * The next numbers, each from 0 to 2^32-1, with their bits as they are.
     *
     * @param into gets them from {@code from} on, up to {@code to}
     * @param what the name of the numbers in the message of a refusal
     */
    public void readUnsigned(int[] into, int from, int to, String what) throws MalformedException {
        byte[] source = bytes;
        int position = at;
        for (int i = from; i < to; i++) {
            if (position < end - 1) {
                int low = source[position];
                if (low >= 0) {
                    into[i] = low;
                    position++;
                    continue;
                }
                int high = source[position + 1];
                if (high > 0) {
                    into[i] = low & 0x7f | high << 7;
                    position += 2;
                    continue;
                }
            }
            at = position;
            long value = readVarint();
            if (value >>> Integer.SIZE != 0) {
                throw new MalformedException(Reason.BAD_VALUE, what + ": " + value + ", too large");
            }
            into[i] = (int) value;
            position = at;
        }
        at = position;
    }

    public long readZigzag() throws MalformedException {
        return unzigzag(readVarint());
    }

    /** A copy of the next bytes; a length beyond the end is refused before the copy is made. */
    public byte[] readBytes(int length) throws MalformedException {
        int from = skip(length);
        return Arrays.copyOfRange(bytes, from, from + length);
    }

    /** Makes the next bytes the input of an inflater, without a copy. */
    void giveTo(Inflater inflater, int length) throws MalformedException {
        inflater.setInput(bytes, skip(length), length);
    }

    /** Copies the next bytes to a place in an array that has room for them. */
    public void readBytes(byte[] into, int to, int length) throws MalformedException {
        System.arraycopy(bytes, skip(length), into, to, length);
    }

    /** Whether all that is left is below 0x80. */
    public boolean isAscii() {
        long bits = 0;
        int i = at;
        for (; i <= end - Long.BYTES; i += Long.BYTES) {
            bits |= (long) LONGS.get(bytes, i);
        }
        for (; i < end; i++) {
            bits |= bytes[i] & 0x80L;
        }
        return (bits & 0x8080_8080_8080_8080L) == 0;
    }

    /** A reader of the next bytes, without a copy; this one goes on behind them. */
    public ByteReader slice(int length) throws MalformedException {
        return new ByteReader(bytes, skip(length), length);
    }

    /** Refuses what was not read. */
    public void finish() throws MalformedException {
        if (at != end) {
            throw new MalformedException(
                    Reason.TRAILING_BYTES, "trailing bytes: " + remaining() + ", none expected");
        }
    }

    public static long unzigzag(long value) {
        return (value >>> 1) ^ -(value & 1);
    }

    /** As {@link #unzigzag(long)}, of a number below 2^32. */
    public static int unzigzag(int value) {
        return (value >>> 1) ^ -(value & 1);
    }

    private int skip(int length) throws MalformedException {
        if (length < 0 || length > end - at) {
            throw truncated(length);
        }
        int from = at;
        at += length;
        return from;
    }

    private MalformedException truncated(int wanted) {
        return new MalformedException(
                Reason.TRUNCATED, "bytes left: " + remaining() + ", " + wanted + " expected");
    }
}
