package dev.parley.crdt.internal.columns;

/**
 * Writes truth values as the lengths of alternating runs, the first one of false values; only that
 * one may be 0. Not thread-safe.
 */
public final class BooleanWriter {
    private final ByteWriter out;
    private boolean current;
    private long length;
    private boolean any;

    public BooleanWriter(ByteWriter out) {
        this.out = out;
    }

    public void write(boolean value) {
        write(value, 1);
    }

    /** Writes the value {@code times} times, at least 0. */
    public void write(boolean value, long times) {
        if (times < 0) {
            throw new IllegalArgumentException("run: " + times + " times");
        }
        if (times == 0) {
            return;
        }
        any = true;
        if (value != current) {
            out.writeVarint(length);
            current = value;
            length = 0;
        }
        length = Math.addExact(length, times);
    }

    /** Writes what is pending; must be called once, after the last value. */
    public void finish() {
        if (any) {
            out.writeVarint(length);
        }
    }
}
