package dev.parley.crdt.internal;

import dev.parley.crdt.internal.columns.BooleanReader;
import dev.parley.crdt.internal.columns.ByteReader;
import dev.parley.crdt.internal.columns.MalformedException;
import org.jspecify.annotations.Nullable;

/** A column of truth values, read beside others whose runs end elsewhere. */
final class BooleanCursor {
    private final @Nullable BooleanReader runs;
    private boolean value;
    private int left;

    private BooleanCursor(@Nullable BooleanReader runs, int left) {
        this.runs = runs;
        this.left = left;
    }

    BooleanCursor(ByteReader column) {
        this(new BooleanReader(column), 0);
    }

    /** A column that is not there. */
    static BooleanCursor allFalse() {
        return new BooleanCursor(null, Integer.MAX_VALUE);
    }

    boolean value() throws MalformedException {
        if (left == 0 && runs != null) {
            left = runs.nextRun(Integer.MAX_VALUE);
            value = runs.value();
        }
        return value;
    }

    /** How often the value that was asked for comes. */
    int left() {
        return left;
    }

    void use(int times) {
        left -= runs == null ? 0 : times;
    }

    /** Refuses values that were not read. */
    void finish() throws MalformedException {
        if (runs != null) {
            if (left > 0) {
                throw new MalformedException(
                        MalformedException.Reason.TRAILING_BYTES, "column: a run that is too long");
            }
            runs.finish();
        }
    }
}
