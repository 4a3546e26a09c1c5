package dev.parley.crdt.internal;

import dev.parley.crdt.api.RefusedException;

/** An operation that is not possible in its past, so that its change is void. */
final class VoidException extends Exception {
    private static final long serialVersionUID = 1;

    private final RefusedException.Code code;

    VoidException(RefusedException.Code code, String message) {
        super(message, null, false, false);
        this.code = code;
    }

    RefusedException refused() {
        return new RefusedException(code, String.valueOf(getMessage()));
    }
}
