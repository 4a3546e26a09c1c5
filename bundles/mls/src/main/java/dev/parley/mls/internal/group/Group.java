package dev.parley.mls.internal.group;

import dev.parley.mls.api.Client;
import dev.parley.mls.api.CommitRequest;
import dev.parley.mls.api.Committed;
import dev.parley.mls.api.GroupState;
import dev.parley.mls.api.Member;
import dev.parley.mls.api.MemberId;
import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsException.Reason;
import dev.parley.mls.api.MlsExtension;
import dev.parley.mls.api.Proposed;
import dev.parley.mls.api.Proposing;
import dev.parley.mls.api.PskSource;
import dev.parley.mls.api.Received;
import dev.parley.mls.api.SendReservation;
import dev.parley.mls.api.Signer;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.TlsReader;
import dev.parley.mls.internal.framing.AuthData;
import dev.parley.mls.internal.framing.AuthenticatedContent;
import dev.parley.mls.internal.framing.Content;
import dev.parley.mls.internal.framing.FramedContent;
import dev.parley.mls.internal.framing.Framing;
import dev.parley.mls.internal.framing.MlsMessage;
import dev.parley.mls.internal.framing.Sender;
import dev.parley.mls.internal.proposal.PreSharedKeyId.Usage;
import dev.parley.mls.internal.schedule.EpochKeys;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The state of a group: one {@link Epoch} and the proposals queued in it. States of one epoch share
 * the epoch; the last one that is destroyed overwrites its secrets.
 */
final class Group implements GroupState {
    private static final int MAX_PADDING = 1 << 20;

    /** What a reader still takes with all that belongs to a message. */
    private static final int MAX_CONTENT = TlsReader.MAX_BYTES - (2 << 20);

    private final Environment environment;
    private final Epoch epoch;
    private final AtomicInteger owners;
    private final List<Queued.Told> queue;
    private final AtomicBoolean destroyed = new AtomicBoolean();

    private Group(
            Environment environment, Epoch epoch, AtomicInteger owners, List<Queued.Told> queue) {
        this.environment = environment;
        this.epoch = epoch;
        this.owners = owners;
        this.queue = queue;
        owners.incrementAndGet();
    }

    static Group begin(Environment environment, Epoch epoch) {
        return of(environment, epoch, List.of());
    }

    static Group of(Environment environment, Epoch epoch, List<Queued.Told> queue) {
        return new Group(environment, epoch, new AtomicInteger(), List.copyOf(queue));
    }

    /** The same epoch with one more proposal, if it is not there already. */
    Group with(Queued.Told told) throws MlsException {
        for (Queued.Told each : queue) {
            if (each.queued().reference().equals(told.queued().reference())) {
                return new Group(environment, epoch, owners, queue);
            }
        }
        requireRoom(told.queued().sender());
        List<Queued.Told> more = new ArrayList<>(queue);
        more.add(told);
        return new Group(environment, epoch, owners, List.copyOf(more));
    }

    /** Those who are no members get half of the queue, so that they do not silence the others. */
    private void requireRoom(Sender sender) throws MlsException {
        boolean member = sender instanceof Sender.Member;
        int most = environment.limits().maxQueued();
        long others =
                queue.stream()
                        .filter(each -> !(each.queued().sender() instanceof Sender.Member))
                        .count();
        if (queue.size() >= most || !member && others >= most / 2) {
            throw new MlsException(
                    Reason.TOO_MANY_PROPOSALS,
                    queue.size() + " proposals are queued, " + others + " of them from outside");
        }
    }

    /**
     * What was made of the secrets, unless they may have been overwritten meanwhile: then it is
     * made of zeros, which everybody knows.
     */
    private <T> T made(T result) {
        alive();
        return result;
    }

    private Epoch alive() {
        if (destroyed.get()) {
            throw new IllegalStateException("the state was destroyed");
        }
        return epoch;
    }

