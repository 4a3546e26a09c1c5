package dev.parley.crdt.api;

/**
 * Where a replica keeps the changes it took in, in the order it took them in. A replica calls it
 * from the thread that uses the replica.
 */
public interface History {
    /** Adds one; it will be asked for by how many came before it. */
    void append(SignedChange change);

    /**
     * @param index from 0, less than how many were added
     */
    SignedChange get(int index);

    /** Gives a change up, which will not be asked for again. Others keep their index. */
    default void forget(int index) {}
}
