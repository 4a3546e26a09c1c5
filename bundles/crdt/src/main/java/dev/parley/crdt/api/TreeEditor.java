package dev.parley.crdt.api;

/**
 * Changes a tree, within a transaction. Parents are nodes or {@link ElementId#ROOT}; an index says
 * how many siblings come before.
 *
 * <p>Each fails with {@code NOT_FOUND} if a node, parent or index is not there. Where two siblings
 * have no room between them the ones around are moved apart, which is a move for who merges it.
 */
public interface TreeEditor {
    /**
     * @return the new node
     */
    ElementId grow(ElementId parent, int index, Scalar label) throws RefusedException;

    /**
     * Puts a node, with all below it, somewhere else. The index is counted without the node. One
     * that was felled comes back.
     *
     * @throws RefusedException {@code WRONG_STATE} if the parent is the node or lies below it,
     *     {@code TOO_LARGE} if it lies more than 1,024 levels below the root
     */
    void move(ElementId node, ElementId parent, int index) throws RefusedException;

    void label(ElementId node, Scalar label) throws RefusedException;

    /** Takes a node away, with all below it. What somebody moves out meanwhile stays. */
    void fell(ElementId node) throws RefusedException;
}
