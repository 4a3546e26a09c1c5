package dev.parley.mls.internal.tree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.Randomness;
import dev.parley.mls.api.Signer;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Decoder;
import dev.parley.mls.internal.codec.Secret;
import dev.parley.mls.internal.codec.Vectors;
import dev.parley.mls.internal.node.Extensions;
import dev.parley.mls.internal.node.LeafNode;
import dev.parley.mls.internal.node.UpdatePath;
import dev.parley.mls.internal.proposal.Proposal;
import dev.parley.mls.internal.suite.CipherSuite;
import dev.parley.mls.internal.suite.CipherSuites;
import dev.parley.mls.internal.suite.CryptoBasicsTest;
import dev.parley.mls.internal.suite.KeyPair;
import dev.parley.mls.internal.welcome.GroupContext;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.Value;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The official vectors of trees and paths. */
class TreeVectorsTest {
    private static final CipherSuites SUITES = CipherSuites.standard();
    private static final Randomness RANDOM = Randomness.of(new SecureRandom());

    private static CipherSuite suite(Vectors.Case each) throws MlsException {
        return SUITES.require((int) each.number("cipher_suite"));
    }

    @Test
    void treeOperations() throws MlsException, MalformedException {
        for (Vectors.Case each : Vectors.read("tree-operations")) {
            CipherSuite suite = suite(each);
            RatchetTree tree = RatchetTree.decode(suite, each.hex("tree_before"));
            assertThat(tree.treeHash().array()).isEqualTo(each.hex("tree_hash_before"));
            Proposal proposal = Decoder.decode(Proposal::read, each.hex("proposal"), "proposal");
            RatchetTree after;
            if (proposal instanceof Proposal.Add add) {
                after = tree.add(add.keyPackage().leafNode());
            } else if (proposal instanceof Proposal.Update update) {
                after = tree.update((int) each.number("proposal_sender"), update.leafNode());
            } else {
                after = tree.remove((int) ((Proposal.Remove) proposal).removed());
            }
            assertThat(after.encode()).isEqualTo(each.hex("tree_after"));
            assertThat(after.treeHash().array()).isEqualTo(each.hex("tree_hash_after"));
            assertThat(tree.encode()).as("as it was").isEqualTo(each.hex("tree_before"));
            RatchetTree decoded = RatchetTree.decode(suite, each.hex("tree_after"));
            assertThat(decoded.leafCount()).isEqualTo(after.leafCount());
        }
    }

    @Test
    void treeValidation() throws MlsException {
        for (Vectors.Case each : Vectors.read("tree-validation")) {
            CipherSuite suite = suite(each);
            RatchetTree tree = RatchetTree.decode(suite, each.hex("tree"));
            List<Value> hashes = each.values("tree_hashes");
            List<Value> resolutions = each.values("resolutions");
            for (int node = 0; node < hashes.size(); node++) {
                assertThat(tree.treeHash(node).array()).isEqualTo(Vectors.text(hashes.get(node)));
                assertThat(tree.resolution(node).stream().map(i -> Value.of((long) i)).toList())
                        .isEqualTo(((Value.List) resolutions.get(node)).items());
            }
            TreeValidation.validate(
                    tree, Bytes.wrap(each.hex("group_id")), tree.treeHash(), Runnable::run);
            assertThat(tree.encode()).isEqualTo(each.hex("tree"));
        }
    }

    @Test
    void treeKem() throws MlsException, MalformedException {
        for (Vectors.Case each : Vectors.read("treekem")) {
            CipherSuite suite = suite(each);
            RatchetTree tree = RatchetTree.decode(suite, each.hex("ratchet_tree"));
            Map<Integer, PrivateTree> members = new HashMap<>();
            Map<Integer, Signer> signers = new HashMap<>();
            for (Vectors.Case one : each.list("leaves_private")) {
                PrivateTree own = privateTree(tree, one);
                own.verify(tree);
                members.put(own.leafIndex(), own);
                Secret key = Secret.wrap(one.hex("signature_priv"));
                if (suite.id() == 5) {
                    key = CryptoBasicsTest.pad(key.reveal(), 66);
                }
                Bytes publicKey = tree.requireMember(own.leafIndex()).signatureKey();
                signers.put(own.leafIndex(), suite.signer(new KeyPair(publicKey, key), RANDOM));
            }
            for (Vectors.Case one : each.list("update_paths")) {
                receive(each, one, tree, members);
                int sender = (int) one.number("sender");
                send(
                        each,
                        tree,
                        members,
                        sender,
                        java.util.Objects.requireNonNull(signers.get(sender)));
            }
        }
    }

