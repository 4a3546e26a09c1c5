package dev.parley.mls.internal.group;

import dev.parley.mls.api.Change;
import dev.parley.mls.api.IdentityPolicy.Place;
import dev.parley.mls.api.MemberId;
import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsException.Reason;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Decoder;
import dev.parley.mls.internal.framing.Sender;
import dev.parley.mls.internal.node.Extension;
import dev.parley.mls.internal.node.Extensions;
import dev.parley.mls.internal.node.ExternalSender;
import dev.parley.mls.internal.node.KeyPackage;
import dev.parley.mls.internal.node.LeafNode;
import dev.parley.mls.internal.node.LeafNodeSource;
import dev.parley.mls.internal.node.RequiredCapabilities;
import dev.parley.mls.internal.proposal.PreSharedKeyId;
import dev.parley.mls.internal.proposal.Proposal;
import dev.parley.mls.internal.suite.Batches;
import dev.parley.mls.internal.suite.KeyPair;
import dev.parley.mls.internal.tree.RatchetTree;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Carries proposals out in the order of RFC 9420 section 12.3, on trees that nobody else sees. One
 * list per object.
 */
final class Applying {
    private final Environment environment;
    private final PublicState epoch;
    private final boolean alone;
    private RatchetTree tree;
    private Roster roster;
    private Extensions extensions;
    private boolean pathRequired;
    private Optional<Proposal.ReInit> reinit = Optional.empty();
    private Optional<Proposal.ExternalInit> externalInit = Optional.empty();
    private Optional<KeyPair> leafKey = Optional.empty();
    private final List<Applied.Added> added = new ArrayList<>();
    private final List<PreSharedKeyId> psks = new ArrayList<>();
    private final List<Change> changes = new ArrayList<>();

    private Applying(Environment environment, PublicState epoch, boolean alone) {
        this.environment = environment;
        this.alone = alone;
        this.epoch = epoch;
        this.tree = epoch.tree();
        this.roster = epoch.roster();
        this.extensions = epoch.context().extensions();
    }

    /** The list was checked by {@link ProposalRules}. */
    static Applied apply(Environment environment, PublicState epoch, List<Queued> list)
            throws MlsException {
        return new Applying(environment, epoch, false).all(list);
    }

    /**
     * What a proposal does that is in no commit yet. It may add who is a member now, or need what
     * not all members understand, because the commit may remove them.
     */
    static Applied applyAlone(Environment environment, PublicState epoch, Queued proposal)
            throws MlsException {
        return new Applying(environment, epoch, true).all(List.of(proposal));
    }

    private Applied all(List<Queued> list) throws MlsException {
        pathRequired = list.isEmpty();
        for (Queued each : list) {
            if (each.proposal() instanceof Proposal.GroupContextExtensions replace) {
                replace(replace.extensions());
            }
        }
        for (Queued each : list) {
            if (each.proposal() instanceof Proposal.Update update) {
                update(each, update.leafNode());
            }
        }
        for (Queued each : list) {
            if (each.proposal() instanceof Proposal.Remove remove) {
                Roster.Known gone = remove(remove.removed());
                changes.add(new Change.Removed(gone.member()));
            } else if (each.proposal() instanceof Proposal.SelfRemove) {
                Roster.Known gone = remove(((Sender.Member) each.sender()).leafIndex());
                changes.add(new Change.Left(gone.member()));
            }
        }
        List<Queued> adds =
                list.stream().filter(each -> each.proposal() instanceof Proposal.Add).toList();
        List<MemberId> ids = Batches.map(environment.executor(), adds, this::whose);
        for (int i = 0; i < adds.size(); i++) {
            add(ids.get(i), ((Proposal.Add) adds.get(i).proposal()).keyPackage());
        }
        for (Queued each : list) {
            rest(each.proposal());
        }
        return new Applied(
                tree,
                roster,
                extensions,
                List.copyOf(added),
                List.copyOf(psks),
                reinit,
                externalInit,
                pathRequired,
                leafKey,
                List.copyOf(changes));
    }

    private void replace(Extensions now) throws MlsException {
        checkGroup(environment, epoch.suite().sig()::checkPublicKey, now);
        changes.add(
                new Change.ExtensionsReplaced(
                        Convert.extensions(extensions), Convert.extensions(now)));
        extensions = now;
        pathRequired = true;
    }

    /** Refuses bytes that are no public key. */
    @FunctionalInterface
    interface KeyCheck {
        void check(Bytes key) throws MlsException;
    }

