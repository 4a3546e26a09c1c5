package dev.parley.crdt.internal.sequence;

import org.jspecify.annotations.Nullable;

/** A node of the tree with what is known about everything below it. */
abstract sealed class Node permits Leaf, Inner {
    @Nullable Inner parent;

    /** Which child of the parent this is. */
    int slot;

    /** Visible elements below. */
    int visible;

    /** Visible elements below that take two UTF-16 units. */
    int astral;

    /** The smallest depth key below, see {@link SpanTree}. */
    long minKey = Long.MAX_VALUE;
}
