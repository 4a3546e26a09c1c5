package dev.parley.crdt.api;

/**
 * Undo and redo of one author's own transactions on the main line. An undo is a new change, which
 * takes back what is still as that transaction left it: what somebody else has changed since stays.
 *
 * <p>Registers, counters, flags, sets, texts and lists are taken back; roles, escrow counters,
 * trees, tasks, {@code put} and {@code clear} are not.
 */
public interface UndoHistory {
    /** As {@link Replica#transact}, and remembers how to take it back. */
    SignedChange transact(long nowMillis, ChangeSigner signer, Replica.Edit edit)
            throws RefusedException;

    /**
     * Takes the last transaction back that was not.
     *
     * @throws RefusedException if there is none, or nothing of it is left
     */
    SignedChange undo(long nowMillis, ChangeSigner signer) throws RefusedException;

    /** Takes the last undo back. */
    SignedChange redo(long nowMillis, ChangeSigner signer) throws RefusedException;

    int undoable();

    int redoable();
}
