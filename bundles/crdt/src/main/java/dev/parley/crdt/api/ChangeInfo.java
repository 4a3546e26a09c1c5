package dev.parley.crdt.api;

import java.util.List;

/**
 * A change as a log shows it.
 *
 * @param timeMillis of the author's clock
 * @param operations how many operation numbers it uses
 */
public record ChangeInfo(
        Id id,
        Id author,
        String branch,
        int seq,
        List<Id> parents,
        long timeMillis,
        String message,
        int operations,
        boolean isVoid) {}
