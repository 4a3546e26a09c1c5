package dev.parley.crdt.api;

import java.util.Set;

/**
 * A change became part of the main line.
 *
 * @param local whether it was made by this replica's own transaction
 * @param isVoid whether it has no effect, because it is not valid in its past
 * @param paths the objects it is about; the root if it changes roles
 */
public record ChangeEvent(Id change, Id author, boolean local, boolean isVoid, Set<Path> paths) {}