    /** Checks extensions of a group context by themselves. */
    static void checkGroup(Environment environment, KeyCheck keys, Extensions extensions)
            throws MlsException {
        Leaves.requireDistinct(extensions, "group context");
        Optional<Bytes> required = extensions.find(Extension.REQUIRED_CAPABILITIES);
        if (required.isPresent()) {
            Decoder.decodeInner(
                    RequiredCapabilities::read, required.get().array(), "required capabilities");
        }
        for (ExternalSender sender : externalSenders(extensions)) {
            keys.check(sender.signatureKey());
            environment
                    .policy()
                    .identify(
                            Convert.credential(sender.credential()),
                            sender.signatureKey().toByteArray(),
                            Place.EXTERNAL_SENDER,
                            Optional.empty());
        }
    }

    /**
     * @throws MlsException MALFORMED
     */
    static List<ExternalSender> externalSenders(Extensions extensions) throws MlsException {
        Optional<Bytes> data = extensions.find(Extension.EXTERNAL_SENDERS);
        return data.isEmpty()
                ? List.of()
                : Decoder.decodeInner(
                        in -> in.list(ExternalSender::read),
                        data.get().array(),
                        "external senders");
    }

    private void update(Queued queued, LeafNode leaf) throws MlsException {
        int index = (int) ((Sender.Member) queued.sender()).leafIndex();
        Roster.Known before = roster.require(index);
        MemberId id = queued.checked().isPresent() ? queued.checked().get() : checked(queued, leaf);
        LeafNode old = tree.requireMember(index);
        tree = tree.update(index, leaf);
        Roster.Known after = Roster.Known.of(index, id, leaf);
        roster = roster.without(index, old).with(after, leaf);
        if (queued.leafKey().isPresent()) {
            leafKey = queued.leafKey();
        }
        changes.add(new Change.Updated(before.member(), after.member()));
        pathRequired = true;
    }

    private MemberId checked(Queued queued, LeafNode leaf) throws MlsException {
        int index = (int) ((Sender.Member) queued.sender()).leafIndex();
        if (!(leaf.source() instanceof LeafNodeSource.Update)) {
            throw new MlsException(
                    Reason.WRONG_LEAF_SOURCE, "update: the leaf is made for something else");
        }
        if (tree.requireMember(index).encryptionKey().equals(leaf.encryptionKey())) {
            throw new MlsException(Reason.SAME_ENCRYPTION_KEY, "update: the key is the old one");
        }
        return Leaves.check(
                environment,
                epoch.suite(),
                leaf,
                epoch.context().groupId(),
                index,
                Place.UPDATE,
                roster.find(index));
    }

    private Roster.Known remove(long leafIndex) throws MlsException {
        Roster.Known gone = roster.require(leafIndex);
        LeafNode leaf = tree.requireMember(leafIndex);
        tree =
                tree.memberCount() == 1
                        ? RatchetTree.of(epoch.suite(), Joiner.PLACEHOLDER)
                        : tree.remove(gone.leafIndex());
        roster = roster.without(gone.leafIndex(), leaf);
        pathRequired = true;
        return gone;
    }

    private MemberId whose(Queued add) throws MlsException {
        return add.checked().isPresent()
                ? add.checked().get()
                : KeyPackages.check(
                        environment, epoch.suite(), ((Proposal.Add) add.proposal()).keyPackage());
    }

    private void add(MemberId id, KeyPackage keyPackage) throws MlsException {
        int index = tree.nextFreeLeaf();
        LeafNode leaf = keyPackage.leafNode();
        tree = tree.add(leaf);
        Roster.Known known = Roster.Known.of(index, id, leaf);
        Optional<Roster.Known> now = alone ? roster.find(id) : Optional.empty();
        if (now.isPresent()) {
            int there = now.get().leafIndex();
            roster = roster.without(there, tree.requireMember(there));
        }
        roster = roster.with(known, leaf);
        added.add(new Applied.Added(index, keyPackage));
        changes.add(new Change.Added(known.member()));
    }

    private void rest(Proposal proposal) {
        if (proposal instanceof Proposal.PreSharedKey psk) {
            psks.add(psk.psk());
            changes.add(new Change.PskUsed(psk.psk().encode()));
        } else if (proposal instanceof Proposal.ReInit again) {
            reinit = Optional.of(again);
            changes.add(
                    new Change.Reinitialized(
                            again.groupId().toByteArray(),
                            again.cipherSuite(),
                            Convert.extensions(again.extensions())));
        } else if (proposal instanceof Proposal.ExternalInit init) {
            externalInit = Optional.of(init);
            pathRequired = true;
        } else if (proposal instanceof Proposal.Other other) {
            changes.add(new Change.Unknown(other.type(), other.body().toByteArray()));
        }
    }
}
