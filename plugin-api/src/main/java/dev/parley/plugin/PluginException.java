package dev.parley.plugin;

/** A call to the container that did not succeed. The code is stable. */
public final class PluginException extends Exception {
    private static final long serialVersionUID = 1L;

    /** The plugin was not granted what the call needs. */
    public static final String PERMISSION_DENIED = "PERMISSION_DENIED";

    /** The plugin's store, or a limit, is full. */
    public static final String QUOTA = "QUOTA";

    private final String code;

    public PluginException(String code, String message) {
        super(message);
        this.code = code;
    }

    public String code() {
        return code;
    }
}
