package dev.parley.crdt.api;

import java.util.List;

/**
 * Undo and redo of one author's own changes on one branch. Both are new changes, which say what
 * they take back; so what can be undone follows from the history, after a restart and wherever the
 * author writes. What somebody else has changed since stays.
 *
 * <p>Taken back is the author's last change that stands and is no undo or redo itself. Redo does
 * the last undone one again, until the author writes something else. Looked at are the author's
 * last {@value #MAX_LOOKED_AT} changes of the branch whose operations were not given up, and of
 * these {@value #MAX_CHANGES} can be taken back. A change that only merges is none of them.
 *
 * <p><b>Threads:</b> that of the replica. <b>Nulls:</b> none in, none out. Source: {@code
 * docs/protocols/0010-crdt-changes.md}, Undo.
 */
public interface UndoHistory {
    int MAX_LOOKED_AT = 4096;
    int MAX_CHANGES = 1000;

    /**
     * Takes the last change back that stands.
     *
     * @throws RefusedException {@code NOT_FOUND} if there is none, or what it needs was given up;
     *     {@code WRONG_STATE} if it did what cannot be taken back; {@code APPEND_ONLY}; or as for
     *     any other change. Then nothing has happened, and another one can be named
     */
    Undone undo(long nowMillis, ChangeSigner signer) throws RefusedException;

    /**
     * Takes a change back, of whatever is {@link #undoable}.
     *
     * @throws RefusedException as the other one, and {@code NOT_FOUND} if it is none of these
     */
    Undone undo(Id change, long nowMillis, ChangeSigner signer) throws RefusedException;

    /**
     * Does the change again that was taken back last.
     *
     * @throws RefusedException as {@link #undo}
     */
    Undone redo(long nowMillis, ChangeSigner signer) throws RefusedException;

    /** What stands, the last one first. */
    List<Undoable> undoable();

    /** What was taken back and can be done again, the next one first. */
    List<Undoable> redoable();
}
