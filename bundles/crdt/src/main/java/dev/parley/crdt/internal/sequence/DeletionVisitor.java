package dev.parley.crdt.internal.sequence;

/** Is shown which operations deleted which elements. */
@FunctionalInterface
public interface DeletionVisitor {
    /**
     * Operation (agent, seq + i) deleted the element (targetAgent, first + i), or first - i if
     * backward.
     */
    void deletion(int agent, int seq, int targetAgent, int first, int count, boolean backward);
}
