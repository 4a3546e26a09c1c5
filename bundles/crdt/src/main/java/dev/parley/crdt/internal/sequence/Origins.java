package dev.parley.crdt.internal.sequence;

/**
 * Where an insertion was made, for its operation.
 *
 * @param leftAgent the element directly before, or {@link Sequence#NONE} at the start
 * @param leftSeq 0 at the start
 * @param rightAgent the right parent: the element that was directly behind, if its own left origin
 *     is the same as ours, else {@link Sequence#NONE}
 * @param rightSeq 0 without a right parent
 */
public record Origins(int leftAgent, int leftSeq, int rightAgent, int rightSeq) {}
