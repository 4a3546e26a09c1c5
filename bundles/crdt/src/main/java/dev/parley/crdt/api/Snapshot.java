package dev.parley.crdt.api;

/**
 * The state at a checkpoint.
 *
 * @param file deflated; whoever has the same changes gets the same bytes before that
 */
public record Snapshot(Checkpoint checkpoint, byte[] file) {}
