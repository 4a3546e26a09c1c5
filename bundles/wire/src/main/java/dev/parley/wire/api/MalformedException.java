package dev.parley.wire.api;

/** Bytes that do not follow their format. The message says what was found and what was expected. */
public final class MalformedException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Stable codes, the same in logs, counters and on the public surface. */
    public enum Reason {
        TRUNCATED,
        TRAILING_BYTES,
        NOT_CANONICAL,
        DUPLICATE_KEY,
        TOO_LONG,
        TOO_DEEP,
        UNSUPPORTED,
        WRONG_TYPE,
        BAD_VALUE,
        MISSING_FIELD,
        UNKNOWN_CRITICAL_FIELD
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
