package dev.parley.mls.internal.group;

import dev.parley.mls.api.Change;
import dev.parley.mls.api.Client;
import dev.parley.mls.api.Committed;
import dev.parley.mls.api.IdentityPolicy.Place;
import dev.parley.mls.api.MemberId;
import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsException.Reason;
import dev.parley.mls.api.Proposing;
import dev.parley.mls.api.PskSource;
import dev.parley.mls.api.StagedCommit;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Decoder;
import dev.parley.mls.internal.codec.Secret;
import dev.parley.mls.internal.framing.AuthData;
import dev.parley.mls.internal.framing.Content;
import dev.parley.mls.internal.framing.FramedContent;
import dev.parley.mls.internal.framing.Framing;
import dev.parley.mls.internal.framing.MlsMessage;
import dev.parley.mls.internal.framing.Sender;
import dev.parley.mls.internal.framing.Transcript;
import dev.parley.mls.internal.node.UpdatePath;
import dev.parley.mls.internal.proposal.Commit;
import dev.parley.mls.internal.proposal.Proposal;
import dev.parley.mls.internal.proposal.ProposalOrRef;
import dev.parley.mls.internal.schedule.KeySchedule;
import dev.parley.mls.internal.suite.CipherSuite;
import dev.parley.mls.internal.suite.Hpke;
import dev.parley.mls.internal.tree.TreeKem;
import dev.parley.mls.internal.welcome.GroupContext;
import dev.parley.mls.internal.welcome.GroupInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Joins by an external commit (RFC 9420 section 12.4.3.2). One group info per object. */
final class ExternalJoin {
    private final Environment environment;
    private final Client client;
    private final GroupInfo info;
    private final GroupContext old;
    private final CipherSuite suite;

    ExternalJoin(Environment environment, byte[] message, Client client) throws MlsException {
        if (!(Decoder.decodeInner(MlsMessage::read, message, "group info")
                instanceof MlsMessage.OfGroupInfo of)) {
            throw new MlsException(Reason.WRONG_MESSAGE, "expected a group info");
        }
        this.environment = environment;
        this.client = client;
        this.info = of.groupInfo();
        this.old = info.groupContext();
        this.suite = environment.suites().require(client.cipherSuite());
    }

    Committed join(
            Optional<byte[]> tree, List<Proposing> keys, PskSource psks, byte[] authenticatedData)
            throws MlsException {
        Joining.Checked checked = new Joining(environment, suite).check(info, tree);
        Hpke.Export init =
                KeySchedule.externalInit(suite, Joining.externalKey(info), environment.random());
        MemberId self =
                environment
                        .policy()
                        .identify(
                                client.credential(),
                                client.signer().publicKey(),
                                Place.COMMIT,
                                Optional.empty());
        Optional<Roster.Known> former = checked.roster().find(self);
        List<Queued> list = new ArrayList<>();
        list.add(
                Queued.byValue(
                        new Proposal.ExternalInit(init.kemOutput()), new Sender.NewMemberCommit()));
        former.ifPresent(
                leaf ->
                        list.add(
                                Queued.byValue(
                                        new Proposal.Remove(leaf.leafIndex()),
                                        new Sender.NewMemberCommit())));
        for (Proposing key : keys) {
            if (!(key instanceof Proposing.ExternalPsk || key instanceof Proposing.ResumptionPsk)) {
                throw new MlsException(
                        Reason.SENDER_NOT_ALLOWED,
                        "who joins proposes pre-shared keys and nothing else");
            }
            list.add(
                    Queued.byValue(
                            new ProposalMaker(environment, suite).make(key, Optional.empty()),
                            new Sender.NewMemberCommit()));
        }
        PublicState group = new PublicState(old, checked.tree(), checked.roster());
        Applied applied = Applying.apply(environment, group, list);
        Secret psk = PskSecrets.combine(suite, applied.psks(), psks);
        Joiner place = Joiner.place(applied);
        TreeKem.NewPath path =
                TreeKem.create(
                        place.tree(),
                        place.leafIndex(),
                        (key, source) ->
                                Leaves.make(
                                        environment,
                                        suite,
                                        client,
                                        key,
                                        source,
                                        old.groupId(),
                                        place.leafIndex()),
                        environment.random());
        MemberId id =
                Leaves.check(
                        environment,
                        suite,
                        path.leaf(),
                        old.groupId(),
                        place.leafIndex(),
                        Place.COMMIT,
                        former);
        Roster roster =
                applied.roster()
                        .with(Roster.Known.of(place.leafIndex(), id, path.leaf()), path.leaf());
        NextEpoch.Trees.require(path.tree(), roster, applied.extensions());
        try {
            return commit(
                    list,
                    applied,
                    psk,
                    new NextEpoch.Trees(path.tree(), roster, path.keys()),
                    path,
                    init.secret(),
                    authenticatedData);
        } finally {
            psk.destroy();
            path.destroyPathSecrets();
            init.secret().destroy();
        }
    }

    private Committed commit(
            List<Queued> list,
            Applied applied,
            Secret psk,
            NextEpoch.Trees trees,
            TreeKem.NewPath path,
            Secret init,
            byte[] authenticatedData)
            throws MlsException {
        byte[] context =
                NextEpoch.context(
                                old,
                                trees.tree(),
                                applied.extensions(),
                                old.confirmedTranscriptHash())
                        .encode();
        UpdatePath encrypted = path.encrypt(context, Set.of(), environment.random());
        List<ProposalOrRef> proposals = new ArrayList<>();
        list.forEach(each -> proposals.add(new ProposalOrRef.ByValue(each.proposal())));
        FramedContent content =
                new FramedContent(
                        old.groupId(),
                        old.epoch(),
                        new Sender.NewMemberCommit(),
                        Bytes.copyOf(authenticatedData),
                        new Content.Commit(new Commit(proposals, Optional.of(encrypted))));
        Bytes signature =
                Framing.sign(
                        suite, MlsMessage.PUBLIC_MESSAGE, content, old.encode(), client.signer());
        NextEpoch next =
                NextEpoch.derive(
                        environment,
                        new NextEpoch.Signed(
                                new Sent(),
                                old,
                                Transcript.interim(
                                        suite,
                                        old.confirmedTranscriptHash(),
                                        info.confirmationTag()),
                                MlsMessage.PUBLIC_MESSAGE,
                                content,
                                signature),
                        trees,
                        applied.extensions(),
                        init,
                        path.commitSecret(),
                        psk,
                        Optional.empty());
        path.commitSecret().destroy();
        next.joiner().destroy();
        byte[] message =
                new MlsMessage.Public(
                                content,
                                new AuthData(
                                        signature, Optional.of(next.epoch().confirmationTag())),
                                Optional.empty())
                        .encode();
        Roster.Known self = next.epoch().roster().require(next.epoch().self());
        List<Change> changes = new ArrayList<>(applied.changes());
        changes.add(new Change.Joined(self.member()));
        return new Committed(
                new StagedCommit(
                        old.epoch(),
                        next.epoch().context().confirmedTranscriptHash().toByteArray(),
                        self.member(),
                        true,
                        changes,
                        authenticatedData.clone(),
                        Group.begin(environment, next.epoch())),
                message,
                Optional.empty());
    }
}
