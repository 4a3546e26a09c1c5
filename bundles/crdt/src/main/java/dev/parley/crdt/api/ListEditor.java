package dev.parley.crdt.api;

/** Edits a list in a transaction. Indices count from 0. */
public interface ListEditor {
    int size();

    /** Before the element that has the index now; at the end if it is the size. */
    void insert(int index, Scalar value) throws RefusedException;

    /**
     * @param to the index it has afterwards
     */
    void move(int from, int to) throws RefusedException;

    void replace(int index, Scalar value) throws RefusedException;

    void drop(int index) throws RefusedException;
}
