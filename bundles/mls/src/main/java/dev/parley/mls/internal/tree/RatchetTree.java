package dev.parley.mls.internal.tree;

import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsException.Reason;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Decoder;
import dev.parley.mls.internal.codec.TlsWriter;
import dev.parley.mls.internal.node.LeafNode;
import dev.parley.mls.internal.node.Node;
import dev.parley.mls.internal.node.ParentNode;
import dev.parley.mls.internal.suite.CipherSuite;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The public half of a group's tree (RFC 9420 sections 4 and 7). Immutable: a change returns
 * another tree that shares all it can with this one, in O(log n). May be shared between threads.
 *
 * <p>Indexes of leaves that come from the wire are checked by {@link #requireMember}; the other
 * methods expect indexes within the tree.
 */
public final class RatchetTree {
    /** The most leaves, blank ones included. */
    public static final int MAX_LEAVES = 1 << 16;

    private final CipherSuite suite;
    private final Subtree root;
    private final KeyTally encryptionKeys;
    private final KeyTally signatureKeys;

    private RatchetTree(
            CipherSuite suite, Subtree root, KeyTally encryptionKeys, KeyTally signatureKeys) {
        this.suite = suite;
        this.root = root;
        this.encryptionKeys = encryptionKeys;
        this.signatureKeys = signatureKeys;
    }

    /** A tree of one member. */
    public static RatchetTree of(CipherSuite suite, LeafNode first) {
        return new RatchetTree(
                suite,
                new Subtree.OfLeaf(0, Optional.of(first)),
                KeyTally.EMPTY.plus(first.encryptionKey()),
                KeyTally.EMPTY.plus(first.signatureKey()));
    }

    /**
     * The tree of these nodes, in the order of their indexes (section 12.4.3.3). Its shape is
     * checked, nothing else; see {@link TreeValidation}.
     *
     * @throws MlsException BAD_TREE_SHAPE or NODE_OF_WRONG_KIND
     */
    public static RatchetTree of(CipherSuite suite, List<Optional<Node>> nodes)
            throws MlsException {
        if (nodes.isEmpty() || nodes.get(nodes.size() - 1).isEmpty()) {
            throw new MlsException(
                    Reason.BAD_TREE_SHAPE, "ratchet tree: empty, or its last node is blank");
        }
        int leafCount = 1;
        while (TreeMath.nodeCount(leafCount) < nodes.size()) {
            leafCount *= 2;
        }
        if (leafCount > MAX_LEAVES) {
            throw new MlsException(
                    Reason.BAD_TREE_SHAPE, "ratchet tree: more than " + MAX_LEAVES + " leaves");
        }
        Subtree root = build(TreeMath.root(leafCount), nodes);
        KeyTally encryption = KeyTally.EMPTY;
        KeyTally signature = KeyTally.EMPTY;
        for (Optional<Node> node : nodes) {
            if (node.isPresent() && node.get() instanceof Node.Leaf leaf) {
                encryption = encryption.plus(leaf.leaf().encryptionKey());
                signature = signature.plus(leaf.leaf().signatureKey());
            } else if (node.isPresent() && node.get() instanceof Node.Parent parent) {
                encryption = encryption.plus(parent.parent().encryptionKey());
            }
        }
        return new RatchetTree(suite, root, encryption, signature);
    }

    private static Subtree build(int index, List<Optional<Node>> nodes) throws MlsException {
        Optional<Node> node = index < nodes.size() ? nodes.get(index) : Optional.empty();
        boolean wrong =
                TreeMath.isLeaf(index)
                        ? node.isPresent() && node.get() instanceof Node.Parent
                        : node.isPresent() && node.get() instanceof Node.Leaf;
        if (wrong) {
            throw new MlsException(
                    Reason.NODE_OF_WRONG_KIND,
                    "ratchet tree: node " + index + " of the wrong kind");
        }
        if (TreeMath.isLeaf(index)) {
            return new Subtree.OfLeaf(index, node.map(each -> ((Node.Leaf) each).leaf()));
        }
        return new Subtree.OfParent(
                index,
                node.map(each -> ((Node.Parent) each).parent()),
                build(TreeMath.left(index), nodes),
                build(TreeMath.right(index), nodes));
    }

    /**
     * Reads {@code optional<Node> ratchet_tree<V>}.
     *
     * @throws MlsException MALFORMED, or as {@link #of(CipherSuite, List)}
     */
    public static RatchetTree decode(CipherSuite suite, byte[] bytes) throws MlsException {
        return of(suite, Decoder.decodeInner(Node::readTree, bytes, "ratchet tree"));
    }

    /** As the {@code ratchet_tree} extension has it, without blank nodes at the end. */
    public byte[] encode() {
        List<Optional<Node>> nodes = nodes();
        int end = nodes.size();
        while (nodes.get(end - 1).isEmpty()) {
            end--;
        }
        TlsWriter out = new TlsWriter(1024);
        Node.writeTree(out, nodes.subList(0, end));
        return out.toByteArray();
    }

    private List<Optional<Node>> nodes() {
        List<Optional<Node>> nodes = new ArrayList<>(TreeMath.nodeCount(leafCount()));
        collect(root, nodes);
        return nodes;
    }

    private static void collect(Subtree at, List<Optional<Node>> into) {
        if (at instanceof Subtree.OfParent parent) {
            collect(parent.left, into);
            into.add(parent.parent.map(Node.Parent::new));
            collect(parent.right, into);
        } else if (at instanceof Subtree.OfLeaf leaf) {
            into.add(leaf.leaf.map(Node.Leaf::new));
        }
    }

    public CipherSuite suite() {
        return suite;
    }

    /** Leaves, blank ones included: a power of two. */
    public int leafCount() {
        return root.node + 1;
    }

    /** Leaves that are not blank. */
    public int memberCount() {
        return root.members();
    }

    public Bytes treeHash() {
        return root.hash(suite);
    }

    /** The tree hash of a node of this tree. */
    public Bytes treeHash(int node) {
        return subtree(node).hash(suite);
    }

    /** Whether an encryption key stands at two nodes. */
    public boolean hasDuplicateEncryptionKeys() {
        return encryptionKeys.hasDuplicates();
    }

    /** Whether a signature key stands at two leaves. */
    public boolean hasDuplicateSignatureKeys() {
        return signatureKeys.hasDuplicates();
    }

    public boolean containsEncryptionKey(Bytes key) {
        return encryptionKeys.contains(key);
    }

    Subtree root() {
        return root;
    }

    Subtree subtree(int node) {
        Subtree at = root;
        while (at.node != node) {
            if (!(at instanceof Subtree.OfParent parent)) {
                throw new IllegalArgumentException("no node " + node + " in this tree");
            }
            at = parent.child(node);
        }
        return at;
    }

    /** The leaf at this index, unless it is blank or outside of the tree. */
    public Optional<LeafNode> leaf(long leafIndex) {
        if (leafIndex < 0 || leafIndex >= leafCount()) {
            return Optional.empty();
        }
        return ((Subtree.OfLeaf) subtree((int) leafIndex * 2)).leaf;
    }

    /**
     * @throws MlsException NO_SUCH_MEMBER if the leaf is blank or outside of the tree
     */
    public LeafNode requireMember(long leafIndex) throws MlsException {
        return leaf(leafIndex)
                .orElseThrow(
                        () ->
                                new MlsException(
                                        Reason.NO_SUCH_MEMBER, "no member at leaf " + leafIndex));
    }

    /** The parent at this node, unless it is blank. */
    public Optional<ParentNode> parent(int node) {
        return ((Subtree.OfParent) subtree(node)).parent;
    }

    /** The public key of a node, unless it is blank. */
    public Optional<Bytes> encryptionKey(int node) {
        return subtree(node).encryptionKey();
    }

    /** The index of the leaf that equals this one. */
    public Optional<Integer> find(LeafNode leaf) {
        for (int i = 0; i < leafCount(); i++) {
            Optional<LeafNode> there = leaf(i);
            if (there.isPresent() && there.get().equals(leaf)) {
                return Optional.of(i);
            }
        }
        return Optional.empty();
    }

    /** The indexes of all members, ascending. */
    public List<Integer> members() {
        List<Integer> found = new ArrayList<>(memberCount());
        members(root, found);
        return found;
    }

    private static void members(Subtree at, List<Integer> into) {
        if (at.members() == 0) {
            return;
        }
        if (at instanceof Subtree.OfParent parent) {
            members(parent.left, into);
            members(parent.right, into);
        } else {
            into.add(at.node / 2);
        }
    }

    /** The resolution of a node (section 4.1.1). */
    public List<Integer> resolution(int node) {
        List<Integer> nodes = new ArrayList<>();
        subtree(node).resolve(nodes);
        return nodes;
    }

    /** The filtered direct path of a leaf (section 4.1.2), the lowest node first. */
    public List<Integer> filteredDirectPath(int leafIndex) {
        List<Integer> path = new ArrayList<>();
        Subtree at = root;
        while (at instanceof Subtree.OfParent parent) {
            Subtree next = parent.child(leafIndex * 2);
            if (!(next == parent.left ? parent.right : parent.left).isEmpty()) {
                path.add(0, at.node);
            }
            at = next;
        }
        return path;
    }

    /** Where {@link #add} would put somebody: the leftmost blank leaf, or one more. */
    public int nextFreeLeaf() {
        if (memberCount() == leafCount()) {
            return leafCount();
        }
        Subtree at = root;
        while (at instanceof Subtree.OfParent parent) {
            int room = 1 << TreeMath.level(at.node) - 1;
            at = parent.left.members() < room ? parent.left : parent.right;
        }
        return at.node / 2;
    }

    /**
     * With one more member, at {@link #nextFreeLeaf} (section 7.7).
     *
     * @throws MlsException BAD_TREE_SHAPE if there are {@link #MAX_LEAVES} already
     */
    public RatchetTree add(LeafNode leaf) throws MlsException {
        int index = nextFreeLeaf();
        Subtree top = root;
        if (index == leafCount()) {
            if (index == MAX_LEAVES) {
                throw new MlsException(
                        Reason.BAD_TREE_SHAPE, "the group has " + MAX_LEAVES + " members");
            }
            int node = 2 * root.node + 1;
            top =
                    new Subtree.OfParent(
                            node, Optional.empty(), root, Subtree.blank(TreeMath.right(node)));
        }
        return new Change(top).path(index, Optional.of(leaf), old -> withUnmerged(old, index));
    }

    private static Optional<ParentNode> withUnmerged(Optional<ParentNode> old, long leaf) {
        return old.map(
                parent -> {
                    List<Long> leaves = new ArrayList<>(parent.unmergedLeaves());
                    leaves.add(leaf);
                    leaves.sort(null);
                    return new ParentNode(parent.encryptionKey(), parent.parentHash(), leaves);
                });
    }

    /** With another leaf for a member and the nodes above it blank (section 7.7). */
    public RatchetTree update(int leafIndex, LeafNode leaf) {
        return new Change(root).path(leafIndex, Optional.of(leaf), old -> Optional.empty());
    }

    /**
     * Without a member, the nodes above blank and blank halves at the right end cut off (7.7). The
     * last member is not removed.
     */
    public RatchetTree remove(int leafIndex) {
        if (memberCount() == 1) {
            throw new IllegalStateException("the last member cannot be removed");
        }
        RatchetTree left =
                new Change(root).path(leafIndex, Optional.empty(), old -> Optional.empty());
        Subtree top = left.root;
        KeyTally keys = left.encryptionKeys;
        while (top instanceof Subtree.OfParent parent && parent.right.members() == 0) {
            Change cut = new Change(left, keys);
            cut.forget(parent.right);
            parent.parent.ifPresent(each -> cut.minus(each.encryptionKey()));
            keys = cut.encryption;
            top = parent.left;
        }
        return new RatchetTree(suite, top, keys, left.signatureKeys);
    }

    /**
     * With a leaf and the nodes of its filtered direct path put in and the other nodes above it
     * blank (section 7.5).
     *
     * @param parents as many as the filtered direct path has nodes, the lowest first
     */
    RatchetTree withPath(int leafIndex, LeafNode leaf, List<ParentNode> parents) {
        List<Integer> path = filteredDirectPath(leafIndex);
        return new Change(root)
                .path(
                        leafIndex,
                        Optional.of(leaf),
                        (node, old) -> {
                            int at = path.indexOf(node);
                            return at < 0 ? Optional.empty() : Optional.of(parents.get(at));
                        });
    }

    /** What becomes of a parent above a leaf that changes. */
    private interface Rewrite {
        Optional<ParentNode> apply(int node, Optional<ParentNode> old);
    }

    /** Rebuilds the nodes above one leaf and keeps the tallies. */
    private final class Change {
        private final Subtree top;
        private KeyTally encryption;
        private KeyTally signature;

        Change(Subtree top) {
            this.top = top;
            this.encryption = encryptionKeys;
            this.signature = signatureKeys;
        }

        Change(RatchetTree tree, KeyTally encryption) {
            this.top = tree.root;
            this.encryption = encryption;
            this.signature = tree.signatureKeys;
        }

        RatchetTree path(
                int leafIndex,
                Optional<LeafNode> leaf,
                UnaryOperator<Optional<ParentNode>> rewrite) {
            return path(leafIndex, leaf, (node, old) -> rewrite.apply(old));
        }

        RatchetTree path(int leafIndex, Optional<LeafNode> leaf, Rewrite rewrite) {
            Subtree changed = rebuild(top, leafIndex * 2, leaf, rewrite);
            return new RatchetTree(suite, changed, encryption, signature);
        }

        private Subtree rebuild(Subtree at, int target, Optional<LeafNode> leaf, Rewrite rewrite) {
            if (at instanceof Subtree.OfParent parent) {
                Subtree child = rebuild(parent.child(target), target, leaf, rewrite);
                Optional<ParentNode> content = rewrite.apply(at.node, parent.parent);
                parent.parent.ifPresent(old -> minus(old.encryptionKey()));
                content.ifPresent(now -> plus(now.encryptionKey()));
                return child.node < at.node
                        ? new Subtree.OfParent(at.node, content, child, parent.right)
                        : new Subtree.OfParent(at.node, content, parent.left, child);
            }
            if (at instanceof Subtree.OfLeaf old && old.leaf.isPresent()) {
                minus(old.leaf.get().encryptionKey());
                signature = signature.minus(old.leaf.get().signatureKey());
            }
            if (leaf.isPresent()) {
                plus(leaf.get().encryptionKey());
                signature = signature.plus(leaf.get().signatureKey());
            }
            return new Subtree.OfLeaf(at.node, leaf);
        }

        /** Takes the keys of a part without members out of the tally. */
        void forget(Subtree part) {
            if (part.isEmpty()) {
                return;
            }
            part.encryptionKey().ifPresent(this::minus);
            if (part instanceof Subtree.OfParent parent) {
                forget(parent.left);
                forget(parent.right);
            }
        }

        void plus(Bytes key) {
            encryption = encryption.plus(key);
        }

        void minus(Bytes key) {
            encryption = encryption.minus(key);
        }
    }
}
