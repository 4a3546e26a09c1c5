package dev.parley.mls.interop;

import dev.parley.mls.api.Client;
import dev.parley.mls.api.CommitRequest;
import dev.parley.mls.api.Committed;
import dev.parley.mls.api.GroupState;
import dev.parley.mls.api.MemberId;
import dev.parley.mls.api.Mls;
import dev.parley.mls.api.MlsCredential;
import dev.parley.mls.api.MlsLimits;
import dev.parley.mls.api.OwnKeyPackage;
import dev.parley.mls.api.Proposed;
import dev.parley.mls.api.Proposing;
import dev.parley.mls.api.PskSource;
import dev.parley.mls.api.Randomness;
import dev.parley.mls.api.Received;
import dev.parley.mls.api.SendReservation;
import dev.parley.mls.internal.group.Environment;
import dev.parley.mls.internal.group.Library;
import dev.parley.mls.internal.suite.CipherSuites;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A member of this library, saved and restored at every step. */
final class OurMember implements Participant {
    /** Long enough for those who say "for ever". */
    private static final MlsLimits LIMITS =
            new MlsLimits(1024, 1024, 16_384, 1024, Duration.ofSeconds(Long.MAX_VALUE));

    private static final int RESERVED = 16;

    private final String name;
    private final Mls mls;
    private final Client client;
    private final Instant now;
    private final Map<String, byte[]> psks = new HashMap<>();
    private final List<byte[]> queued = new ArrayList<>();
    private final List<byte[]> durable = new ArrayList<>();
    private final PskSource source =
            new PskSource() {
                @Override
                public Optional<byte[]> external(byte[] id) {
                    return Optional.ofNullable(psks.get(HexFormat.of().formatHex(id)));
                }

                @Override
                public Optional<byte[]> resumption(byte[] groupId, long epoch) {
                    return Optional.empty();
                }
            };
    private OwnKeyPackage own;
    private GroupState state;
    private int left;

    OurMember(String name, int suite, CipherSuites suites, Instant now) throws Exception {
        this.name = name;
        this.now = now;
        mls =
                new Library(
                        new Environment(
                                suites,
                                Randomness.of(new SecureRandom()),
                                (credential, key, place, old) -> MemberId.of(credential.body()),
                                LIMITS,
                                Runnable::run));
        client =
                new Client(
                        suite,
                        new MlsCredential(
                                MlsCredential.BASIC, name.getBytes(StandardCharsets.UTF_8)),
                        mls.signer(suite, mls.newSignatureKey(suite)));
    }

    GroupState state() {
        return state;
    }

    private void take(GroupState next) throws Exception {
        state = mls.decode(next.encode(), durable);
        left = 0;
        queued.clear();
        restartsKeepTheQueue();
    }

    private void restartsKeepTheQueue() {
        state.queued().forEach(proposal -> queued.add(proposal.reference()));
    }

    /** Sets generations aside when none are left. */
    private void reserve() {
        if (left == 0) {
            SendReservation reservation = state.reserve(RESERVED);
            durable.add(reservation.encoded());
            reservation.durable();
            left = RESERVED;
        }
        left--;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean ours() {
        return true;
    }

    @Override
    public Set<Ability> abilities() {
        return EnumSet.allOf(Ability.class);
    }

    @Override
    public byte[] keyPackage() throws Exception {
        own = mls.newKeyPackage(client, Duration.ofDays(30), now);
        return own.message();
    }

    @Override
    public void knowPsk(byte[] id, byte[] secret) {
        psks.put(HexFormat.of().formatHex(id), secret);
    }

    @Override
    public void create(byte[] groupId) throws Exception {
        take(mls.create(client, groupId, List.of(), now));
    }

    @Override
    public void join(byte[] welcome) throws Exception {
        take(mls.join(welcome, own, client, Optional.empty(), source, now));
    }

    @Override
    public byte[] joinByCommit(byte[] groupInfo) throws Exception {
        Committed made =
                mls.joinByCommit(
                        groupInfo, client, Optional.empty(), List.of(), source, new byte[0], now);
        take(made.staged().next());
        return made.message();
    }

    @Override
    public Made commit(Wish wish) throws Exception {
        List<Proposing> proposals = new ArrayList<>();
        wish.adds().forEach(it -> proposals.add(new Proposing.Add(it)));
        wish.removes().forEach(it -> proposals.add(new Proposing.Remove(it)));
        wish.psks().forEach(it -> proposals.add(new Proposing.ExternalPsk(it)));
        reserve();
        Committed made =
                state.commit(
                        new CommitRequest(
                                proposals,
                                queued,
                                wish.path(),
                                !wish.publicMessage(),
                                true,
                                new byte[0],
                                client),
                        source,
                        now);
        take(made.staged().next());
        return new Made(made.message(), made.welcome());
    }

    @Override
    public byte[] proposeAdd(byte[] keyPackage, boolean publicMessage) throws Exception {
        return propose(new Proposing.Add(keyPackage), publicMessage);
    }

    @Override
    public byte[] proposeRemove(int leaf, boolean publicMessage) throws Exception {
        return propose(new Proposing.Remove(leaf), publicMessage);
    }

    @Override
    public byte[] proposeUpdate(boolean publicMessage) throws Exception {
        return propose(new Proposing.Update(), publicMessage);
    }

    private byte[] propose(Proposing proposal, boolean publicMessage) throws Exception {
        reserve();
        Proposed made = state.propose(proposal, client, !publicMessage, now);
        take(made.next());
        return made.message();
    }

    @Override
    public void receive(byte[] handshake) throws Exception {
        Received received = state.receive(handshake, source, now);
        if (received instanceof Received.Proposal proposal) {
            take(proposal.next());
        } else if (received instanceof Received.Commit commit) {
            take(commit.staged().next());
        } else {
            throw new AssertionError(name + " received " + received);
        }
    }

    @Override
    public byte[] encrypt(byte[] content, byte[] authenticatedData) throws Exception {
        reserve();
        return state.encrypt(content, authenticatedData, 32, client.signer());
    }

    @Override
    public Plain decrypt(byte[] message) {
        Received received = state.receive(message, source, now);
        if (received instanceof Received.Application application) {
            return new Plain(application.content(), Optional.of(application.authenticatedData()));
        }
        throw new AssertionError(name + " received " + received);
    }

    @Override
    public byte[] groupInfo() throws Exception {
        return state.groupInfo(client.signer(), true, true);
    }

    @Override
    public int leaf() {
        return state.self().leafIndex();
    }

    @Override
    public Epoch epoch() {
        return Epoch.of(
                state.epoch(),
                state.epochAuthenticator(),
                state.confirmedTranscriptHash(),
                state.treeHash());
    }

    @Override
    public byte[] export(String label, byte[] context, int length) {
        return state.export(label, context, length);
    }
}
