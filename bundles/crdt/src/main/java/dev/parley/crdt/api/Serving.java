package dev.parley.crdt.api;

import java.util.List;

/**
 * What somebody misses, given piece by piece: all of it costs as much as there is of it, in however
 * many pieces. What is taken in meanwhile is not in it. It ends when its replica is compacted, and
 * must not be asked then. <b>Threads:</b> that of the replica.
 */
public interface Serving {
    /**
     * The next ones, each after what it builds on.
     *
     * @param maxBytes of bodies and signatures with 16 more for each; a single change may have more
     * @return none if there are no more
     */
    List<SignedChange> next(int maxBytes, int maxChanges);

    /** Whether there are more. */
    boolean more();
}
