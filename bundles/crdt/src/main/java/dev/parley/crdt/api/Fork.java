package dev.parley.crdt.api;

/**
 * Two changes of one author on one branch with one sequence number, both signed: proof for anybody
 * that the author said different things to different people.
 */
public record Fork(Id author, SignedChange first, SignedChange second) {}
