package dev.parley.mls.internal.tree;

import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsException.Reason;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.node.LeafNode;
import dev.parley.mls.internal.suite.Batches;
import dev.parley.mls.internal.suite.CipherSuite;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * The checks of a tree that came from somebody else (RFC 9420 sections 7.9.2 and 12.4.3.1) which
 * need nothing but the tree and the group id. What a leaf may say (section 7.3) besides its
 * signature is checked elsewhere.
 */
public final class TreeValidation {
    private TreeValidation() {}

    /**
     * Checks tree hash, unmerged leaves, parent hashes, that keys are distinct and well-formed, and
     * the signature of every leaf.
     *
     * @param executor runs the signature checks; {@code Runnable::run} does one after the other
     * @throws MlsException with the reason of the first rule broken
     */
    public static void validate(
            RatchetTree tree, Bytes groupId, Bytes expectedTreeHash, Executor executor)
            throws MlsException {
        if (!tree.treeHash().equals(expectedTreeHash)) {
            throw new MlsException(
                    Reason.TREE_HASH_MISMATCH,
                    "tree hash: found " + tree.treeHash() + ", expected " + expectedTreeHash);
        }
        if (tree.hasDuplicateEncryptionKeys()) {
            throw new MlsException(
                    Reason.DUPLICATE_ENCRYPTION_KEY, "an encryption key stands at two nodes");
        }
        if (tree.hasDuplicateSignatureKeys()) {
            throw new MlsException(
                    Reason.DUPLICATE_SIGNATURE_KEY, "a signature key stands at two leaves");
        }
        unmergedLeaves(tree, tree.root(), List.of());
        ParentHashes.verify(tree);
        leaves(tree, groupId, executor);
    }

    /**
     * The signature of one leaf, and that its keys are keys (section 7.3).
     *
     * @throws MlsException BAD_SIGNATURE or BAD_KEY
     */
    public static void leaf(CipherSuite suite, LeafNode leaf, Bytes groupId, int leafIndex)
            throws MlsException {
        suite.sig().checkPublicKey(leaf.signatureKey());
        suite.kem().checkPublicKey(leaf.encryptionKey());
        suite.requireSignature(
                leaf.signatureKey(),
                LeafNode.LABEL,
                leaf.signedBytes(groupId, leafIndex),
                leaf.signature(),
                "leaf " + leafIndex);
    }

    private static void leaves(RatchetTree tree, Bytes groupId, Executor executor)
            throws MlsException {
        Batches.map(
                executor,
                tree.members(),
                index -> {
                    leaf(tree.suite(), tree.requireMember(index), groupId, index);
                    return index;
                });
    }

    /**
     * Checks a part of the tree.
     *
     * @param listed the leaves below that the next parent above which is not blank calls unmerged
     */
    private static void unmergedLeaves(RatchetTree tree, Subtree at, List<Long> listed)
            throws MlsException {
        if (!(at instanceof Subtree.OfParent parent)) {
            if (at.isBlank() && !listed.isEmpty()) {
                throw badUnmerged(at.node, "a blank leaf is called unmerged above");
            }
            return;
        }
        List<Long> below = listed;
        if (parent.parent.isPresent()) {
            below = parent.parent.get().unmergedLeaves();
            tree.suite().kem().checkPublicKey(parent.parent.get().encryptionKey());
            long previous = -1;
            for (long leaf : below) {
                if (leaf <= previous || !at.contains(leaf)) {
                    throw badUnmerged(at.node, "leaf " + leaf + " is out of order or elsewhere");
                }
                previous = leaf;
            }
            if (!new HashSet<>(below).containsAll(listed)) {
                throw badUnmerged(at.node, "an unmerged leaf above is not one here");
            }
        }
        for (Subtree child : List.of(parent.left, parent.right)) {
            if (!child.isEmpty() || !below.isEmpty()) {
                unmergedLeaves(tree, child, below.stream().filter(child::contains).toList());
            }
        }
    }

    private static MlsException badUnmerged(int node, String what) {
        return new MlsException(Reason.BAD_UNMERGED_LEAVES, "node " + node + ": " + what);
    }
}
