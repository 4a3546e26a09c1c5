package dev.parley.crdt.internal.columns;

/**
 * Writes signed numbers as the runs of their differences, the first one against 0. Magnitudes are
 * below 2^61. Not thread-safe.
 */
public final class DeltaWriter {
    private final RleWriter runs;
    private long previous;

    public DeltaWriter(ByteWriter out) {
        runs = new RleWriter(out);
    }

    public void write(long value) {
        runs.write(ByteWriter.zigzag(value - previous));
        previous = value;
    }

    /** Writes what is pending; must be called once, after the last value. */
    public void finish() {
        runs.finish();
    }
}
