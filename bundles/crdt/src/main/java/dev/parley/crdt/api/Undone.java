package dev.parley.crdt.api;

import java.util.List;

/**
 * What an undo or redo did.
 *
 * @param change the new change
 * @param of the change that it took back, or did again
 * @param differences of the objects that it wrote
 * @param left the objects of which something stays as it is, because somebody changed it since
 */
public record Undone(SignedChange change, Id of, List<Difference> differences, List<Path> left) {}
