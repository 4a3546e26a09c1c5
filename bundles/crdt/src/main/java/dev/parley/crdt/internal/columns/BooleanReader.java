package dev.parley.crdt.internal.columns;

import dev.parley.crdt.internal.columns.MalformedException.Reason;

/** Reads what a {@link BooleanWriter} wrote, one value at a time. Not thread-safe. */
public final class BooleanReader {
    private final ByteReader in;
    private boolean current = true;
    private boolean first = true;
    private long left;

    /**
     * @param in exactly the bytes of this column
     */
    public BooleanReader(ByteReader in) {
        this.in = in;
    }

    public boolean hasNext() {
        return left > 0 || in.remaining() > 0;
    }

    public boolean next() throws MalformedException {
        if (left == 0) {
            startRun();
            if (left == 0) {
                startRun();
            }
        }
        left--;
        return current;
    }

    /**
     * Reads the next value as often as it is repeated.
     *
     * @return how often, at least once and at most as often as is said; {@link #value} gives the
     *     value
     */
    public int nextRun(int most) throws MalformedException {
        next();
        int more = (int) Math.min(left, most - 1L);
        left -= more;
        return 1 + more;
    }

    /** The value that was read last. */
    public boolean value() {
        return current;
    }

    /** Refuses values that were not read. */
    public void finish() throws MalformedException {
        if (hasNext()) {
            throw new MalformedException(
                    Reason.TRAILING_BYTES, "column: values left over, none expected");
        }
    }

    private void startRun() throws MalformedException {
        if (in.remaining() == 0) {
            throw new MalformedException(Reason.TRUNCATED, "column: no value left, one expected");
        }
        left = in.readVarint();
        if (left == 0 && !first) {
            throw new MalformedException(Reason.NOT_CANONICAL, "run: length 0, at least 1");
        }
        first = false;
        current = !current;
    }
}