    Epoch epochOf() {
        return alive();
    }

    List<Queued.Told> queue() {
        return queue;
    }

    @Override
    public byte[] groupId() {
        return epoch.context().groupId().toByteArray();
    }

    @Override
    public long epoch() {
        return epoch.context().epoch();
    }

    @Override
    public int cipherSuite() {
        return epoch.suite().id();
    }

    @Override
    public Member self() {
        return epoch.roster().find(epoch.self()).orElseThrow().member();
    }

    @Override
    public List<Member> members() {
        return epoch.roster().all().stream().map(Roster.Known::member).toList();
    }

    @Override
    public Optional<Member> find(MemberId id) {
        return epoch.roster().find(id).map(Roster.Known::member);
    }

    @Override
    public List<MlsExtension> extensions() {
        return Convert.extensions(epoch.context().extensions());
    }

    @Override
    public byte[] confirmedTranscriptHash() {
        return epoch.context().confirmedTranscriptHash().toByteArray();
    }

    @Override
    public byte[] treeHash() {
        return epoch.context().treeHash().toByteArray();
    }

    @Override
    public byte[] epochAuthenticator() {
        return made(alive().secrets().authenticator().reveal().clone());
    }

    @Override
    public byte[] export(String label, byte[] context, int length) {
        return made(alive().secrets().export(epoch.suite(), label, context, length).reveal());
    }

    @Override
    public byte[] resumptionPsk() {
        return made(alive().secrets().resumption().reveal().clone());
    }

    @Override
    public byte[] ratchetTree() {
        return epoch.tree().encode();
    }

    @Override
    public byte[] groupInfo(Signer signer, boolean inlineTree, boolean external)
            throws MlsException {
        requireOpen();
        requireOwn(signer);
        return made(
                new MlsMessage.OfGroupInfo(
                                CommitMaker.groupInfo(alive(), signer, inlineTree, external))
                        .encode());
    }

    @Override
    public List<Received.Proposal> queued() {
        return queue.stream().map(this::told).toList();
    }

    Received.Proposal told(Queued.Told told) {
        Optional<Member> sender =
                told.queued().sender() instanceof Sender.Member member
                        ? epoch.roster().find(member.leafIndex()).map(Roster.Known::member)
                        : Optional.empty();
        byte[] reference = told.queued().reference().orElseThrow().toByteArray();
        return new Received.Proposal(this, reference, sender, told.change());
    }

    /**
     * @throws MlsException GROUP_ENDED
     */
    void requireOpen() throws MlsException {
        if (epoch.ended().isPresent()) {
            throw new MlsException(Reason.GROUP_ENDED, "the group was reinitialized");
        }
    }

    /**
     * @throws MlsException BAD_KEY if it does not sign for our leaf
     */
    private void requireOwn(Signer signer) throws MlsException {
        Bytes expected = epoch.roster().require(epoch.self()).signatureKey();
        if (!Arrays.equals(signer.publicKey(), expected.array())) {
            throw new MlsException(Reason.BAD_KEY, "the signer has another key than our leaf");
        }
    }

    @Override
    public Proposed propose(Proposing proposal, Client client, boolean privateMessage, Instant now)
            throws MlsException {
        requireOpen();
        requireOwn(client.signer());
        if (privateMessage) {
            alive().messages().requireReserved(EpochKeys.Kind.HANDSHAKE);
        }
        ProposalMaker.Made made =
                new ProposalMaker(environment, epoch.suite()).make(proposal, alive(), client, now);
        Sender sender = new Sender.Member(epoch.self());
        AuthenticatedContent message =
                signed(
                        new Content.Propose(made.proposal()),
                        privateMessage ? MlsMessage.PRIVATE_MESSAGE : MlsMessage.PUBLIC_MESSAGE,
                        new byte[0],
                        client.signer());
        Bytes reference = ProposalMaker.reference(epoch.suite(), message);
        Queued queued =
                new Queued(
                        made.proposal(),
                        sender,
                        Optional.of(reference),
                        Optional.empty(),
                        made.leafKey());
        Group next = with(ProposalReader.told(environment, epoch, queued));
        return made(
                new Proposed(
                        next, protect(environment, epoch, message, 1), reference.toByteArray()));
    }

