package dev.parley.mls.internal.tree;

import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.TlsWriter;
import dev.parley.mls.internal.node.LeafNode;
import dev.parley.mls.internal.node.ParentNode;
import dev.parley.mls.internal.suite.CipherSuite;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A node and all below it, immutable, so that trees which differ in one leaf share all but the
 * nodes above that leaf. The tree hash is computed when first asked for and kept.
 */
abstract sealed class Subtree {
    final int node;

    /** Written by several threads at worst, always with the same value. */
    private @Nullable Bytes hash;

    private Subtree(int node) {
        this.node = node;
    }

    /** Leaves that are not blank. */
    abstract int members();

    /** Whether every node is blank. */
    abstract boolean isEmpty();

    /** Whether this node itself is blank. */
    abstract boolean isBlank();

    /** The public key of a node that is not blank. */
    abstract Optional<Bytes> encryptionKey();

    abstract Bytes computeHash(CipherSuite suite);

    /** Nodes that together cover all members below (section 4.1.1). */
    abstract void resolve(List<Integer> into);

    /** The tree hash (section 7.8). */
    final Bytes hash(CipherSuite suite) {
        Bytes known = hash;
        if (known == null) {
            known = computeHash(suite);
            hash = known;
        }
        return known;
    }

    final boolean contains(long leafIndex) {
        return leafIndex >= 0
                && leafIndex <= Integer.MAX_VALUE / 2
                && TreeMath.isBelow((int) leafIndex * 2, node);
    }

    static final class OfLeaf extends Subtree {
        final Optional<LeafNode> leaf;

        OfLeaf(int node, Optional<LeafNode> leaf) {
            super(node);
            this.leaf = leaf;
        }

        @Override
        int members() {
            return leaf.isPresent() ? 1 : 0;
        }

        @Override
        boolean isEmpty() {
            return leaf.isEmpty();
        }

        @Override
        boolean isBlank() {
            return leaf.isEmpty();
        }

        @Override
        Optional<Bytes> encryptionKey() {
            return leaf.map(LeafNode::encryptionKey);
        }

        @Override
        Bytes computeHash(CipherSuite suite) {
            return suite.hash(new TlsWriter(512).u8(1).u32(node / 2).optional(leaf).toByteArray());
        }

        @Override
        void resolve(List<Integer> into) {
            if (leaf.isPresent()) {
                into.add(node);
            }
        }
    }

    static final class OfParent extends Subtree {
        final Optional<ParentNode> parent;
        final Subtree left;
        final Subtree right;
        private final int members;
        private final boolean empty;

        OfParent(int node, Optional<ParentNode> parent, Subtree left, Subtree right) {
            super(node);
            this.parent = parent;
            this.left = left;
            this.right = right;
            this.members = left.members() + right.members();
            this.empty = parent.isEmpty() && left.isEmpty() && right.isEmpty();
        }

        Subtree child(int below) {
            return below < node ? left : right;
        }

        @Override
        int members() {
            return members;
        }

        @Override
        boolean isEmpty() {
            return empty;
        }

        @Override
        boolean isBlank() {
            return parent.isEmpty();
        }

        @Override
        Optional<Bytes> encryptionKey() {
            return parent.map(ParentNode::encryptionKey);
        }

        @Override
        Bytes computeHash(CipherSuite suite) {
            return hashOf(suite, parent, left.hash(suite), right.hash(suite));
        }

        @Override
        void resolve(List<Integer> into) {
            if (parent.isPresent()) {
                into.add(node);
                for (long leaf : parent.get().unmergedLeaves()) {
                    into.add((int) leaf * 2);
                }
            } else if (!empty) {
                left.resolve(into);
                right.resolve(into);
            }
        }
    }

    private static Bytes hashOf(
            CipherSuite suite, Optional<ParentNode> parent, Bytes left, Bytes right) {
        return suite.hash(
                new TlsWriter(256).u8(2).optional(parent).opaque(left).opaque(right).toByteArray());
    }

    /** A tree of blank nodes. */
    static Subtree blank(int node) {
        return TreeMath.isLeaf(node)
                ? new OfLeaf(node, Optional.empty())
                : new OfParent(
                        node,
                        Optional.empty(),
                        blank(TreeMath.left(node)),
                        blank(TreeMath.right(node)));
    }

    /**
     * The tree hash as it was without these leaves: they blank, and in nobody's list of unmerged
     * ones (section 7.9).
     */
    static Bytes hashWithout(Subtree tree, Collection<Long> leaves, CipherSuite suite) {
        if (leaves.stream().noneMatch(tree::contains)) {
            return tree.hash(suite);
        }
        if (tree instanceof OfParent at) {
            Set<Long> below = leaves.stream().filter(tree::contains).collect(Collectors.toSet());
            Optional<ParentNode> parent =
                    at.parent.map(
                            each ->
                                    new ParentNode(
                                            each.encryptionKey(),
                                            each.parentHash(),
                                            each.unmergedLeaves().stream()
                                                    .filter(leaf -> !below.contains(leaf))
                                                    .toList()));
            return hashOf(
                    suite,
                    parent,
                    hashWithout(at.left, below, suite),
                    hashWithout(at.right, below, suite));
        }
        return new OfLeaf(tree.node, Optional.empty()).hash(suite);
    }
}
