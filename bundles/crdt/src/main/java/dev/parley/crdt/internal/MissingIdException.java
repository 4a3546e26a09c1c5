package dev.parley.crdt.internal;

/** The id of a change below a checkpoint is asked for, and the snapshot came without it. */
final class MissingIdException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    static final String MESSAGE = "the ids of changes below the checkpoint are not here";

    MissingIdException() {
        super(MESSAGE);
    }
}
