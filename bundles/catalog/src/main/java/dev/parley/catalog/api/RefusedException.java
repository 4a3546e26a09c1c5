package dev.parley.catalog.api;

import org.jspecify.annotations.Nullable;

/**
 * A plugin that was not taken in; nothing of it remains. The message says what was found and what
 * to do.
 */
public final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final ReasonCode code;

    public RefusedException(ReasonCode code, @Nullable String message) {
        super(message);
        this.code = code;
    }

    public ReasonCode code() {
        return code;
    }
}
