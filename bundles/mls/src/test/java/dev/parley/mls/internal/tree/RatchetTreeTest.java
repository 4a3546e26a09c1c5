package dev.parley.mls.internal.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsException.Reason;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Decoder;
import dev.parley.mls.internal.node.LeafNode;
import dev.parley.mls.internal.node.Node;
import dev.parley.mls.internal.node.ParentNode;
import dev.parley.mls.internal.node.UpdatePath;
import dev.parley.mls.internal.suite.CipherSuites;
import dev.parley.wire.api.MalformedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class RatchetTreeTest {
    private static SimulatedMembers members(int suite, int count)
            throws MlsException, MalformedException {
        SimulatedMembers members =
                new SimulatedMembers(CipherSuites.standard().require(suite), count);
        if (count > 1) {
            members.commit(0, count - 1, Set.of());
        }
        return members;
    }

    private static void refused(Reason reason, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        MlsException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }

    private static List<Optional<Node>> nodes(RatchetTree tree) throws MalformedException {
        return new ArrayList<>(Decoder.decode(Node::readTree, tree.encode(), "tree"));
    }

    private static void validate(RatchetTree tree) throws MlsException {
        TreeValidation.validate(tree, SimulatedMembers.GROUP, tree.treeHash(), Runnable::run);
    }

    /** Adds, removes and paths in any order: everybody agrees and the tree stays valid. */
    @Test
    void aRandomWalkKeepsEveryTreeValidAndEverybodyInAgreement()
            throws MlsException, MalformedException {
        for (int seed = 0; seed < 4; seed++) {
            Random random = new Random(seed);
            SimulatedMembers members = members(1, 1);
            for (int step = 0; step < 40; step++) {
                List<Integer> all = members.tree.members();
                int committer = all.get(random.nextInt(all.size()));
                if (random.nextInt(4) == 0 && all.size() < 20) {
                    members.addWithoutPath();
                } else {
                    int other = all.get(random.nextInt(all.size()));
                    members.commit(
                            committer,
                            all.size() < 20 ? random.nextInt(3) : 0,
                            other != committer && random.nextInt(3) == 0
                                    ? Set.of(other)
                                    : Set.of());
                }
                RatchetTree tree = members.tree;
                validate(tree);
                assertThat(tree.members()).containsExactlyElementsOf(members.privates.keySet());
                for (PrivateTree own : members.privates.values()) {
                    own.verify(tree);
                }
                RatchetTree again = RatchetTree.decode(tree.suite(), tree.encode());
                assertThat(again.treeHash()).isEqualTo(tree.treeHash());
                assertThat(again.leafCount()).isEqualTo(tree.leafCount());
                assertThat(again.hasDuplicateEncryptionKeys()).isFalse();
                for (Optional<Node> node : nodes(tree)) {
                    if (node.isPresent() && node.get() instanceof Node.Parent parent) {
                        assertThat(tree.containsEncryptionKey(parent.parent().encryptionKey()))
                                .isTrue();
                    }
                }
            }
        }
    }

    /** B6: removing the last other member, and a path in a tree of one. */
    @Test
    void b6APathInATreeOfOneMember() throws MlsException, MalformedException {
        SimulatedMembers members = members(1, 2);
        members.commit(1, 0, Set.of(0));
        assertThat(members.tree.memberCount()).isEqualTo(1);
        members.commit(1, 0, Set.of());
        members.commit(1, 2, Set.of());
        validate(members.tree);
        SimulatedMembers alone = members(1, 1);
        alone.commit(0, 0, Set.of());
        assertThat(alone.tree.leafCount()).isEqualTo(1);
    }

    /** B5: a welcome without a path secret gives no keys above the leaf. */
    @Test
    void b5WhoJoinsWithoutAPathSecretFollowsLaterCommits() throws MlsException, MalformedException {
        SimulatedMembers members = members(1, 4);
        members.addWithoutPath();
        assertThat(members.member(4).pathKeys()).isEmpty();
        members.commit(1, 0, Set.of());
        members.commit(4, 1, Set.of());
        members.commit(2, 0, Set.of(1));
        validate(members.tree);
    }

    /** B4: a joiner checks the signature of every leaf. */
    @Test
    void b4AForgedLeafIsRefusedOnJoin() throws MlsException, MalformedException {
        SimulatedMembers members = members(1, 1);
        for (int i = 1; i < 40; i++) {
            members.addWithoutPath();
        }
        RatchetTree tree = members.tree;
        validate(tree);
        ExecutorService pool = Executors.newFixedThreadPool(2);
        try {
            TreeValidation.validate(tree, SimulatedMembers.GROUP, tree.treeHash(), pool);
            for (int leaf : new int[] {0, 17, 39}) {
                byte[] signature = tree.requireMember(leaf).signature().toByteArray();
                signature[3] ^= 1;
                RatchetTree forged = withLeaf(tree, leaf, each -> each.withSignature(signature));
                refused(
                        Reason.BAD_SIGNATURE,
                        () ->
                                TreeValidation.validate(
                                        forged, SimulatedMembers.GROUP, forged.treeHash(), pool));
                refused(Reason.BAD_SIGNATURE, () -> validate(forged));
            }
            members.commit(0, 0, Set.of());
            RatchetTree committed = members.tree;
            refused(
                    Reason.BAD_SIGNATURE,
                    () ->
                            TreeValidation.validate(
                                    committed, Bytes.EMPTY, committed.treeHash(), pool));
        } finally {
            pool.shutdownNow();
        }
    }

    private static RatchetTree withLeaf(RatchetTree tree, int leaf, UnaryOperator<LeafNode> change)
            throws MlsException, MalformedException {
        List<Optional<Node>> nodes = nodes(tree);
        nodes.set(leaf * 2, Optional.of(new Node.Leaf(change.apply(tree.requireMember(leaf)))));
        return RatchetTree.of(tree.suite(), nodes);
    }

    private static RatchetTree withParent(
            RatchetTree tree, int node, UnaryOperator<ParentNode> change)
            throws MlsException, MalformedException {
        List<Optional<Node>> nodes = nodes(tree);
        nodes.set(
                node, Optional.of(new Node.Parent(change.apply(tree.parent(node).orElseThrow()))));
        return RatchetTree.of(tree.suite(), nodes);
    }

    private static ParentNode unmerged(ParentNode parent, Long... leaves) {
        return new ParentNode(parent.encryptionKey(), parent.parentHash(), List.of(leaves));
    }

    @Test
    void eachRuleOfATreeHasItsReason() throws MlsException, MalformedException {
        SimulatedMembers members = members(1, 7);
        members.commit(6, 0, Set.of());
        members.commit(2, 0, Set.of(1));
        RatchetTree tree = members.tree;
        validate(tree);

        refused(
                Reason.TREE_HASH_MISMATCH,
                () ->
                        TreeValidation.validate(
                                tree, SimulatedMembers.GROUP, Bytes.EMPTY, Runnable::run));
        refused(
                Reason.BAD_PARENT_HASH,
                () ->
                        validate(
                                withParent(
                                        tree,
                                        7,
                                        each ->
                                                new ParentNode(
                                                        each.encryptionKey(),
                                                        Bytes.wrap(new byte[32]),
                                                        List.of()))));
        refused(
                Reason.BAD_UNMERGED_LEAVES,
                () -> validate(withParent(tree, 7, each -> unmerged(each, 1L))));
        refused(
                Reason.BAD_UNMERGED_LEAVES,
                () -> validate(withParent(tree, 7, each -> unmerged(each, 4L, 2L))));
        refused(
                Reason.BAD_UNMERGED_LEAVES,
                () -> validate(withParent(tree, 7, each -> unmerged(each, 0xffff_ffffL))));
        refused(
                Reason.BAD_UNMERGED_LEAVES,
                () -> validate(withParent(tree, 3, each -> unmerged(each, 5L))));
        refused(
                Reason.BAD_UNMERGED_LEAVES,
                () -> validate(withParent(tree, 7, each -> unmerged(each, 3L))));
        refused(
                Reason.DUPLICATE_ENCRYPTION_KEY,
                () ->
                        validate(
                                withParent(
                                        tree,
                                        7,
                                        each ->
                                                new ParentNode(
                                                        tree.encryptionKey(3).orElseThrow(),
                                                        each.parentHash(),
                                                        List.of()))));
        refused(
                Reason.DUPLICATE_SIGNATURE_KEY,
                () -> validate(withLeaf(tree, 3, each -> withSignatureKeyOf(tree, each, 4))));
        refused(
                Reason.BAD_TREE_SHAPE,
                () -> RatchetTree.of(tree.suite(), List.of(Optional.empty())));
        refused(Reason.BAD_TREE_SHAPE, () -> RatchetTree.of(tree.suite(), List.of()));
        List<Optional<Node>> swapped = nodes(tree);
        swapped.set(0, swapped.get(3));
        refused(Reason.NODE_OF_WRONG_KIND, () -> RatchetTree.of(tree.suite(), swapped));
        List<Optional<Node>> trailing = nodes(tree);
        trailing.add(Optional.empty());
        refused(Reason.BAD_TREE_SHAPE, () -> RatchetTree.of(tree.suite(), trailing));
        refused(Reason.MALFORMED, () -> RatchetTree.decode(tree.suite(), new byte[] {5, 1}));
        refused(Reason.NO_SUCH_MEMBER, () -> tree.requireMember(1));
        refused(Reason.NO_SUCH_MEMBER, () -> tree.requireMember(0xffff_ffffL));
    }

    private static LeafNode withSignatureKeyOf(RatchetTree tree, LeafNode leaf, int other) {
        return new LeafNode(
                leaf.encryptionKey(),
                tree.leaf(other).orElseThrow().signatureKey(),
                leaf.credential(),
                leaf.capabilities(),
                leaf.source(),
                leaf.extensions(),
                leaf.signature());
    }

    @Test
    void eachRuleOfAPathHasItsReason() throws MlsException, MalformedException {
        SimulatedMembers members = members(1, 6);
        RatchetTree tree = members.tree;
        TreeKem.NewPath made = members.path(tree, 2);
        byte[] context = members.context(made.tree());
        UpdatePath path = made.encrypt(context, Set.of(), members.random);
        List<UpdatePath.Step> steps = path.nodes();
        RatchetTree merged = TreeKem.merge(tree, 2, path, Set.of());

        refused(
                Reason.BAD_UPDATE_PATH,
                () ->
                        TreeKem.merge(
                                tree,
                                2,
                                new UpdatePath(path.leafNode(), steps.subList(0, steps.size() - 1)),
                                Set.of()));
        refused(
                Reason.BAD_UPDATE_PATH,
                () ->
                        TreeKem.merge(
                                tree,
                                2,
                                replace(path, 0, steps.get(0).encryptionKey(), List.of()),
                                Set.of()));
        refused(
                Reason.WRONG_LEAF_SOURCE,
                () ->
                        TreeKem.merge(
                                tree,
                                2,
                                new UpdatePath(members.newcomer().leaf(), steps),
                                Set.of()));
        refused(
                Reason.DUPLICATE_ENCRYPTION_KEY,
                () ->
                        TreeKem.merge(
                                tree,
                                2,
                                replace(
                                        path,
                                        0,
                                        tree.encryptionKey(0).orElseThrow(),
                                        steps.get(0).encryptedPathSecrets()),
                                Set.of()));
        Bytes fresh = members.newcomer().encryption().publicKey();
        refused(
                Reason.BAD_PARENT_HASH,
                () ->
                        TreeKem.merge(
                                tree,
                                2,
                                replace(path, 0, fresh, steps.get(0).encryptedPathSecrets()),
                                Set.of()));
        refused(
                Reason.BAD_KEY,
                () ->
                        TreeKem.merge(
                                tree,
                                2,
                                replace(path, 0, Bytes.EMPTY, steps.get(0).encryptedPathSecrets()),
                                Set.of()));
        PrivateTree own = members.member(5);
        refused(
                Reason.DECRYPTION_FAILED,
                () -> TreeKem.decrypt(merged, own, 2, path, new byte[1], Set.of()));
        TreeKem.NewPath other = members.path(tree, 2);
        RatchetTree otherTree = other.tree();
        refused(
                Reason.BAD_UPDATE_PATH,
                () -> TreeKem.decrypt(otherTree, own, 2, path, context, Set.of()));
    }

    private static UpdatePath replace(
            UpdatePath path,
            int at,
            Bytes key,
            List<dev.parley.mls.internal.node.HpkeCiphertext> secrets) {
        List<UpdatePath.Step> steps = new ArrayList<>(path.nodes());
        steps.set(at, new UpdatePath.Step(key, secrets));
        return new UpdatePath(path.leafNode(), steps);
    }

    /** Somebody else's tree may have parents above blank halves; their keys go with them. */
    @Test
    void keysOfPartsThatAreCutOffAreForgotten() throws MlsException {
        SimulatedMembers members = new SimulatedMembers(CipherSuites.standard().require(1), 9);
        List<Optional<Node>> nodes = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            nodes.add(Optional.empty());
        }
        for (int leaf : new int[] {0, 1, 4}) {
            nodes.set(leaf * 2, Optional.of(new Node.Leaf(members.newcomer().leaf())));
        }
        List<Bytes> keys = new ArrayList<>();
        for (int node : new int[] {3, 5}) {
            Bytes key = members.newcomer().encryption().publicKey();
            keys.add(key);
            nodes.set(
                    node,
                    Optional.of(new Node.Parent(new ParentNode(key, Bytes.EMPTY, List.of()))));
        }
        RatchetTree tree = RatchetTree.of(members.suite, nodes);
        assertThat(tree.leafCount()).isEqualTo(8);
        RatchetTree cut = tree.remove(4);
        assertThat(cut.leafCount()).isEqualTo(2);
        for (Bytes key : keys) {
            assertThat(tree.containsEncryptionKey(key)).isTrue();
            assertThat(cut.containsEncryptionKey(key)).isFalse();
        }
    }

    @Test
    void aTallyCountsAndForgets() {
        Random random = new Random(11);
        List<Bytes> keys = new ArrayList<>();
        KeyTally tally = KeyTally.EMPTY;
        for (int i = 0; i < 500; i++) {
            byte[] key = new byte[8];
            random.nextBytes(key);
            keys.add(Bytes.wrap(key));
            tally = tally.plus(keys.get(i));
        }
        assertThat(tally.hasDuplicates()).isFalse();
        KeyTally twice = tally.plus(keys.get(7));
        assertThat(twice.hasDuplicates()).isTrue();
        assertThat(twice.minus(keys.get(7)).hasDuplicates()).isFalse();
        assertThat(tally.hasDuplicates()).as("as it was").isFalse();
        for (Bytes key : keys) {
            assertThat(tally.contains(key)).isTrue();
            tally = tally.minus(key);
            assertThat(tally.contains(key)).isFalse();
        }
        KeyTally empty = tally;
        assertThatThrownBy(() -> empty.minus(keys.get(0)))
                .isInstanceOf(IllegalStateException.class);
    }

    /** A change makes new nodes above one leaf only; all else is the same objects. */
    @Test
    void treesShareWhatTheyCan() throws MlsException, MalformedException {
        RatchetTree tree = members(1, 64).tree;
        LeafNode leaf = tree.requireMember(9);
        RatchetTree changed = tree.update(9, leaf);
        int same = 0;
        for (int node = 0; node < TreeMath.nodeCount(64); node++) {
            if (tree.subtree(node) == changed.subtree(node)) {
                same++;
            }
        }
        assertThat(same).isEqualTo(TreeMath.nodeCount(64) - 7);
    }

    @Test
    void postQuantumTreesWorkToo() throws MlsException, MalformedException {
        for (int suite : new int[] {CipherSuites.XWING_ED25519, CipherSuites.XWING_MLDSA65}) {
            SimulatedMembers members = members(suite, 5);
            members.commit(3, 1, Set.of(2));
            validate(members.tree);
        }
    }
}
