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
import dev.parley.mls.internal.codec.Secret;
import dev.parley.mls.internal.framing.Content;
import dev.parley.mls.internal.framing.MlsMessage;
import dev.parley.mls.internal.framing.PrivateFraming;
import dev.parley.mls.internal.welcome.GroupContext;
import dev.parley.wire.api.MalformedException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What is left of an epoch to read its late messages: who the members are, and the keys of its
 * messages. No tree, and no secret that another epoch follows from.
 */
final class LateGroup implements GroupState {
    private final Environment environment;
    private final GroupContext context;
    private final byte[] encodedContext;
    private final Roster roster;
    private final int self;
    private final Secret senderData;
    private final MessageKeys messages;
    private final AtomicBoolean destroyed = new AtomicBoolean();

    /**
     * @param messages are released when this is destroyed
     */
    LateGroup(
            Environment environment,
            GroupContext context,
            Roster roster,
            int self,
            Secret senderData,
            MessageKeys messages) {
        this.environment = environment;
        this.context = context;
        this.encodedContext = context.encode();
        this.roster = roster;
        this.self = self;
        this.senderData = senderData;
        this.messages = messages;
    }

    static LateGroup of(Environment environment, Epoch epoch) {
        return new LateGroup(
                environment,
                epoch.context(),
                epoch.roster().bare(),
                epoch.self(),
                epoch.secrets().senderData().copy(),
                epoch.messages().retained());
    }

    private static MlsException late() {
        return new MlsException(Reason.LATE_ONLY, "the state is for late messages only");
    }

    private static IllegalStateException gone() {
        return new IllegalStateException("the state is for late messages only");
    }

    private void alive() {
        if (destroyed.get()) {
            throw new IllegalStateException("the state was destroyed");
        }
    }

    @Override
    public byte[] groupId() {
        return context.groupId().toByteArray();
    }

    @Override
    public long epoch() {
        return context.epoch();
    }

    @Override
    public int cipherSuite() {
        return context.cipherSuite();
    }

    @Override
    public Member self() {
        return roster.find(self).orElseThrow().member();
    }

    @Override
    public List<Member> members() {
        return roster.all().stream().map(Roster.Known::member).toList();
    }

    @Override
    public Optional<Member> find(MemberId id) {
        return roster.find(id).map(Roster.Known::member);
    }

    @Override
    public List<MlsExtension> extensions() {
        return Convert.extensions(context.extensions());
    }

    @Override
    public byte[] confirmedTranscriptHash() {
        return context.confirmedTranscriptHash().toByteArray();
    }

    @Override
    public byte[] treeHash() {
        return context.treeHash().toByteArray();
    }

    @Override
    public byte[] epochAuthenticator() {
        throw gone();
    }

    @Override
    public byte[] export(String label, byte[] exporterContext, int length) {
        throw gone();
    }

    @Override
    public byte[] resumptionPsk() {
        throw gone();
    }

    @Override
    public byte[] ratchetTree() {
        throw gone();
    }

    @Override
    public byte[] groupInfo(Signer signer, boolean inlineTree, boolean external)
            throws MlsException {
        throw late();
    }

    @Override
    public List<Received.Proposal> queued() {
        return List.of();
    }

    @Override
    public Proposed propose(Proposing proposal, Client client, boolean privateMessage, Instant now)
            throws MlsException {
        throw late();
    }

    @Override
    public Committed commit(CommitRequest request, PskSource psks, Instant now)
            throws MlsException {
        throw late();
    }

    @Override
    public Received receive(byte[] bytes, PskSource psks, Instant now) {
        alive();
        try {
            MlsMessage message = MlsMessage.decode(bytes);
            Optional<Received> away = MessageReader.elsewhere(context, message);
            if (away.isPresent()) {
                return away.get();
            }
            if (!(message instanceof MlsMessage.Private sealed)
                    || sealed.contentType() != Content.APPLICATION) {
                return new Received.Stale(context.epoch());
            }
            PrivateFraming framing =
                    new PrivateFraming(
                            environment.suites().require(context.cipherSuite()),
                            context,
                            senderData,
                            messages.keys());
            return MessageReader.readApplication(framing, roster, self, encodedContext, sealed);
        } catch (MalformedException e) {
            return new Received.Refused(Reason.MALFORMED, String.valueOf(e.getMessage()));
        } catch (MlsException e) {
            return new Received.Refused(e.reason(), String.valueOf(e.getMessage()));
        }
    }

    @Override
    public byte[] encrypt(byte[] content, byte[] authenticatedData, int padTo, Signer signer)
            throws MlsException {
        throw late();
    }

    @Override
    public SendReservation reserve(int count) {
        throw gone();
    }

    @Override
    public byte[] encode() {
        alive();
        byte[] encoded = GroupCodec.encodeLate(context, roster, self, senderData, messages);
        alive();
        return encoded;
    }

    @Override
    public GroupState forLateMessages() {
        alive();
        return new LateGroup(
                environment, context, roster, self, senderData.copy(), messages.retained());
    }

    @Override
    public void destroy() {
        if (destroyed.compareAndSet(false, true)) {
            senderData.destroy();
            messages.release();
        }
    }
}
