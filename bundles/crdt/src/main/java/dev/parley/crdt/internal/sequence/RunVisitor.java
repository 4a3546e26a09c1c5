package dev.parley.crdt.internal.sequence;

/** Is shown runs of elements in the order of the sequence. */
@FunctionalInterface
public interface RunVisitor {
    /**
     * One run: {@code count} elements with ids from (agent, seq) on.
     *
     * @param position visible elements before the run
     * @param visible whether the run is visible, or deleted
     */
    void run(int position, int agent, int seq, int count, boolean visible);
}
