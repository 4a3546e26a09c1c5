package dev.parley.crdt.internal.sequence;

/**
 * The order of concurrent elements at one place, the same on every replica: by author, then by seq.
 * The dense agent numbers themselves differ between replicas and decide nothing.
 */
@FunctionalInterface
public interface AgentOrder {
    /**
     * A total order over element ids: negative if the first stands before the second, 0 only for
     * the same id.
     */
    int compare(int agentA, int seqA, int agentB, int seqB);
}
