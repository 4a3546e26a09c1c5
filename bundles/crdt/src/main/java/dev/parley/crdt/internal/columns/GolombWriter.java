package dev.parley.crdt.internal.columns;

/**
 * Writes numbers as exponential Golomb codes (Teuhola 1978), the highest bit first: n + 2^k in
 * binary, with as many zeros before it as it has bits beyond k + 1. They are about as short as the
 * Huffman codes of what is mostly small, and many times as quick to read. Not thread-safe.
 */
public final class GolombWriter {
    /** The highest number. */
    public static final long MAX = 0xffff_ffffL;

    private final ByteWriter out;
    private final int order;
    private int pending;
    private int pendingBits;

    /**
     * @param order k: numbers below 2^k have the shortest code, of k + 1 bits; from 0 to 11
     */
    public GolombWriter(ByteWriter out, int order) {
        this.out = out;
        this.order = order;
    }

    /** Writes a number from 0 to {@link #MAX}. */
    public void write(long value) {
        if (value < 0 || value > MAX) {
            throw new IllegalArgumentException("number: " + value + ", from 0 to " + MAX);
        }
        long code = value + (1L << order);
        int bits = Long.SIZE - Long.numberOfLeadingZeros(code);
        writeBits(0, bits - 1 - order);
        writeBits(code, bits);
    }

    /** Writes a signed number as {@link ByteWriter#writeZigzag} does; 32 bits of it. */
    public void writeZigzag(long value) {
        write(ByteWriter.zigzag(value));
    }

    private void writeBits(long bits, int count) {
        for (int i = count - 1; i >= 0; i--) {
            pending = pending << 1 | (int) (bits >>> i) & 1;
            if (++pendingBits == Byte.SIZE) {
                out.writeByte(pending);
                pending = 0;
                pendingBits = 0;
            }
        }
    }

    /** Fills the last byte with zeros; must be called once, after the last number. */
    public void finish() {
        if (pendingBits > 0) {
            out.writeByte(pending << Byte.SIZE - pendingBits);
        }
    }
}