    private AuthenticatedContent signed(
            Content content, int wireFormat, byte[] authenticatedData, Signer signer) {
        FramedContent framed =
                new FramedContent(
                        epoch.context().groupId(),
                        epoch.context().epoch(),
                        new Sender.Member(epoch.self()),
                        Bytes.copyOf(authenticatedData),
                        content);
        return new AuthenticatedContent(
                wireFormat,
                framed,
                new AuthData(
                        Framing.sign(
                                epoch.suite(), wireFormat, framed, epoch.encodedContext(), signer),
                        Optional.empty()));
    }

    /** A signed message as it is sent; a private one uses a generation up. */
    static byte[] protect(
            Environment environment, Epoch epoch, AuthenticatedContent message, int padTo)
            throws MlsException {
        if (message.wireFormat() == MlsMessage.PUBLIC_MESSAGE) {
            return Framing.protectPublic(
                            epoch.suite(),
                            message,
                            epoch.encodedContext(),
                            epoch.secrets().membership())
                    .encode();
        }
        EpochKeys.Kind kind =
                message.content().content() instanceof Content.Application
                        ? EpochKeys.Kind.APPLICATION
                        : EpochKeys.Kind.HANDSHAKE;
        return epoch.messages()
                .send(
                        kind,
                        keys ->
                                epoch.privateFraming()
                                        .protect(message, padTo, environment.random()))
                .encode();
    }

    @Override
    public Committed commit(CommitRequest request, PskSource psks, Instant now)
            throws MlsException {
        requireOpen();
        requireOwn(request.client().signer());
        CommitMaker maker = new CommitMaker(environment, alive(), request);
        return made(maker.make(maker.list(queue, now), Usage.APPLICATION, psks));
    }

    @Override
    public Received receive(byte[] message, PskSource psks, Instant now) {
        alive();
        return made(new MessageReader(environment, this).read(message, psks));
    }

    @Override
    public byte[] encrypt(byte[] content, byte[] authenticatedData, int padTo, Signer signer)
            throws MlsException {
        if (padTo < 1 || padTo > MAX_PADDING) {
            throw new IllegalArgumentException(
                    "padding to " + padTo + " bytes, expected 1 to " + MAX_PADDING);
        }
        if ((long) content.length + authenticatedData.length > MAX_CONTENT) {
            throw new IllegalArgumentException(
                    "content and data of "
                            + content.length
                            + " and "
                            + authenticatedData.length
                            + " bytes, at most "
                            + MAX_CONTENT);
        }
        requireOpen();
        requireOwn(signer);
        alive().messages().requireReserved(EpochKeys.Kind.APPLICATION);
        return made(
                protect(
                        environment,
                        epoch,
                        signed(
                                new Content.Application(Bytes.copyOf(content)),
                                MlsMessage.PRIVATE_MESSAGE,
                                authenticatedData,
                                signer),
                        padTo));
    }

    @Override
    public SendReservation reserve(int count) {
        return alive().messages().reserve(count);
    }

    @Override
    public byte[] encode() {
        return made(GroupCodec.encode(alive(), queue));
    }

    @Override
    public GroupState forLateMessages() {
        return made(LateGroup.of(environment, alive()));
    }

    @Override
    public void destroy() {
        if (destroyed.compareAndSet(false, true) && owners.decrementAndGet() == 0) {
            epoch.secrets().destroy();
            epoch.messages().release();
        }
    }

    @Override
    public String toString() {
        return "Group[epoch " + Long.toUnsignedString(epoch()) + "]";
    }
}
