package dev.parley.crdt.internal;

import org.jspecify.annotations.Nullable;

/**
 * How many operations of each agent are in a past: a version vector over the replica's own dense
 * agent numbers. Immutable, and a tree with 16 branches below each node, so that a changed one
 * shares all but one way down, and what joins two shares what is in one of them alone or more in
 * one than in the other: each change keeps one, and there may be many agents.
 */
final class Version {
    private static final int BITS = 4;
    private static final int WIDTH = 1 << BITS;
    private static final int MASK = WIDTH - 1;

    static final Version EMPTY = new Version(new int[WIDTH], 0);

    /** Counts, or, if there is a shift, nodes with as much less; null where all counts are 0. */
    private final Object root;

    /** By how much an agent is shifted to say which branch of the root it is below. */
    private final int shift;

    private Version(Object root, int shift) {
        this.root = root;
        this.shift = shift;
    }

    int get(int agent) {
        if (agent >>> shift >= WIDTH) {
            return 0;
        }
        Object node = root;
        for (int at = shift; at > 0 && node != null; at -= BITS) {
            node = ((@Nullable Object[]) node)[agent >>> at & MASK];
        }
        return node == null ? 0 : ((int[]) node)[agent & MASK];
    }

    boolean contains(int agent, int number) {
        return number < get(agent);
    }

    /** With at least that many operations of the agent. */
    Version with(int agent, int count) {
        if (get(agent) >= count) {
            return this;
        }
        int higher = shift;
        while (agent >>> higher >= WIDTH) {
            higher += BITS;
        }
        return new Version(with(raised(higher), higher, agent, count), higher);
    }

    private static Object with(@Nullable Object node, int shift, int agent, int count) {
        if (shift == 0) {
            int[] counts = node == null ? new int[WIDTH] : ((int[]) node).clone();
            counts[agent & MASK] = count;
            return counts;
        }
        @Nullable Object[] nodes = node == null ? new Object[WIDTH] : ((Object[]) node).clone();
        int branch = agent >>> shift & MASK;
        nodes[branch] = with(nodes[branch], shift - BITS, agent, count);
        return nodes;
    }

    /** The root of a tree of the same counts that has room for more agents. */
    private Object raised(int higher) {
        Object node = root;
        for (int at = shift; at < higher; at += BITS) {
            Object[] above = new Object[WIDTH];
            above[0] = node;
            node = above;
        }
        return node;
    }

    /** What is in one of them; one of the two if that has all. */
    Version join(Version other) {
        if (this == other || other == EMPTY) {
            return this;
        }
        if (this == EMPTY) {
            return other;
        }
        int higher = Math.max(shift, other.shift);
        Object ours = raised(higher);
        Object theirs = other.raised(higher);
        Object joined = join(ours, theirs, higher);
        return joined == ours ? this : joined == theirs ? other : new Version(joined, higher);
    }

    private static Object join(Object a, Object b, int shift) {
        if (a == b) {
            return a;
        }
        return shift == 0
                ? max((int[]) a, (int[]) b)
                : joinAll((@Nullable Object[]) a, (@Nullable Object[]) b, shift - BITS);
    }

    private static Object joinAll(@Nullable Object[] a, @Nullable Object[] b, int shift) {
        @Nullable Object[] joined = a;
        boolean isB = true;
        for (int i = 0; i < WIDTH; i++) {
            Object ours = a[i];
            Object theirs = b[i];
            if (theirs != null && theirs != ours) {
                Object node = ours == null ? theirs : join(ours, theirs, shift);
                if (node != ours) {
                    joined = joined == a ? a.clone() : joined;
                    joined[i] = node;
                }
            }
            isB &= joined[i] == theirs;
        }
        return joined == a || !isB ? joined : b;
    }

    private static int[] max(int[] a, int[] b) {
        boolean isA = true;
        boolean isB = true;
        for (int i = 0; i < WIDTH; i++) {
            isA &= a[i] >= b[i];
            isB &= b[i] >= a[i];
        }
        if (isA || isB) {
            return isA ? a : b;
        }
        int[] max = a.clone();
        for (int i = 0; i < WIDTH; i++) {
            max[i] = Math.max(max[i], b[i]);
        }
        return max;
    }
}
