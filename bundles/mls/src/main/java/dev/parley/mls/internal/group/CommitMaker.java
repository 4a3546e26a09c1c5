package dev.parley.mls.internal.group;

import dev.parley.mls.api.Change;
import dev.parley.mls.api.Client;
import dev.parley.mls.api.CommitRequest;
import dev.parley.mls.api.Committed;
import dev.parley.mls.api.IdentityPolicy.Place;
import dev.parley.mls.api.MemberId;
import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsException.Reason;
import dev.parley.mls.api.Proposing;
import dev.parley.mls.api.PskSource;
import dev.parley.mls.api.Signer;
import dev.parley.mls.api.StagedCommit;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Secret;
import dev.parley.mls.internal.framing.AuthData;
import dev.parley.mls.internal.framing.AuthenticatedContent;
import dev.parley.mls.internal.framing.Content;
import dev.parley.mls.internal.framing.FramedContent;
import dev.parley.mls.internal.framing.Framing;
import dev.parley.mls.internal.framing.MlsMessage;
import dev.parley.mls.internal.framing.Sender;
import dev.parley.mls.internal.node.Extension;
import dev.parley.mls.internal.node.LeafNode;
import dev.parley.mls.internal.node.UpdatePath;
import dev.parley.mls.internal.proposal.Commit;
import dev.parley.mls.internal.proposal.PreSharedKeyId.Usage;
import dev.parley.mls.internal.proposal.Proposal;
import dev.parley.mls.internal.proposal.ProposalOrRef;
import dev.parley.mls.internal.schedule.EpochKeys;
import dev.parley.mls.internal.suite.CipherSuite;
import dev.parley.mls.internal.tree.TreeKem;
import dev.parley.mls.internal.welcome.GroupInfo;
import dev.parley.mls.internal.welcome.GroupSecrets;
import dev.parley.mls.internal.welcome.Welcome;
import dev.parley.mls.internal.welcome.WelcomeCrypto;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes a member's commit and the welcome that goes with it (RFC 9420 section 12.4.1). */
final class CommitMaker {
    private final Environment environment;
    private final Epoch epoch;
    private final CipherSuite suite;
    private final CommitRequest request;

    /** What the own leaf says afterwards. */
    private final Client client;

    CommitMaker(Environment environment, Epoch epoch, CommitRequest request) {
        this.environment = environment;
        this.epoch = epoch;
        this.suite = epoch.suite();
        this.request = request;
        this.client = request.renewed().orElse(request.client());
    }

    /**
     * The proposals that the request asks for.
     *
     * @param queue what references may name
     */
    List<Queued> list(List<Queued.Told> queue, Instant now) throws MlsException {
        Map<Bytes, Queued> known = Queued.byReference(queue);
        List<Queued> list = new ArrayList<>();
        for (byte[] reference : request.references()) {
            Queued queued = known.get(Bytes.wrap(reference));
            if (queued == null) {
                throw new MlsException(
                        Reason.UNKNOWN_PROPOSAL, "a reference to a proposal that is not queued");
            }
            if (queued.proposal() instanceof Proposal.Add add) {
                KeyPackages.requireAlive(environment, add.keyPackage(), now);
            }
            list.add(queued);
        }
        ProposalMaker maker = new ProposalMaker(environment, suite);
        for (Proposing each : request.byValue()) {
            Proposal proposal = maker.make(each, epoch, client, now).proposal();
            list.add(Queued.byValue(proposal, new Sender.Member(epoch.self())));
        }
        return list;
    }

    /**
     * @param usage of resumption keys among the proposals
     */
    Committed make(List<Queued> list, Usage usage, PskSource psks) throws MlsException {
        new ProposalRules(epoch.open(), usage).check(list, Optional.of(epoch.self()));
        if (request.privateMessage()) {
            epoch.messages().requireReserved(EpochKeys.Kind.HANDSHAKE);
        }
        Applied applied = Applying.apply(environment, epoch.open(), list);
        boolean unknown = list.stream().anyMatch(each -> each.proposal() instanceof Proposal.Other);
        boolean path =
                applied.pathRequired()
                        || request.forcePath()
                        || request.renewed().isPresent()
                        || unknown;
        Secret psk = PskSecrets.combine(suite, applied.psks(), PskSecrets.with(epoch, psks));
        try {
            return path ? withPath(list, applied, psk) : withoutPath(list, applied, psk);
        } finally {
            psk.destroy();
        }
    }

    private Committed withoutPath(List<Queued> list, Applied applied, Secret psk)
            throws MlsException {
        NextEpoch.Trees.require(applied.tree(), applied.roster(), applied.extensions());
        NextEpoch.Trees trees =
                new NextEpoch.Trees(
                        applied.tree(), applied.roster(), epoch.own().within(applied.tree()));
        Secret zeros = Secret.zeros(suite.secretLength());
        return finish(list, applied, trees, Optional.empty(), Optional.empty(), zeros, psk);
    }

