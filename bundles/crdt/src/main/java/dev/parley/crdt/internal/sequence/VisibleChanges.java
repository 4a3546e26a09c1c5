package dev.parley.crdt.internal.sequence;

/** Is told how the visible sequence changes, in the order in which it does. */
@FunctionalInterface
public interface VisibleChanges {
    /** Nobody listens; positions are then not computed at all. */
    VisibleChanges NONE = (position, removed, inserted) -> {};

    /**
     * One change of the sequence as the changes before left it.
     *
     * @param position in elements, where elements were removed and then others inserted
     */
    void changed(int position, int removed, int inserted);
}
