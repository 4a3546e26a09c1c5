package dev.parley.crdt.internal.sequence;

/**
 * Where an insertion was made, for its operation.
 *
 * @param leftAgent the visible element directly before, or {@link Sequence#NONE} at the start
 * @param leftSeq 0 at the start
 * @param rightAgent the element directly behind, deleted or not, or {@link Sequence#NONE} at the
 *     end
 * @param rightSeq 0 at the end
 */
public record Origins(int leftAgent, int leftSeq, int rightAgent, int rightSeq) {}
