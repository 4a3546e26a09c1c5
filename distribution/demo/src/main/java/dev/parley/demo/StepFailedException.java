package dev.parley.demo;

/** A step that did not hold; the message says what was found and what was expected. */
public final class StepFailedException extends Exception {
    private static final long serialVersionUID = 1L;

    public StepFailedException(String message) {
        super(message);
    }
}
