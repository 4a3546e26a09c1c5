package dev.parley.gateway.api;

/** An operation that was not done: what was found, and what to do about it. */
public final class OperationException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What sort of failure; a surface turns it into its status or exit code. */
    public enum Kind {
        INVALID(400),
        NOT_FOUND(404),
        REFUSED(409),
        FAILED(500),
        UNAVAILABLE(503),
        TIMEOUT(504);

        private final int status;

        Kind(int status) {
            this.status = status;
        }

        /**
         * @return the HTTP status
         */
        public int status() {
            return status;
        }
    }

    private final Kind kind;
    private final String code;
    private final String hint;

    /**
     * @param code stable, for programs
     * @param hint what to do; may be empty
     */
    public OperationException(Kind kind, String code, String message, String hint) {
        super(message);
        this.kind = kind;
        this.code = code;
        this.hint = hint;
    }

    public static OperationException invalid(String message, String hint) {
        return new OperationException(Kind.INVALID, "ARGUMENTS_INVALID", message, hint);
    }

    public Kind kind() {
        return kind;
    }

    public String code() {
        return code;
    }

    public String hint() {
        return hint;
    }
}
