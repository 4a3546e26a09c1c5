package dev.parley.launcher;

/**
 * Words on the command line, or a folder, that the launcher cannot work with; the message says what
 * to do.
 */
final class UsageException extends Exception {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }
}
