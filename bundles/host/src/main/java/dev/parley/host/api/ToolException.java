package dev.parley.host.api;

import org.jspecify.annotations.Nullable;

/**
 * A call that gave no result. Codes: NO_SUCH_TOOL, ARGUMENTS_INVALID, PLUGIN_FAILED,
 * PLUGIN_TIMEOUT, PLUGIN_GONE, QUARANTINED, BUSY, PERMISSION_DENIED, and what a store refuses to
 * the plugin ({@code 0009-isolate-ipc}); of the container's own tools also what the operation
 * refuses, with that as the cause.
 */
public final class ToolException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String code;

    public ToolException(String code, @Nullable String message) {
        super(message);
        this.code = code;
    }

    public String code() {
        return code;
    }
}
