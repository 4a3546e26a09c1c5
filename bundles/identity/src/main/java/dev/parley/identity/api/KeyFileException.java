package dev.parley.identity.api;

/** A key file that must not be used as it is; the message says what was found and what to do. */
public final class KeyFileException extends Exception {
    private static final long serialVersionUID = 1L;

    public KeyFileException(String message) {
        super(message);
    }
}
