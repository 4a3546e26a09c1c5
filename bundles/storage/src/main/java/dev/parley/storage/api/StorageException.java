package dev.parley.storage.api;

import java.io.IOException;

/** The disk did not do what it was asked; the state before the call is unchanged. */
public final class StorageException extends Exception {
    private static final long serialVersionUID = 1L;

    public enum Reason {
        DISK_FULL,
        HASH_MISMATCH,
        TOO_LONG,
        IO
    }

    private final Reason reason;

    public StorageException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** Tells a full disk from other failures. */
    public static StorageException of(String what, IOException cause) {
        String text = String.valueOf(cause.getMessage());
        boolean full =
                text.contains("No space left")
                        || text.contains("not enough space")
                        || text.contains("quota");
        StorageException exception =
                new StorageException(
                        full ? Reason.DISK_FULL : Reason.IO,
                        full
                                ? what + ": the disk is full; free some space and try again"
                                : what + ": " + text);
        exception.initCause(cause);
        return exception;
    }

    public Reason reason() {
        return reason;
    }
}
