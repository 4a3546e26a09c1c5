package dev.parley.crdt.internal.sequence;

/**
 * A place that stays with its element whatever happens around it.
 *
 * @param agent of the element, or {@link Sequence#NONE} for the start (after nothing) or the end
 *     (before nothing) of the sequence
 * @param seq of the element, 0 without one
 * @param after whether the place is behind the element, else before it
 */
public record Cursor(int agent, int seq, boolean after) {}
