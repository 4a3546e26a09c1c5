package dev.parley.groups.internal.core;

/** A question that gets no answer; the code crosses the wire (0013, "On the wire"). */
public final class RefusalException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Why. */
    public enum Code {
        NO_SUCH_GROUP,
        NOT_ADMIN,
        INVITE_UNKNOWN,
        INVITE_EXPIRED,
        INVITE_REFUSED,
        FULL,
        MALFORMED
    }

    private final Code code;

    RefusalException(Code code, String message) {
        super(message);
        this.code = code;
    }

    public Code code() {
        return code;
    }
}
