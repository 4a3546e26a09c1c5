package dev.parley.groups.internal.format;

import dev.parley.identity.api.AgentId;
import dev.parley.storage.api.Hash;
import java.util.List;

/** One epoch of a lineage: how a group came to where it is (0013, "Beyond the window"). */
public record Step(Hash epoch, int rank, AgentId committer, List<AgentId> removed) {
    public Step {
        removed = List.copyOf(removed);
    }

    /** Whether this one counts before another child of the same epoch. */
    public boolean beats(Step other) {
        return rank != other.rank ? rank < other.rank : epoch.compareTo(other.epoch) < 0;
    }
}
