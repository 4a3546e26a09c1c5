package dev.parley.mls.internal.group;

import dev.parley.mls.api.Change;
import dev.parley.mls.api.IdentityPolicy.Place;
import dev.parley.mls.api.MemberId;
import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsException.Reason;
import dev.parley.mls.api.PskSource;
import dev.parley.mls.api.Received;
import dev.parley.mls.api.StagedCommit;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Secret;
import dev.parley.mls.internal.framing.AuthenticatedContent;
import dev.parley.mls.internal.framing.Content;
import dev.parley.mls.internal.framing.Sender;
import dev.parley.mls.internal.framing.Transcript;
import dev.parley.mls.internal.node.LeafNode;
import dev.parley.mls.internal.node.UpdatePath;
import dev.parley.mls.internal.proposal.Commit;
import dev.parley.mls.internal.proposal.PreSharedKeyId.Usage;
import dev.parley.mls.internal.proposal.Proposal;
import dev.parley.mls.internal.proposal.ProposalOrRef;
import dev.parley.mls.internal.schedule.KeySchedule;
import dev.parley.mls.internal.suite.CipherSuite;
import dev.parley.mls.internal.tree.PrivateTree;
import dev.parley.mls.internal.tree.RatchetTree;
import dev.parley.mls.internal.tree.TreeKem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a commit whose signature holds (RFC 9420 section 12.4.2). Nothing of the group is changed;
 * what comes out is one of its possible successors. One commit per object.
 */
final class CommitReader {
    private final Environment environment;
    private final Group group;
    private final Epoch epoch;
    private final AuthenticatedContent message;
    private final Commit commit;
    private final boolean external;

    CommitReader(Environment environment, Group group, AuthenticatedContent message) {
        this.environment = environment;
        this.group = group;
        this.epoch = group.epochOf();
        this.message = message;
        this.commit = ((Content.Commit) message.content().content()).commit();
        this.external = message.content().sender() instanceof Sender.NewMemberCommit;
    }

    Received read(PskSource psks) throws MlsException {
        List<Queued> list = resolve();
        ProposalRules rules = new ProposalRules(epoch.open(), Usage.APPLICATION);
        if (external) {
            rules.checkExternal(list);
        } else {
            rules.check(list, Optional.of(memberIndex()));
        }
        Applied applied = Applying.apply(environment, epoch.open(), list);
        if (applied.pathRequired() && commit.path().isEmpty()) {
            throw new MlsException(Reason.MISSING_PATH, "these proposals need a path");
        }
        return commit.path().isPresent()
                ? withPath(list, applied, commit.path().get(), psks)
                : withoutPath(list, applied, psks);
    }

    private int memberIndex() {
        return (int) ((Sender.Member) message.content().sender()).leafIndex();
    }

    private List<Queued> resolve() throws MlsException {
        Map<Bytes, Queued> known = Queued.byReference(group.queue());
        List<Queued> list = new ArrayList<>();
        for (ProposalOrRef each : commit.proposals()) {
            if (each instanceof ProposalOrRef.ByValue value) {
                list.add(Queued.byValue(value.proposal(), message.content().sender()));
            } else if (external) {
                throw new MlsException(
                        Reason.EXTERNAL_BY_REFERENCE, "an external commit with a reference");
            } else {
                Queued queued = known.get(((ProposalOrRef.ByRef) each).ref());
                if (queued == null) {
                    throw new MlsException(
                            Reason.UNKNOWN_PROPOSAL, "the commit names a proposal we do not have");
                }
                list.add(queued);
            }
        }
        return list;
    }

    private Received withoutPath(List<Queued> list, Applied applied, PskSource psks)
            throws MlsException {
        NextEpoch.Trees.require(applied.tree(), applied.roster(), applied.extensions());
        PrivateTree own = epoch.own().within(applied.tree());
        return finish(
                applied,
                new NextEpoch.Trees(applied.tree(), applied.roster(), own),
                memberIndex(),
                applied.changes(),
                Secret.zeros(epoch.suite().secretLength()),
                psks);
    }

    private Received withPath(List<Queued> list, Applied applied, UpdatePath path, PskSource psks)
            throws MlsException {
        Optional<Roster.Known> replaced = replaced(list);
        Joiner place = external ? Joiner.place(applied) : new Joiner(applied.tree(), memberIndex());
        int index = place.leafIndex();
        RatchetTree merged = TreeKem.merge(place.tree(), index, path, applied.newLeaves());
        Roster roster = roster(applied, place, path.leafNode(), replaced);
        NextEpoch.Trees.require(merged, roster, applied.extensions());
        Roster.Known committer = roster.require(index);
        if (removesUs(list)) {
            return new Received.Evicted(committer.member(), confirmed().toByteArray());
        }
        PrivateTree own =
                applied.leafKey().isPresent()
                        ? epoch.own().withLeafKey(applied.leafKey().get())
                        : epoch.own();
        byte[] context =
                NextEpoch.context(
                                epoch.context(),
                                merged,
                                applied.extensions(),
                                epoch.context().confirmedTranscriptHash())
                        .encode();
        TreeKem.Received received =
                TreeKem.decrypt(merged, own, index, path, context, applied.newLeaves());
        return finish(
                applied,
                new NextEpoch.Trees(merged, roster, received.keys()),
                index,
                changes(applied, replaced, committer),
                received.commitSecret(),
                psks);
    }

