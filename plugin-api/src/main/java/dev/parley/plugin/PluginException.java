package dev.parley.plugin;

/**
 * A call to the container that did not succeed. The code is stable. A tool that does not catch it
 * fails with the same code if it is one of these; with any other it has failed itself.
 */
public final class PluginException extends Exception {
    private static final long serialVersionUID = 1L;

    /** The plugin was not granted what the call needs. */
    public static final String PERMISSION_DENIED = "PERMISSION_DENIED";

    /** The plugin's store, or a limit, is full. */
    public static final String QUOTA = "QUOTA";

    /** No store of that name is followed. */
    public static final String NO_SUCH_STORE = "NO_SUCH_STORE";

    /** Several stores or groups have that name. */
    public static final String AMBIGUOUS = "AMBIGUOUS";

    /** The container's agent has not the role for it. */
    public static final String NOT_ALLOWED = "NOT_ALLOWED";

    /** The store only grows. */
    public static final String APPEND_ONLY = "APPEND_ONLY";

    /** Nothing is there, no group has that name, or the write would do nothing. */
    public static final String NOT_FOUND = "NOT_FOUND";

    /** More than the agent's share of an escrow counter. */
    public static final String NOT_ENOUGH = "NOT_ENOUGH";

    /** It is not possible now, for example to claim what somebody has. */
    public static final String WRONG_STATE = "WRONG_STATE";

    /** No path, JSON, value or media type, or one of another kind than is expected. */
    public static final String INVALID = "INVALID";

    /** More than the store, the group or the pipe takes. */
    public static final String TOO_LARGE = "TOO_LARGE";

    /** What the agent wrote before it left the store has not come back yet. */
    public static final String NOT_SYNCED = "NOT_SYNCED";

    /** The container's agent is no member of the group now. */
    public static final String NOT_ACTIVE = "NOT_ACTIVE";

    /** The disk failed. */
    public static final String DISK = "DISK";

    /** Too much waits. */
    public static final String BUSY = "BUSY";

    private final String code;

    public PluginException(String code, String message) {
        super(message);
        this.code = code;
    }

    public String code() {
        return code;
    }
}
