package dev.parley.crdt.api;

import java.util.List;
import java.util.Optional;

/**
 * Something to be done, by whoever claims it. Who did not know of each other may both claim it;
 * then all replicas agree on one of them, by a lottery that nobody can bend and no clock decides. A
 * claimant who works before others can have known of the claim must expect to lose it.
 *
 * @param author who made it
 * @param exclusive whether a claim counts only when the arbiter has granted it
 * @param arbiter who grants; has no say in a task that is not exclusive
 * @param claims those that are not given back, run out or cancelled; the holder's first, the others
 *     as the lottery orders them
 * @param results what the holder finished with
 * @param duplicates what others finished with, or the holder of an earlier round; none is lost
 */
public record Task(
        ElementId id,
        String title,
        Id author,
        boolean exclusive,
        Id arbiter,
        Status status,
        Optional<Claim> holder,
        List<Claim> claims,
        List<Result> results,
        List<Result> duplicates) {

    /** How far it is. A lease that has run out counts until somebody says so. */
    public enum Status {
        OPEN,
        CLAIMED,
        DONE,
        CANCELLED
    }

    /**
     * Somebody's word to do it.
     *
     * @param fence who takes the result of the work asks for this, and refuses any other
     * @param leaseEndMillis by the claimant's clock; from then on anybody may expire the claim
     * @param granted by the arbiter of an exclusive task
     * @param finished whether there is a result
     */
    public record Claim(
            ElementId id,
            Id author,
            Id fence,
            long leaseEndMillis,
            boolean granted,
            boolean finished) {}

    /** What came of a claim. */
    public record Result(ElementId id, ElementId claim, Id author, Scalar value) {}
}
