package dev.parley.mls.internal.group;

import dev.parley.mls.api.Change;
import dev.parley.mls.internal.node.Extensions;
import dev.parley.mls.internal.node.KeyPackage;
import dev.parley.mls.internal.proposal.PreSharedKeyId;
import dev.parley.mls.internal.proposal.Proposal;
import dev.parley.mls.internal.suite.KeyPair;
import dev.parley.mls.internal.tree.RatchetTree;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A group after its proposals and before the path of their commit.
 *
 * @param pathRequired whether the commit has to have a path (RFC 9420 section 12.4)
 * @param leafKey our new one, if an update of ours is among the proposals
 * @param changes in the order in which they were applied
 */
record Applied(
        RatchetTree tree,
        Roster roster,
        Extensions extensions,
        List<Added> added,
        List<PreSharedKeyId> psks,
        Optional<Proposal.ReInit> reinit,
        Optional<Proposal.ExternalInit> externalInit,
        boolean pathRequired,
        Optional<KeyPair> leafKey,
        List<Change> changes) {
    /** Who was added, and where. */
    record Added(int leafIndex, KeyPackage keyPackage) {}

    Set<Integer> newLeaves() {
        return added.stream().map(Added::leafIndex).collect(Collectors.toSet());
    }
}
