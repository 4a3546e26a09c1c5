package dev.parley.mls.internal.group;

import dev.parley.mls.api.IdentityPolicy.Place;
import dev.parley.mls.api.MemberId;
import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsException.Reason;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Decoder;
import dev.parley.mls.internal.node.Extension;
import dev.parley.mls.internal.node.LeafNode;
import dev.parley.mls.internal.suite.Batches;
import dev.parley.mls.internal.suite.CipherSuite;
import dev.parley.mls.internal.tree.RatchetTree;
import dev.parley.mls.internal.tree.TreeValidation;
import dev.parley.mls.internal.welcome.GroupContext;
import dev.parley.mls.internal.welcome.GroupInfo;
import java.util.List;
import java.util.Optional;

/** What every way of joining checks: the group info and its tree (RFC 9420 section 12.4.3.1). */
final class Joining {
    private final Environment environment;
    private final CipherSuite suite;

    Joining(Environment environment, CipherSuite suite) {
        this.environment = environment;
        this.suite = suite;
    }

    /** A tree that was checked, and whose leaves are whose. */
    record Checked(RatchetTree tree, Roster roster) {}

    /**
     * @param separate the tree, if the group info does not carry it
     */
    Checked check(GroupInfo info, Optional<byte[]> separate) throws MlsException {
        GroupContext context = info.groupContext();
        if (context.version() != GroupContext.MLS10) {
            throw new MlsException(
                    Reason.WRONG_VERSION, "group info: version " + context.version());
        }
        if (context.cipherSuite() != suite.id()) {
            throw new MlsException(
                    Reason.WRONG_SUITE,
                    "group info: suite " + context.cipherSuite() + ", expected " + suite.id());
        }
        Leaves.requireDistinct(info.extensions(), "group info");
        Applying.checkGroup(environment, suite.sig()::checkPublicKey, context.extensions());
        Optional<byte[]> encoded =
                info.extensions().find(Extension.RATCHET_TREE).map(Bytes::array).or(() -> separate);
        if (encoded.isEmpty()) {
            throw new MlsException(Reason.NO_TREE, "the ratchet tree did not come along");
        }
        RatchetTree tree = RatchetTree.decode(suite, encoded.get());
        suite.requireSignature(
                tree.requireMember(info.signer()).signatureKey(),
                GroupInfo.LABEL,
                info.signedBytes(),
                info.signature(),
                "group info");
        TreeValidation.validate(
                tree, context.groupId(), context.treeHash(), environment.executor());
        Roster roster = roster(tree);
        roster.requireSupport(context.extensions());
        return new Checked(tree, roster);
    }

    private Roster roster(RatchetTree tree) throws MlsException {
        List<Roster.Known> members =
                Batches.map(
                        environment.executor(),
                        tree.members(),
                        index -> {
                            LeafNode leaf = tree.requireMember(index);
                            MemberId id =
                                    Leaves.checkUnsigned(
                                            environment, leaf, Place.TREE, Optional.empty());
                            return Roster.Known.of(index, id, leaf);
                        });
        Roster roster = Roster.EMPTY;
        for (Roster.Known each : members) {
            roster = roster.with(each, tree.requireMember(each.leafIndex()));
        }
        return roster;
    }

    /**
     * The key of {@code external_pub} (section 12.4.3.2).
     *
     * @throws MlsException NO_EXTERNAL_KEY or MALFORMED
     */
    static Bytes externalKey(GroupInfo info) throws MlsException {
        Optional<Bytes> data = info.extensions().find(Extension.EXTERNAL_PUB);
        if (data.isEmpty()) {
            throw new MlsException(
                    Reason.NO_EXTERNAL_KEY, "the group info has no key for external commits");
        }
        return Decoder.decodeInner(in -> in.opaque(), data.get().array(), "external_pub");
    }
}
