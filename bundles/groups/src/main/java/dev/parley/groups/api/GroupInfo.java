package dev.parley.groups.api;

import java.time.Instant;

/**
 * A group as it is here.
 *
 * @param name what its admins call it; not unique; empty while JOINING
 * @param description may be empty
 * @param role ours; MEMBER where we are none
 * @param members how many there are, ourselves included; 0 while JOINING
 * @param epoch how many changes the group has seen; those that hold the same epoch and head are in
 *     the same state
 * @param head names the last change, 64 hex digits; empty while JOINING
 * @param lastSequence of the newest message here; 0 if there is none
 * @param since when this container created or joined it
 */
public record GroupInfo(
        GroupId id,
        String name,
        String description,
        GroupStatus status,
        GroupRole role,
        int members,
        long epoch,
        String head,
        long lastSequence,
        Instant since) {}
