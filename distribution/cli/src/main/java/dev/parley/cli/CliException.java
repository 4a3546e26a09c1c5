package dev.parley.cli;

/** A command that was not done: the exit code, and what to print. */
final class CliException extends Exception {
    private static final long serialVersionUID = 1L;

    static final int FAILED = 1;
    static final int USAGE = 2;
    static final int NOT_RUNNING = 3;
    static final int NOT_AUTHORISED = 4;
    static final int TIMEOUT = 5;

    private final int exitCode;
    private final String code;
    private final String hint;

    CliException(int exitCode, String code, String message, String hint) {
        super(message);
        this.exitCode = exitCode;
        this.code = code;
        this.hint = hint;
    }

    int exitCode() {
        return exitCode;
    }

    String code() {
        return code;
    }

    String hint() {
        return hint;
    }
}