    private Committed withPath(List<Queued> list, Applied applied, Secret psk) throws MlsException {
        int self = epoch.self();
        TreeKem.NewPath path =
                TreeKem.create(
                        applied.tree(),
                        self,
                        (key, source) ->
                                Leaves.make(
                                        environment,
                                        suite,
                                        client,
                                        key,
                                        source,
                                        epoch.context().groupId(),
                                        self),
                        environment.random());
        LeafNode leaf = path.leaf();
        MemberId id =
                Leaves.check(
                        environment,
                        suite,
                        leaf,
                        epoch.context().groupId(),
                        self,
                        Place.COMMIT,
                        epoch.roster().find(self));
        Roster roster =
                applied.roster()
                        .without(self, applied.tree().requireMember(self))
                        .with(Roster.Known.of(self, id, leaf), leaf);
        NextEpoch.Trees.require(path.tree(), roster, applied.extensions());
        byte[] context =
                NextEpoch.context(
                                epoch.context(),
                                path.tree(),
                                applied.extensions(),
                                epoch.context().confirmedTranscriptHash())
                        .encode();
        UpdatePath encrypted = path.encrypt(context, applied.newLeaves(), environment.random());
        try {
            return finish(
                    list,
                    applied,
                    new NextEpoch.Trees(path.tree(), roster, path.keys()),
                    Optional.of(encrypted),
                    Optional.of(path),
                    path.commitSecret(),
                    psk);
        } finally {
            path.destroyPathSecrets();
        }
    }

    private Committed finish(
            List<Queued> list,
            Applied applied,
            NextEpoch.Trees trees,
            Optional<UpdatePath> path,
            Optional<TreeKem.NewPath> newPath,
            Secret commitSecret,
            Secret psk)
            throws MlsException {
        Commit commit = new Commit(list.stream().map(CommitMaker::named).toList(), path);
        int wireFormat =
                request.privateMessage() ? MlsMessage.PRIVATE_MESSAGE : MlsMessage.PUBLIC_MESSAGE;
        FramedContent content =
                new FramedContent(
                        epoch.context().groupId(),
                        epoch.context().epoch(),
                        new Sender.Member(epoch.self()),
                        Bytes.copyOf(request.authenticatedData()),
                        new Content.Commit(commit));
        Bytes signature =
                Framing.sign(
                        suite,
                        wireFormat,
                        content,
                        epoch.encodedContext(),
                        request.client().signer());
        NextEpoch next =
                NextEpoch.derive(
                        environment,
                        new NextEpoch.Signed(
                                epoch.messages().sent(),
                                epoch.context(),
                                epoch.interim(),
                                wireFormat,
                                content,
                                signature),
                        trees,
                        applied.extensions(),
                        epoch.secrets().init(),
                        commitSecret,
                        psk,
                        applied.reinit());
        commitSecret.destroy();
        AuthenticatedContent message =
                new AuthenticatedContent(
                        wireFormat,
                        content,
                        new AuthData(signature, Optional.of(next.epoch().confirmationTag())));
        Optional<byte[]> welcome =
                applied.added().isEmpty()
                        ? Optional.empty()
                        : Optional.of(welcome(applied, next, newPath, psk));
        next.joiner().destroy();
        byte[] bytes = Group.protect(environment, epoch, message, 1);
        return new Committed(staged(applied, next, path.isPresent()), bytes, welcome);
    }

    private static ProposalOrRef named(Queued queued) {
        return queued.reference().isPresent()
                ? new ProposalOrRef.ByRef(queued.reference().get())
                : new ProposalOrRef.ByValue(queued.proposal());
    }

    private StagedCommit staged(Applied applied, NextEpoch next, boolean hasPath)
            throws MlsException {
        Roster.Known before = epoch.roster().require(epoch.self());
        Roster.Known after = next.epoch().roster().require(epoch.self());
        List<Change> changes = new ArrayList<>(applied.changes());
        if (hasPath && !before.equals(after)) {
            changes.add(new Change.Updated(before.member(), after.member()));
        }
        return new StagedCommit(
                epoch.context().epoch(),
                next.epoch().context().confirmedTranscriptHash().toByteArray(),
                after.member(),
                false,
                changes,
                request.authenticatedData().clone(),
                Group.begin(environment, next.epoch()));
    }

    private byte[] welcome(
            Applied applied, NextEpoch next, Optional<TreeKem.NewPath> path, Secret psk)
            throws MlsException {
        GroupInfo info = groupInfo(next.epoch(), client.signer(), request.inlineTree(), false);
        List<WelcomeCrypto.Recipient> recipients = new ArrayList<>();
        for (Applied.Added each : applied.added()) {
            recipients.add(
                    new WelcomeCrypto.Recipient(
                            each.keyPackage(),
                            new GroupSecrets(
                                    next.joiner(),
                                    path.map(made -> made.pathSecretFor(each.leafIndex())),
                                    applied.psks())));
        }
        Welcome welcome =
                WelcomeCrypto.seal(
                        suite,
                        info,
                        next.joiner(),
                        psk,
                        recipients,
                        environment.random(),
                        environment.executor());
        return new MlsMessage.OfWelcome(welcome).encode();
    }

    /** A signed group info of an epoch. */
    static GroupInfo groupInfo(Epoch epoch, Signer signer, boolean inlineTree, boolean external) {
        CipherSuite suite = epoch.suite();
        List<Extension> extensions = new ArrayList<>();
        if (inlineTree) {
            extensions.add(
                    new Extension(Extension.RATCHET_TREE, Bytes.wrap(epoch.tree().encode())));
        }
        if (external) {
            extensions.add(
                    new Extension(
                            Extension.EXTERNAL_PUB,
                            Bytes.wrap(
                                    new dev.parley.mls.internal.codec.TlsWriter()
                                            .opaque(
                                                    epoch.secrets()
                                                            .externalKeyPair(suite)
                                                            .publicKey())
                                            .toByteArray())));
        }
        GroupInfo unsigned =
                new GroupInfo(
                        epoch.context(),
                        new dev.parley.mls.internal.node.Extensions(extensions),
                        epoch.confirmationTag(),
                        epoch.self(),
                        Bytes.EMPTY);
        return unsigned.withSignature(
                suite.signWithLabel(signer, GroupInfo.LABEL, unsigned.signedBytes()));
    }
}
