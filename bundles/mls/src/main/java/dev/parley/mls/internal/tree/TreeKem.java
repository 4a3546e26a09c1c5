package dev.parley.mls.internal.tree;

import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsException.Reason;
import dev.parley.mls.api.Randomness;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Secret;
import dev.parley.mls.internal.node.HpkeCiphertext;
import dev.parley.mls.internal.node.LeafNode;
import dev.parley.mls.internal.node.LeafNodeSource;
import dev.parley.mls.internal.node.ParentNode;
import dev.parley.mls.internal.node.UpdatePath;
import dev.parley.mls.internal.suite.CipherSuite;
import dev.parley.mls.internal.suite.KeyPair;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Update paths (RFC 9420 sections 7.4 to 7.6 and 12.4). The trees given have the commit's proposals
 * applied already.
 *
 * <p>A sender calls {@link #create}, computes the group context with the new tree hash, and then
 * {@link NewPath#encrypt}. A receiver calls {@link #merge}, computes that context, and then {@link
 * #decrypt}.
 */
public final class TreeKem {
    private static final String LABEL = "UpdatePathNode";

    private TreeKem() {}

    /**
     * Makes and signs the leaf of a path, for which its encryption key and parent hash are given.
     */
    @FunctionalInterface
    public interface LeafMaker {
        LeafNode make(Bytes encryptionKey, LeafNodeSource.Commit source) throws MlsException;
    }

    /**
     * A path of our own that is not encrypted yet.
     *
     * @param tree with the path in it
     * @param keys what we have of that tree
     * @param nodes the filtered direct path, the lowest node first
     * @param pathSecrets of those nodes
     * @param commitSecret for the key schedule
     */
    public record NewPath(
            RatchetTree tree,
            PrivateTree keys,
            LeafNode leaf,
            List<Integer> nodes,
            List<Secret> pathSecrets,
            Secret commitSecret) {
        public NewPath {
            nodes = List.copyOf(nodes);
            pathSecrets = List.copyOf(pathSecrets);
        }

        /**
         * Encrypts each path secret to whoever is on the other side.
         *
         * @param groupContext the encoded context of the new epoch as section 12.4.1 has it here:
         *     with the new tree hash and the old confirmed transcript hash
         * @param newLeaves the leaves added by the same commit, which get their secret in a welcome
         * @throws MlsException BAD_KEY if a node has a key that is none
         */
        public UpdatePath encrypt(byte[] groupContext, Set<Integer> newLeaves, Randomness random)
                throws MlsException {
            CipherSuite suite = tree.suite();
            List<UpdatePath.Step> steps = new ArrayList<>();
            for (int i = 0; i < nodes.size(); i++) {
                int node = nodes.get(i);
                List<HpkeCiphertext> sealed = new ArrayList<>();
                for (int to : copath(tree, node, keys.leafIndex(), newLeaves)) {
                    sealed.add(
                            suite.encryptWithLabel(
                                    tree.encryptionKey(to).orElseThrow(),
                                    LABEL,
                                    groupContext,
                                    pathSecrets.get(i),
                                    random));
                }
                steps.add(new UpdatePath.Step(tree.encryptionKey(node).orElseThrow(), sealed));
            }
            return new UpdatePath(leaf, steps);
        }

        /**
         * The secret that a new member at this leaf is sent in its welcome: of the lowest node
         * above both of us.
         */
        public Secret pathSecretFor(int newLeaf) {
            int meet = TreeMath.commonAncestor(keys.leafIndex() * 2, newLeaf * 2);
            return pathSecrets.get(nodes.indexOf(meet));
        }

        /** Overwrites the path secrets, once path and welcomes are encrypted. */
        public void destroyPathSecrets() {
            pathSecrets.forEach(Secret::destroy);
        }
    }

    /** What a receiver gets out of a path. */
    public record Received(PrivateTree keys, Secret commitSecret) {}

    /**
     * Makes new keys from our leaf to the root.
     *
     * @param leafIndex our leaf; it is replaced
     */
    public static NewPath create(
            RatchetTree tree, int leafIndex, LeafMaker leafMaker, Randomness random)
            throws MlsException {
        CipherSuite suite = tree.suite();
        KeyPair leafKey = suite.kem().generateKeyPair(random);
        List<Integer> nodes = tree.filteredDirectPath(leafIndex);
        List<Secret> secrets = new ArrayList<>();
        List<Bytes> publicKeys = new ArrayList<>();
        Map<Integer, KeyPair> keys = new TreeMap<>();
        Secret secret = Secret.wrap(random.bytes(suite.secretLength()));
        for (int node : nodes) {
            KeyPair key = keyPair(suite, secret);
            keys.put(node, key);
            publicKeys.add(key.publicKey());
            secrets.add(secret);
            secret = suite.deriveSecret(secret, "path");
        }
        List<ParentNode> parents = ParentHashes.chain(tree, leafIndex, publicKeys);
        LeafNode leaf =
                leafMaker.make(
                        leafKey.publicKey(),
                        new LeafNodeSource.Commit(ParentHashes.ofLeaf(tree, leafIndex, parents)));
        return new NewPath(
                tree.withPath(leafIndex, leaf, parents),
                new PrivateTree(leafIndex, leafKey, keys),
                leaf,
                nodes,
                secrets,
                secret);
    }

    /**
     * Puts a received path into the tree and checks its shape, that its keys are new (section 7.5)
     * and the parent hash of its leaf. The leaf's signature is for the caller to check.
     *
     * @throws MlsException BAD_UPDATE_PATH, WRONG_LEAF_SOURCE, DUPLICATE_ENCRYPTION_KEY,
     *     BAD_PARENT_HASH or BAD_KEY
     */
    public static RatchetTree merge(
            RatchetTree tree, int sender, UpdatePath path, Set<Integer> newLeaves)
            throws MlsException {
        List<Integer> nodes = tree.filteredDirectPath(sender);
        if (path.nodes().size() != nodes.size()) {
            throw new MlsException(
                    Reason.BAD_UPDATE_PATH,
                    "update path: " + path.nodes().size() + " nodes, expected " + nodes.size());
        }
        if (!(path.leafNode().source() instanceof LeafNodeSource.Commit source)) {
            throw new MlsException(
                    Reason.WRONG_LEAF_SOURCE, "update path: the leaf is not made for a commit");
        }
        List<Bytes> publicKeys = new ArrayList<>();
        for (int i = 0; i < nodes.size(); i++) {
            UpdatePath.Step step = path.nodes().get(i);
            int expected = copath(tree, nodes.get(i), sender, newLeaves).size();
            if (step.encryptedPathSecrets().size() != expected) {
                throw new MlsException(
                        Reason.BAD_UPDATE_PATH,
                        "update path: "
                                + step.encryptedPathSecrets().size()
                                + " ciphertexts for node "
                                + nodes.get(i)
                                + ", expected "
                                + expected);
            }
            requireNew(tree, step.encryptionKey());
            publicKeys.add(step.encryptionKey());
        }
        requireNew(tree, path.leafNode().encryptionKey());
        List<ParentNode> parents = ParentHashes.chain(tree, sender, publicKeys);
        if (!ParentHashes.ofLeaf(tree, sender, parents).equals(source.parentHash())) {
            throw new MlsException(
                    Reason.BAD_PARENT_HASH, "update path: the leaf has another parent hash");
        }
        RatchetTree merged = tree.withPath(sender, path.leafNode(), parents);
        if (merged.hasDuplicateEncryptionKeys()) {
            throw new MlsException(
                    Reason.DUPLICATE_ENCRYPTION_KEY, "update path: the same key twice");
        }
        return merged;
    }

    private static void requireNew(RatchetTree tree, Bytes key) throws MlsException {
        tree.suite().kem().checkPublicKey(key);
        if (tree.containsEncryptionKey(key)) {
            throw new MlsException(
                    Reason.DUPLICATE_ENCRYPTION_KEY,
                    "update path: a key that stands in the tree already");
        }
    }

    /**
     * Finds the path secret that was encrypted to us and all above it.
     *
     * @param merged the tree that {@link #merge} returned
     * @param own our keys of the tree before
     * @param groupContext as for {@link NewPath#encrypt}
     * @throws MlsException DECRYPTION_FAILED, or BAD_UPDATE_PATH if the secret does not give the
     *     public keys of the path
     */
    public static Received decrypt(
            RatchetTree merged,
            PrivateTree own,
            int sender,
            UpdatePath path,
            byte[] groupContext,
            Set<Integer> newLeaves)
            throws MlsException {
        CipherSuite suite = merged.suite();
        List<Integer> nodes = merged.filteredDirectPath(sender);
        int meet = TreeMath.commonAncestor(sender * 2, own.leafIndex() * 2);
        int start = nodes.indexOf(meet);
        if (start < 0) {
            throw new MlsException(Reason.BAD_UPDATE_PATH, "update path: not for our leaf");
        }
        List<Integer> recipients = copath(merged, meet, sender, newLeaves);
        Secret secret = null;
        for (int i = 0; i < recipients.size() && secret == null; i++) {
            int node = recipients.get(i);
            Optional<KeyPair> key =
                    TreeMath.isBelow(own.leafIndex() * 2, node)
                            ? own.key(merged, node)
                            : Optional.empty();
            if (key.isPresent()) {
                secret =
                        suite.decryptWithLabel(
                                key.get(),
                                LABEL,
                                groupContext,
                                path.nodes().get(start).encryptedPathSecrets().get(i));
            }
        }
        if (secret == null) {
            throw new MlsException(
                    Reason.DECRYPTION_FAILED,
                    "update path: we have no key that it is encrypted to");
        }
        Map<Integer, KeyPair> keys = new TreeMap<>(own.within(merged).pathKeys());
        for (int i = start; i < nodes.size(); i++) {
            int node = nodes.get(i);
            keys.put(node, nodeKey(suite, secret, merged.encryptionKey(node).orElseThrow(), node));
            secret = next(suite, secret);
        }
        return new Received(new PrivateTree(own.leafIndex(), own.leafKey(), keys), secret);
    }

    /** The nodes that the path secret of a node above the sender is encrypted to. */
    private static List<Integer> copath(
            RatchetTree tree, int node, int sender, Set<Integer> newLeaves) {
        int other = sender * 2 < node ? TreeMath.right(node) : TreeMath.left(node);
        List<Integer> nodes = tree.resolution(other);
        if (!newLeaves.isEmpty()) {
            nodes.removeIf(each -> TreeMath.isLeaf(each) && newLeaves.contains(each / 2));
        }
        return nodes;
    }

    private static KeyPair keyPair(CipherSuite suite, Secret pathSecret) {
        Secret nodeSecret = suite.deriveSecret(pathSecret, "node");
        try {
            return suite.kem().deriveKeyPair(nodeSecret);
        } finally {
            nodeSecret.destroy();
        }
    }

    /** The key pair of a path secret, which has to have this public key. */
    static KeyPair nodeKey(CipherSuite suite, Secret pathSecret, Bytes expected, int node)
            throws MlsException {
        KeyPair key = keyPair(suite, pathSecret);
        if (!key.publicKey().equals(expected)) {
            throw new MlsException(
                    Reason.BAD_UPDATE_PATH,
                    "the path secret gives another public key than node " + node + " has");
        }
        return key;
    }

    /** The path secret of the node above, or above the last one the commit secret. */
    static Secret next(CipherSuite suite, Secret pathSecret) {
        Secret next = suite.deriveSecret(pathSecret, "path");
        pathSecret.destroy();
        return next;
    }
}
