package dev.parley.stores.api;

import dev.parley.crdt.api.Id;
import java.util.List;

/**
 * What became of the wish to compact a store.
 *
 * @param givenUp how many changes have no operations here any more, by this one and those before
 * @param kept how many changes are here as a whole
 * @param done whether something was given up by this one
 * @param notAcknowledged agents who write, and have not said that they have all that is here; what
 *     they may miss is kept
 * @param notApproved admins who have not signed the checkpoint that was proposed
 * @param why for people: why nothing was given up; empty if something was
 */
public record Compaction(
        boolean done,
        int givenUp,
        int kept,
        List<Id> notAcknowledged,
        List<Id> notApproved,
        String why) {}
