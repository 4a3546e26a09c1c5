package dev.parley.mls.internal.tree;

import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsException.Reason;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Secret;
import dev.parley.mls.internal.suite.CipherSuite;
import dev.parley.mls.internal.suite.KeyPair;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The private keys that one member has: of its leaf and of nodes above (RFC 9420 section 4.2).
 * Immutable; what a member has of the same epoch's rivals may share keys.
 *
 * @param leafIndex whose keys these are
 * @param leafKey of that leaf
 * @param pathKeys of nodes above, by node index
 */
public record PrivateTree(int leafIndex, KeyPair leafKey, Map<Integer, KeyPair> pathKeys) {
    public PrivateTree {
        pathKeys = Map.copyOf(pathKeys);
    }

    public static PrivateTree of(int leafIndex, KeyPair leafKey) {
        return new PrivateTree(leafIndex, leafKey, Map.of());
    }

    /**
     * What somebody has who joins by a welcome (section 12.4.3.1).
     *
     * @param committer the leaf that signed the group info
     * @param pathSecret the one in the group secrets; without it no node above is known
     * @throws MlsException BAD_UPDATE_PATH if the secret does not fit the tree
     */
    public static PrivateTree joined(
            RatchetTree tree,
            int leafIndex,
            KeyPair leafKey,
            int committer,
            Optional<Secret> pathSecret)
            throws MlsException {
        PrivateTree alone = of(leafIndex, leafKey);
        if (pathSecret.isEmpty()) {
            return alone;
        }
        int meet = TreeMath.commonAncestor(committer * 2, leafIndex * 2);
        if (TreeMath.isLeaf(meet) || tree.encryptionKey(meet).isEmpty()) {
            throw new MlsException(
                    Reason.BAD_UPDATE_PATH, "a path secret for node " + meet + ", which is blank");
        }
        Map<Integer, KeyPair> keys = new TreeMap<>();
        Secret secret = pathSecret.get().copy();
        int root = TreeMath.root(tree.leafCount());
        for (int node = meet; ; node = TreeMath.parent(node)) {
            Optional<Bytes> expected = tree.encryptionKey(node);
            if (expected.isPresent()) {
                keys.put(node, TreeKem.nodeKey(tree.suite(), secret, expected.get(), node));
                secret = TreeKem.next(tree.suite(), secret);
            }
            if (node == root) {
                secret.destroy();
                return new PrivateTree(leafIndex, leafKey, keys);
            }
        }
    }

    /** Without the keys of nodes that are blank, other or gone in this tree. */
    public PrivateTree within(RatchetTree tree) {
        Map<Integer, KeyPair> kept = new TreeMap<>();
        int nodes = TreeMath.nodeCount(tree.leafCount());
        pathKeys.forEach(
                (node, key) -> {
                    if (node < nodes
                            && TreeMath.isBelow(leafIndex * 2, node)
                            && tree.encryptionKey(node)
                                    .filter(key.publicKey()::equals)
                                    .isPresent()) {
                        kept.put(node, key);
                    }
                });
        return kept.size() == pathKeys.size() ? this : new PrivateTree(leafIndex, leafKey, kept);
    }

    /** With another key for the leaf, after an update proposal was committed. */
    public PrivateTree withLeafKey(KeyPair key) {
        return new PrivateTree(leafIndex, key, pathKeys);
    }

    /** The key pair of a node, if it is known here and still stands in the tree. */
    Optional<KeyPair> key(RatchetTree tree, int node) {
        Optional<KeyPair> known =
                node == leafIndex * 2
                        ? Optional.of(leafKey)
                        : Optional.ofNullable(pathKeys.get(node));
        return known.filter(
                key -> tree.encryptionKey(node).filter(key.publicKey()::equals).isPresent());
    }

    /**
     * Checks that each key here belongs to its node.
     *
     * @throws MlsException BAD_KEY
     */
    public void verify(RatchetTree tree) throws MlsException {
        CipherSuite suite = tree.suite();
        for (Map.Entry<Integer, KeyPair> each : pathKeys.entrySet()) {
            Bytes publicKey = suite.kem().publicKey(each.getValue().privateKey());
            if (!tree.encryptionKey(each.getKey()).filter(publicKey::equals).isPresent()) {
                throw new MlsException(
                        Reason.BAD_KEY, "the private key of node " + each.getKey() + " is another");
            }
        }
        if (!tree.requireMember(leafIndex)
                .encryptionKey()
                .equals(suite.kem().publicKey(leafKey.privateKey()))) {
            throw new MlsException(Reason.BAD_KEY, "the private key of our leaf is another");
        }
    }
}
