package dev.parley.crdt.api;

/** Edits a text in a transaction. Positions and counts are code points. */
public interface TextEditor {
    int length();

    /**
     * @throws IllegalArgumentException if the text has half a surrogate pair
     */
    void insert(int position, String text) throws RefusedException;

    void delete(int position, int count) throws RefusedException;
}
