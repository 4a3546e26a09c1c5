package dev.parley.crdt.internal;

import dev.parley.crdt.api.RefusedException;
import dev.parley.crdt.api.RefusedException.Code;

/** A change whose operations were given up below a checkpoint. */
final class ForgottenException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ForgottenException() {
        super("its operations were given up below a checkpoint");
    }

    RefusedException refused() {
        return new RefusedException(Code.NOT_FOUND, String.valueOf(getMessage()));
    }
}
