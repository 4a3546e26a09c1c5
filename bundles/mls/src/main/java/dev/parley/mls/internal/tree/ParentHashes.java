package dev.parley.mls.internal.tree;

import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsException.Reason;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.TlsWriter;
import dev.parley.mls.internal.node.LeafNode;
import dev.parley.mls.internal.node.LeafNodeSource;
import dev.parley.mls.internal.node.ParentNode;
import dev.parley.mls.internal.suite.CipherSuite;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Parent hashes (RFC 9420 section 7.9): each path says what stood above and beside it. */
final class ParentHashes {
    private ParentHashes() {}

    /**
     * What a node below {@code parent} has to say about it.
     *
     * @param sibling the child of the parent on the other side
     */
    static Bytes of(ParentNode parent, Subtree sibling, CipherSuite suite) {
        Bytes original = Subtree.hashWithout(sibling, parent.unmergedLeaves(), suite);
        return suite.hash(
                new TlsWriter(256)
                        .opaque(parent.encryptionKey())
                        .opaque(parent.parentHash())
                        .opaque(original)
                        .toByteArray());
    }

    /**
     * New parents for the filtered direct path of a leaf, each with its parent hash.
     *
     * @param keys the public keys of that path, the lowest first
     */
    static List<ParentNode> chain(RatchetTree tree, int leafIndex, List<Bytes> keys) {
        List<Integer> path = tree.filteredDirectPath(leafIndex);
        ParentNode[] parents = new ParentNode[path.size()];
        Bytes above = Bytes.EMPTY;
        for (int i = path.size() - 1; i >= 0; i--) {
            parents[i] = new ParentNode(keys.get(i), above, List.of());
            above = of(parents[i], sibling(tree, path.get(i), leafIndex), tree.suite());
        }
        return List.of(parents);
    }

    /** The parent hash of a leaf below these parents; empty if there are none. */
    static Bytes ofLeaf(RatchetTree tree, int leafIndex, List<ParentNode> parents) {
        if (parents.isEmpty()) {
            return Bytes.EMPTY;
        }
        int lowest = tree.filteredDirectPath(leafIndex).get(0);
        return of(parents.get(0), sibling(tree, lowest, leafIndex), tree.suite());
    }

    private static Subtree sibling(RatchetTree tree, int parent, int leafIndex) {
        Subtree.OfParent at = (Subtree.OfParent) tree.subtree(parent);
        return leafIndex * 2 < parent ? at.right : at.left;
    }

    /**
     * Whether every parent has a node below it that links to it (section 7.9.2).
     *
     * @throws MlsException BAD_PARENT_HASH
     */
    static void verify(RatchetTree tree) throws MlsException {
        verify(tree, tree.root());
    }

    private static void verify(RatchetTree tree, Subtree at) throws MlsException {
        if (!(at instanceof Subtree.OfParent parent) || at.isEmpty()) {
            return;
        }
        if (parent.parent.isPresent()
                && !isLinked(tree, parent.parent.get(), parent.left, parent.right)
                && !isLinked(tree, parent.parent.get(), parent.right, parent.left)) {
            throw new MlsException(
                    Reason.BAD_PARENT_HASH, "no node below links to node " + at.node);
        }
        verify(tree, parent.left);
        verify(tree, parent.right);
    }

    /**
     * A node D links to P if D is in the resolution of P's child C, P's unmerged leaves below C are
     * the rest of that resolution, and D has P's parent hash. So D is what the unmerged leaves
     * leave over.
     */
    private static boolean isLinked(
            RatchetTree tree, ParentNode parent, Subtree child, Subtree sibling) {
        List<Integer> rest = new ArrayList<>();
        child.resolve(rest);
        Set<Integer> unmerged = new HashSet<>();
        for (long leaf : parent.unmergedLeaves()) {
            if (child.contains(leaf)) {
                unmerged.add((int) leaf * 2);
            }
        }
        int size = rest.size();
        rest.removeIf(unmerged::contains);
        return size == unmerged.size() + 1
                && rest.size() == 1
                && linkOf(tree, rest.get(0))
                        .filter(of(parent, sibling, tree.suite())::equals)
                        .isPresent();
    }

    /** The parent hash that a node has. */
    private static Optional<Bytes> linkOf(RatchetTree tree, int node) {
        if (!TreeMath.isLeaf(node)) {
            return tree.parent(node).map(ParentNode::parentHash);
        }
        Optional<LeafNode> leaf = tree.leaf(node / 2);
        return leaf.isPresent() && leaf.get().source() instanceof LeafNodeSource.Commit commit
                ? Optional.of(commit.parentHash())
                : Optional.empty();
    }
}
