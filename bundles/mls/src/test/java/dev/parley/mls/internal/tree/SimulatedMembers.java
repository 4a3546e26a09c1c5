package dev.parley.mls.internal.tree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.Randomness;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Decoder;
import dev.parley.mls.internal.node.Capabilities;
import dev.parley.mls.internal.node.Credential;
import dev.parley.mls.internal.node.Extensions;
import dev.parley.mls.internal.node.LeafNode;
import dev.parley.mls.internal.node.LeafNodeSource;
import dev.parley.mls.internal.node.UpdatePath;
import dev.parley.mls.internal.suite.CipherSuite;
import dev.parley.mls.internal.suite.KeyPair;
import dev.parley.wire.api.MalformedException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/** The private and public trees of all members of a group, without messages around them. */
final class SimulatedMembers {
    static final Bytes GROUP = Bytes.wrap("group".getBytes(StandardCharsets.US_ASCII));

    final CipherSuite suite;
    final Randomness random;
    final Map<Integer, PrivateTree> privates = new TreeMap<>();
    final Map<Integer, KeyPair> signatureKeys = new TreeMap<>();
    RatchetTree tree;

    SimulatedMembers(CipherSuite suite, long seed) {
        this.suite = suite;
        Random source = new Random(seed);
        this.random =
                length -> {
                    byte[] bytes = new byte[length];
                    source.nextBytes(bytes);
                    return bytes;
                };
        Newcomer first = newcomer();
        tree = RatchetTree.of(suite, first.leaf());
        privates.put(0, PrivateTree.of(0, first.encryption()));
        signatureKeys.put(0, first.signature());
    }

    PrivateTree member(int leaf) {
        return Objects.requireNonNull(privates.get(leaf));
    }

    record Newcomer(KeyPair encryption, KeyPair signature, LeafNode leaf) {}

    Newcomer newcomer() {
        KeyPair encryption = suite.kem().generateKeyPair(random);
        KeyPair signature = suite.sig().generateKeyPair(random);
        LeafNode leaf =
                leaf(
                        encryption.publicKey(),
                        signature.publicKey(),
                        new LeafNodeSource.KeyPackage(0, Long.MAX_VALUE));
        return new Newcomer(encryption, signature, sign(leaf, signature, 0));
    }

    private LeafNode leaf(Bytes encryptionKey, Bytes signatureKey, LeafNodeSource source) {
        return new LeafNode(
                encryptionKey,
                signatureKey,
                new Credential.Basic(signatureKey),
                new Capabilities(List.of(1), List.of(suite.id()), List.of(), List.of(), List.of(1)),
                source,
                Extensions.NONE,
                Bytes.EMPTY);
    }

    LeafNode sign(LeafNode leaf, KeyPair key, int index) {
        return leaf.withSignature(
                suite.signWithLabel(
                        suite.signer(key, random), LeafNode.LABEL, leaf.signedBytes(GROUP, index)));
    }

    byte[] context(RatchetTree of) {
        return of.treeHash().array();
    }

    TreeKem.NewPath path(RatchetTree before, int committer) throws MlsException {
        KeyPair key = Objects.requireNonNull(signatureKeys.get(committer));
        return TreeKem.create(
                before,
                committer,
                (encryptionKey, source) ->
                        sign(leaf(encryptionKey, key.publicKey(), source), key, committer),
                random);
    }

    /** A commit by a member that adds and removes some, with a path; everybody follows. */
    void commit(int committer, int adds, Set<Integer> removes)
            throws MlsException, MalformedException {
        RatchetTree before = tree;
        for (int leaf : removes) {
            before = before.remove(leaf);
        }
        Map<Integer, Newcomer> newcomers = new TreeMap<>();
        for (int i = 0; i < adds; i++) {
            Newcomer newcomer = newcomer();
            newcomers.put(before.nextFreeLeaf(), newcomer);
            before = before.add(newcomer.leaf());
        }
        TreeKem.NewPath made = path(before, committer);
        Set<Integer> newLeaves = new HashSet<>(newcomers.keySet());
        byte[] bytes = made.encrypt(context(made.tree()), newLeaves, random).encode();
        UpdatePath received = Decoder.decode(UpdatePath::read, bytes, "path");
        RatchetTree merged = TreeKem.merge(before, committer, received, newLeaves);
        assertThat(merged.treeHash()).isEqualTo(made.tree().treeHash());
        removes.forEach(privates::remove);
        removes.forEach(signatureKeys::remove);
        for (int leaf : List.copyOf(privates.keySet())) {
            if (leaf != committer) {
                PrivateTree own = Objects.requireNonNull(privates.get(leaf)).within(before);
                TreeKem.Received got =
                        TreeKem.decrypt(
                                merged, own, committer, received, context(merged), newLeaves);
                assertThat(got.commitSecret()).isEqualTo(made.commitSecret());
                privates.put(leaf, got.keys());
            }
        }
        privates.put(committer, made.keys());
        newcomers.forEach((leaf, who) -> signatureKeys.put(leaf, who.signature()));
        for (Map.Entry<Integer, Newcomer> each : newcomers.entrySet()) {
            privates.put(
                    each.getKey(),
                    PrivateTree.joined(
                            merged,
                            each.getKey(),
                            each.getValue().encryption(),
                            committer,
                            Optional.of(made.pathSecretFor(each.getKey()))));
        }
        tree = merged;
    }

    /** A commit that only adds, without a path, so that leaves stay unmerged. */
    void addWithoutPath() throws MlsException {
        Newcomer newcomer = newcomer();
        int leaf = tree.nextFreeLeaf();
        tree = tree.add(newcomer.leaf());
        privates.put(
                leaf, PrivateTree.joined(tree, leaf, newcomer.encryption(), 0, Optional.empty()));
        signatureKeys.put(leaf, newcomer.signature());
        privates.replaceAll((index, keys) -> keys.within(tree));
    }
}
