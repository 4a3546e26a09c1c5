package dev.parley.stores.api;

/** Something that was not done with a store; the code is stable. */
public final class StoreException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Why. Those up to TOO_LARGE are what the store itself refuses. */
    public enum Code {
        /** The agent's role does not allow it. */
        NOT_ALLOWED,
        /** The store only grows. */
        APPEND_ONLY,
        /** A key, element, branch or change that is not there, or nothing to do. */
        NOT_FOUND,
        /** More than the agent's share of an escrow counter. */
        NOT_ENOUGH,
        /** The task is not in a state for this. */
        WRONG_STATE,
        TOO_LARGE,
        /** No path, value, name or link, or one of another type. */
        INVALID,
        NO_SUCH_STORE,
        /** Several stores have this name. */
        AMBIGUOUS,
        /** Nobody who is connected has it and gives it to us. */
        NO_HOLDER,
        /** What this agent wrote before it left has not come back yet. */
        NOT_SYNCED,
        /** Too much waits. */
        BUSY,
        /** The disk failed. */
        DISK,
        /** The room stops. */
        CLOSED
    }

    private final Code code;

    public StoreException(Code code, String message) {
        super(message);
        this.code = code;
    }

    public Code code() {
        return code;
    }
}
