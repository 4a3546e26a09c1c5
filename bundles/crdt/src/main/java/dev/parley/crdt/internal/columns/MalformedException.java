package dev.parley.crdt.internal.columns;

/** Bytes that do not follow their format. The message says what was found and what was expected. */
public final class MalformedException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Stable codes, the same in logs and counters. */
    public enum Reason {
        /** The bytes end inside a value, or a column has fewer values than the rows need. */
        TRUNCATED,
        /** Bytes or values are left over. */
        TRAILING_BYTES,
        /** The same values have another, shorter or earlier sorted encoding. */
        NOT_CANONICAL,
        /** A length or count is above the reader's limit; nothing was allocated for it. */
        TOO_LONG,
        /** A version or a critical column this reader does not know. */
        UNSUPPORTED,
        /** A value outside its range, or values that contradict each other. */
        BAD_VALUE
    }

    private final Reason reason;

    public MalformedException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
