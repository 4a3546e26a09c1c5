package dev.parley.network.api;

/** A connection or stream that could not be made or kept. */
public final class NetworkException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Stable codes; those from WRONG_NETWORK to REFUSED travel between the two ends. */
    public enum Code {
        WRONG_NETWORK,
        WRONG_VERSION,
        BAD_PROOF,
        MALFORMED,
        SELF,
        REFUSED,
        UNREACHABLE,
        TIMEOUT,
        CLOSED,
        BUSY
    }

    private final Code code;

    public NetworkException(Code code, String message) {
        super(message);
        this.code = code;
    }

    public Code code() {
        return code;
    }
}
