package dev.parley.crdt.internal;

import dev.parley.crdt.internal.columns.ByteReader;
import dev.parley.crdt.internal.columns.MalformedException;
import dev.parley.crdt.internal.columns.RleReader;

/** A column of runs, read beside others whose runs end elsewhere. */
final class RunCursor {
    private final RleReader runs;
    private long value;
    private int left;

    RunCursor(ByteReader column) {
        runs = new RleReader(column);
    }

    long value() throws MalformedException {
        if (left == 0) {
            left = runs.nextRun(Integer.MAX_VALUE);
            value = runs.value();
        }
        return value;
    }

    int value(int max, String what) throws MalformedException {
        if (value() > max) {
            throw new MalformedException(
                    MalformedException.Reason.BAD_VALUE, what + ": " + value + ", at most " + max);
        }
        return (int) value;
    }

    /** How often the value that was asked for comes. */
    int left() {
        return left;
    }

    void use(int times) {
        left -= times;
    }

    /** Refuses values that were not read. */
    void finish() throws MalformedException {
        if (left > 0) {
            throw new MalformedException(
                    MalformedException.Reason.TRAILING_BYTES, "column: a run that is too long");
        }
        runs.finish();
    }
}
