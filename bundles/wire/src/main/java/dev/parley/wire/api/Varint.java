package dev.parley.wire.api;

/** Sizes of the variable-length integers of RFC 9000 section 16. */
public final class Varint {
    public static final long MAX = (1L << 62) - 1;

    private Varint() {}

    /**
     * @throws IllegalArgumentException if the value is negative or above {@link #MAX}
     */
    public static int length(long value) {
        if (value < 0 || value > MAX) {
            throw new IllegalArgumentException("a varint is 0 to 2^62-1, found " + value);
        }
        if (value < 1L << 6) {
            return 1;
        }
        if (value < 1L << 14) {
            return 2;
        }
        return value < 1L << 30 ? 4 : 8;
    }
}
