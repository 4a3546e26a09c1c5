package dev.parley.mls.internal.tree;

/**
 * Arithmetic of node indexes (RFC 9420 appendix C): leaf {@code i} is node {@code 2 i}, parents are
 * the odd numbers, and a tree has a power of two of leaves.
 */
public final class TreeMath {
    private TreeMath() {}

    public static int nodeCount(int leafCount) {
        return 2 * leafCount - 1;
    }

    public static int root(int leafCount) {
        return leafCount - 1;
    }

    public static boolean isLeaf(int node) {
        return (node & 1) == 0;
    }

    public static int ofLeaf(int leafIndex) {
        return 2 * leafIndex;
    }

    /** 0 for a leaf. */
    public static int level(int node) {
        return Integer.numberOfTrailingZeros(~node);
    }

    /**
     * @throws IllegalArgumentException for a leaf
     */
    public static int left(int node) {
        return node ^ 1 << requireParent(node) - 1;
    }

    /**
     * @throws IllegalArgumentException for a leaf
     */
    public static int right(int node) {
        return node ^ 3 << requireParent(node) - 1;
    }

    private static int requireParent(int node) {
        if (isLeaf(node)) {
            throw new IllegalArgumentException("node " + node + " is a leaf");
        }
        return level(node);
    }

    /** The node above; for the root of a tree one that is outside of it. */
    public static int parent(int node) {
        int level = level(node);
        return (node | 1 << level) & ~(1 << level + 1);
    }

    public static int sibling(int node) {
        int parent = parent(node);
        return node < parent ? right(parent) : left(parent);
    }

    /** Whether a node is {@code top} or below it. */
    public static boolean isBelow(int node, int top) {
        int reach = (1 << level(top)) - 1;
        return node >= top - reach && node <= top + reach;
    }

    /** The lowest node that both are below of, or one of them if the other is below it. */
    public static int commonAncestor(int a, int b) {
        int at = a;
        while (!isBelow(b, at)) {
            at = parent(at);
        }
        return at;
    }
}
