package dev.parley.mls.api;

import java.util.List;

/**
 * A commit that holds by all rules and has not been taken yet: the caller merges it by going on
 * with {@link #next()}, or drops it by forgetting this. The state that it came from is unchanged
 * either way, and rival commits of one epoch are several of these.
 *
 * @param parent the epoch that it was made in
 * @param hash of the whole commit: the new confirmed transcript hash, equal at all members
 * @param committer who committed, as it is afterwards; for an external commit the one who joined
 * @param external whether it is an external commit
 * @param changes in the order in which they are applied
 * @param next the state of the new epoch; after {@link Change.Reinitialized} all that it is good
 *     for is {@link Mls#succeed} and {@link Mls#joinSuccessor}
 */
public record StagedCommit(
        long parent,
        byte[] hash,
        Member committer,
        boolean external,
        List<Change> changes,
        byte[] authenticatedData,
        GroupState next) {
    public StagedCommit {
        changes = List.copyOf(changes);
    }
}
