package dev.parley.mls.internal.group;

import dev.parley.mls.api.Change;
import dev.parley.mls.api.MemberId;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.framing.Sender;
import dev.parley.mls.internal.proposal.Proposal;
import dev.parley.mls.internal.suite.KeyPair;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A proposal that came in a message of its own, or that a commit carries.
 *
 * @param reference its hash; empty if a commit carries it
 * @param checked whose its leaf is, if it has one that was found good before
 * @param leafKey of the leaf, if the proposal is our own update
 */
record Queued(
        Proposal proposal,
        Sender sender,
        Optional<Bytes> reference,
        Optional<MemberId> checked,
        Optional<KeyPair> leafKey) {
    static Queued byValue(Proposal proposal, Sender sender) {
        return new Queued(proposal, sender, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** Those that a commit may name, by what it names them. */
    static Map<Bytes, Queued> byReference(List<Told> queue) {
        Map<Bytes, Queued> known = new HashMap<>();
        for (Told each : queue) {
            each.queued.reference.ifPresent(name -> known.put(name, each.queued));
        }
        return known;
    }

    /** A change that was told to the caller, with the entry that it belongs to. */
    record Told(Queued queued, Change change) {}
}
