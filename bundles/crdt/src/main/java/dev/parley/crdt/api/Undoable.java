package dev.parley.crdt.api;

import java.util.Set;

/**
 * A change that can be taken back, or done again.
 *
 * @param paths the objects that it is about
 * @param refusal why it cannot, empty if nothing is known against it
 */
public record Undoable(
        Id change, long timeMillis, String message, Set<Path> paths, String refusal) {}
