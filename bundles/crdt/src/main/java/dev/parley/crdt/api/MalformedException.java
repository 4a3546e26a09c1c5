package dev.parley.crdt.api;

/** Bytes that are no change, snapshot or frame. The message says what was found and expected. */
public final class MalformedException extends Exception {
    private static final long serialVersionUID = 1;

    public MalformedException(String message) {
        super(message);
    }
}