    /** The members after the path, whose leaf is checked here. */
    private Roster roster(
            Applied applied, Joiner place, LeafNode leaf, Optional<Roster.Known> replaced)
            throws MlsException {
        int index = place.leafIndex();
        MemberId id;
        try {
            id =
                    Leaves.check(
                            environment,
                            epoch.suite(),
                            leaf,
                            epoch.context().groupId(),
                            index,
                            Place.COMMIT,
                            replaced);
        } catch (MlsException e) {
            throw external && e.reason() == Reason.IDENTITY_CHANGED
                    ? new MlsException(
                            Reason.EXTERNAL_REMOVES_OTHER,
                            "an external commit removes another member than its sender")
                    : e;
        }
        Roster others =
                external
                        ? applied.roster()
                        : applied.roster().without(index, place.tree().requireMember(index));
        return others.with(Roster.Known.of(index, id, leaf), leaf);
    }

    /** Whose leaf the committer's new one takes the place of. */
    private Optional<Roster.Known> replaced(List<Queued> list) throws MlsException {
        if (!external) {
            return Optional.of(epoch.roster().require(memberIndex()));
        }
        for (Queued each : list) {
            if (each.proposal() instanceof Proposal.Remove remove) {
                return Optional.of(epoch.roster().require(remove.removed()));
            }
        }
        return Optional.empty();
    }

    private boolean removesUs(List<Queued> list) {
        for (Queued each : list) {
            if (each.proposal() instanceof Proposal.Remove remove
                    && remove.removed() == epoch.self()) {
                return true;
            }
            if (each.proposal() instanceof Proposal.SelfRemove
                    && each.sender() instanceof Sender.Member leaver
                    && leaver.leafIndex() == epoch.self()) {
                return true;
            }
        }
        return false;
    }

    private List<Change> changes(
            Applied applied, Optional<Roster.Known> replaced, Roster.Known committer) {
        List<Change> changes = new ArrayList<>(applied.changes());
        if (external) {
            changes.add(new Change.Joined(committer.member()));
        } else if (replaced.isPresent() && !replaced.get().equals(committer)) {
            changes.add(new Change.Updated(replaced.get().member(), committer.member()));
        }
        return changes;
    }

    private Bytes confirmed() {
        return Transcript.confirmed(
                epoch.suite(),
                epoch.interim(),
                message.wireFormat(),
                message.content(),
                message.auth().signature());
    }

    private Received finish(
            Applied applied,
            NextEpoch.Trees trees,
            int committer,
            List<Change> changes,
            Secret commitSecret,
            PskSource psks)
            throws MlsException {
        CipherSuite suite = epoch.suite();
        Secret psk = PskSecrets.combine(suite, applied.psks(), PskSecrets.with(epoch, psks));
        Secret init =
                applied.externalInit().isPresent()
                        ? KeySchedule.externalInit(
                                suite,
                                epoch.secrets().externalKeyPair(suite),
                                applied.externalInit().get().kemOutput())
                        : epoch.secrets().init().copy();
        NextEpoch next =
                NextEpoch.derive(
                        environment,
                        new NextEpoch.Signed(
                                epoch.messages().sent(),
                                epoch.context(),
                                epoch.interim(),
                                message.wireFormat(),
                                message.content(),
                                message.auth().signature()),
                        trees,
                        applied.extensions(),
                        init,
                        commitSecret,
                        psk,
                        applied.reinit());
        init.destroy();
        psk.destroy();
        commitSecret.destroy();
        next.joiner().destroy();
        Bytes found = message.auth().confirmationTag().orElse(Bytes.EMPTY);
        if (!next.epoch().confirmationTag().sameAs(found.array())) {
            next.epoch().secrets().destroy();
            next.epoch().messages().release();
            throw new MlsException(
                    Reason.BAD_CONFIRMATION_TAG, "the confirmation tag does not verify");
        }
        return new Received.Commit(
                new StagedCommit(
                        epoch.context().epoch(),
                        next.epoch().context().confirmedTranscriptHash().toByteArray(),
                        trees.roster().require(committer).member(),
                        external,
                        changes,
                        message.content().authenticatedData().toByteArray(),
                        Group.begin(environment, next.epoch())));
    }
}
