package dev.parley.crdt.internal.columns;

import dev.parley.crdt.internal.columns.MalformedException.Reason;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Reads what a {@link GolombWriter} wrote. Not thread-safe. */
public final class GolombReader {
    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    /** With that many zeros before it a code may be longer than what one look shows. */
    private static final int MANY_ZEROS = 20;

    /** What stands behind the last byte, so that a look never ends behind the array. */
    private static final int PADDING = Long.BYTES;

    private final byte[] bytes;
    private final int order;
    private final long end;
    private long at;

    /**
     * @param in exactly the bytes of this column
     */
    public GolombReader(ByteReader in, int order) throws MalformedException {
        int length = in.remaining();
        bytes = new byte[length + PADDING];
        in.readBytes(bytes, 0, length);
        end = (long) length * Byte.SIZE;
        this.order = order;
    }

    /**
     * Reads as many numbers from two columns, which is quicker than one after the other.
     *
     * @param intoA gets those of the first one from its start on, with their 32 bits as they are
     */
    public static void readBoth(GolombReader a, int[] intoA, GolombReader b, int[] intoB, int count)
            throws MalformedException {
        long atA = a.at;
        long atB = b.at;
        for (int i = 0; i < count; i++) {
            long bitsA = (long) LONGS.get(a.bytes, (int) (atA >>> 3)) << (atA & 7);
            long bitsB = (long) LONGS.get(b.bytes, (int) (atB >>> 3)) << (atB & 7);
            int zerosA = Long.numberOfLeadingZeros(bitsA);
            int zerosB = Long.numberOfLeadingZeros(bitsB);
            int lengthA = 2 * zerosA + 1 + a.order;
            int lengthB = 2 * zerosB + 1 + b.order;
            intoA[i] = (int) (bitsA >>> -lengthA) - (1 << a.order);
            intoB[i] = (int) (bitsB >>> -lengthB) - (1 << b.order);
            if (zerosA > MANY_ZEROS) {
                intoA[i] = a.large(atA, zerosA);
            }
            if (zerosB > MANY_ZEROS) {
                intoB[i] = b.large(atB, zerosB);
            }
            atA += lengthA;
            atB += lengthB;
            if (atA > a.end || atB > b.end) {
                throw new MalformedException(
                        Reason.TRUNCATED, "column: bits for " + i + " numbers, " + count + " said");
            }
        }
        a.at = atA;
        b.at = atB;
    }

    /** A number whose code has many zeros before it, which leaves room for no more in one look. */
    private int large(long from, int zeros) throws MalformedException {
        int bits = zeros + 1 + order;
        long behind = from + zeros;
        if (bits > Integer.SIZE + 1 || behind + bits > end) {
            throw new MalformedException(Reason.BAD_VALUE, "number: more than 32 bits");
        }
        long look = (long) LONGS.get(bytes, (int) (behind >>> 3)) << (behind & 7);
        long value = (look >>> -bits) - (1L << order);
        if (value > GolombWriter.MAX) {
            throw new MalformedException(Reason.BAD_VALUE, "number: " + value);
        }
        return (int) value;
    }

    /** Refuses numbers that were not read, and a last byte that is not filled with zeros. */
    public void finish() throws MalformedException {
        long left = end - at;
        if (left >= Byte.SIZE) {
            throw new MalformedException(
                    Reason.TRAILING_BYTES, "column: bits left over, none expected");
        }
        if (left > 0 && (bytes[(int) (at >>> 3)] & (1 << left) - 1) != 0) {
            throw new MalformedException(
                    Reason.NOT_CANONICAL, "column: its last byte is not filled with zeros");
        }
    }
}
