package dev.parley.crdt.api;

/** A local write that would be void everywhere, refused before it is made. */
public final class RefusedException extends Exception {
    private static final long serialVersionUID = 1;

    /** Why; stable. */
    public enum Code {
        /** The author's role does not allow it. */
        NOT_ALLOWED,
        /** The store is append-only. */
        APPEND_ONLY,
        /** A position, key, element or task that is not there. */
        NOT_FOUND,
        /** More than the author's share of an escrow counter. */
        NOT_ENOUGH,
        /** The task is not in a state for this. */
        WRONG_STATE,
        /** Larger than the format allows. */
        TOO_LARGE
    }

    private final Code code;

    public RefusedException(Code code, String message) {
        super(message);
        this.code = code;
    }

    public Code code() {
        return code;
    }
}
