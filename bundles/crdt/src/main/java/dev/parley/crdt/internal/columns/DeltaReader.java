package dev.parley.crdt.internal.columns;

import dev.parley.crdt.internal.columns.MalformedException.Reason;

/** Reads what a {@link DeltaWriter} wrote. Not thread-safe. */
public final class DeltaReader {
    private final RleReader runs;
    private long previous;

    /**
     * @param in exactly the bytes of this column
     */
    public DeltaReader(ByteReader in) {
        runs = new RleReader(in);
    }

    public boolean hasNext() {
        return runs.hasNext();
    }

    /**
     * The next value, from {@code min} to {@code max}.
     *
     * @param what the name of the column in the message of a refusal
     */
    public long next(long min, long max, String what) throws MalformedException {
        // Both terms are below 2^62 (a zigzag number has 63 bits), so the sum cannot overflow.
        long value = previous + ByteReader.unzigzag(runs.next());
        if (value < min || value > max) {
            throw new MalformedException(
                    Reason.BAD_VALUE, what + ": " + value + ", from " + min + " to " + max);
        }
        previous = value;
        return value;
    }

    /** Refuses values that were not read. */
    public void finish() throws MalformedException {
        runs.finish();
    }
}
