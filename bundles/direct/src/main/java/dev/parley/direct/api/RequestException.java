package dev.parley.direct.api;

import org.jspecify.annotations.Nullable;

/** A request that got no good answer. The code is stable and crosses the wire. */
public final class RequestException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String code;

    /**
     * @param code upper-case words joined by '_', at most 64 characters
     */
    public RequestException(String code, @Nullable String message) {
        super(message);
        this.code = code;
    }

    public String code() {
        return code;
    }
}