    private static PrivateTree privateTree(RatchetTree tree, Vectors.Case one) throws MlsException {
        CipherSuite suite = tree.suite();
        int index = (int) one.number("index");
        Secret key =
                CryptoBasicsTest.pad(one.hex("encryption_priv"), suite.kem().privateKeyLength());
        Map<Integer, KeyPair> keys = new HashMap<>();
        for (Vectors.Case each : one.list("path_secrets")) {
            int node = (int) each.number("node");
            keys.put(
                    node,
                    TreeKem.nodeKey(
                            suite,
                            Secret.wrap(each.hex("path_secret")),
                            tree.encryptionKey(node).orElseThrow(),
                            node));
        }
        return new PrivateTree(
                index, new KeyPair(tree.requireMember(index).encryptionKey(), key), keys);
    }

    private static byte[] context(Vectors.Case each, RatchetTree tree) {
        return new GroupContext(
                        GroupContext.MLS10,
                        tree.suite().id(),
                        Bytes.wrap(each.hex("group_id")),
                        each.number("epoch"),
                        tree.treeHash(),
                        Bytes.wrap(each.hex("confirmed_transcript_hash")),
                        Extensions.NONE)
                .encode();
    }

    private static void receive(
            Vectors.Case each,
            Vectors.Case one,
            RatchetTree tree,
            Map<Integer, PrivateTree> members)
            throws MlsException, MalformedException {
        int sender = (int) one.number("sender");
        UpdatePath path = Decoder.decode(UpdatePath::read, one.hex("update_path"), "update path");
        TreeValidation.leaf(
                tree.suite(), path.leafNode(), Bytes.wrap(each.hex("group_id")), sender);
        RatchetTree merged = TreeKem.merge(tree, sender, path, Set.of());
        assertThat(merged.treeHash().array()).isEqualTo(one.hex("tree_hash_after"));
        for (PrivateTree own : members.values()) {
            if (own.leafIndex() == sender) {
                continue;
            }
            TreeKem.Received got =
                    TreeKem.decrypt(merged, own, sender, path, context(each, merged), Set.of());
            assertThat(got.commitSecret().reveal()).isEqualTo(one.hex("commit_secret"));
            got.keys().verify(merged);
            int meet = TreeMath.commonAncestor(sender * 2, own.leafIndex() * 2);
            byte[] expected = Vectors.text(one.values("path_secrets").get(own.leafIndex()));
            assertThat(
                            PrivateTree.joined(
                                            merged,
                                            own.leafIndex(),
                                            own.leafKey(),
                                            sender,
                                            Optional.of(Secret.wrap(expected)))
                                    .pathKeys())
                    .containsKey(meet);
        }
    }

    private static void send(
            Vectors.Case each,
            RatchetTree tree,
            Map<Integer, PrivateTree> members,
            int sender,
            Signer signer)
            throws MlsException, MalformedException {
        Bytes groupId = Bytes.wrap(each.hex("group_id"));
        LeafNode old = tree.requireMember(sender);
        TreeKem.NewPath made =
                TreeKem.create(
                        tree,
                        sender,
                        (key, source) -> {
                            LeafNode leaf =
                                    new LeafNode(
                                            key,
                                            old.signatureKey(),
                                            old.credential(),
                                            old.capabilities(),
                                            source,
                                            old.extensions(),
                                            Bytes.EMPTY);
                            return leaf.withSignature(
                                    tree.suite()
                                            .signWithLabel(
                                                    signer,
                                                    LeafNode.LABEL,
                                                    leaf.signedBytes(groupId, sender)));
                        },
                        RANDOM);
        made.keys().verify(made.tree());
        UpdatePath path = made.encrypt(context(each, made.tree()), Set.of(), RANDOM);
        UpdatePath sent = Decoder.decode(UpdatePath::read, path.encode(), "update path");
        TreeValidation.leaf(tree.suite(), sent.leafNode(), groupId, sender);
        RatchetTree merged = TreeKem.merge(tree, sender, sent, Set.of());
        assertThat(merged.treeHash()).isEqualTo(made.tree().treeHash());
        TreeValidation.validate(merged, groupId, made.tree().treeHash(), Runnable::run);
        for (PrivateTree own : members.values()) {
            if (own.leafIndex() != sender) {
                TreeKem.Received got =
                        TreeKem.decrypt(merged, own, sender, sent, context(each, merged), Set.of());
                assertThat(got.commitSecret()).isEqualTo(made.commitSecret());
            }
        }
    }
}
