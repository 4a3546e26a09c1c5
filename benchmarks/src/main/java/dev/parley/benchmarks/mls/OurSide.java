package dev.parley.benchmarks.mls;

import dev.parley.mls.api.Client;
import dev.parley.mls.api.CommitRequest;
import dev.parley.mls.api.Committed;
import dev.parley.mls.api.GroupState;
import dev.parley.mls.api.MemberId;
import dev.parley.mls.api.Mls;
import dev.parley.mls.api.MlsCredential;
import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsLibrary;
import dev.parley.mls.api.OwnKeyPackage;
import dev.parley.mls.api.Proposing;
import dev.parley.mls.api.PskSource;
import dev.parley.mls.api.Randomness;
import dev.parley.mls.api.Received;
import dev.parley.mls.api.SendReservation;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** This library, on one thread, saved states and all rules of joining included. */
final class OurSide implements Side {
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final byte[] NONE = {};
    private static final byte[] KIBIBYTE = new byte[1024];

    private record Member(Client client, GroupState state) {}

    private final int suite;
    private final Mls mls;
    private int born;
    private Member sender;
    private Member receiver;
    private Client newcomer;
    private OwnKeyPackage keyPackage;
    private Committed added;
    private Committed updated;
    private GroupState followed;
    private byte[] message = NONE;

    OurSide(int suite) throws MlsException {
        this.suite = suite;
        mls =
                MlsLibrary.of(
                        Randomness.of(new SecureRandom()),
                        (credential, key, place, old) -> MemberId.of(credential.body()));
        newcomer = client();
        keyPackage = mls.newKeyPackage(newcomer, Duration.ofDays(90), NOW);
        GroupState alone = mls.create(newcomer, new byte[] {1}, List.of(), NOW);
        sender = new Member(newcomer, alone);
        receiver = sender;
        followed = alone;
        added = commit(sender, List.of());
        updated = added;
    }

    @Override
    public String name() {
        return "parley";
    }

    private Client client() throws MlsException {
        byte[] name = ("member-" + born++).getBytes(StandardCharsets.UTF_8);
        return new Client(
                suite,
                new MlsCredential(MlsCredential.BASIC, name),
                mls.signer(suite, mls.newSignatureKey(suite)));
    }

    private static Committed commit(Member member, List<Proposing> proposals) throws MlsException {
        return member.state()
                .commit(
                        new CommitRequest(
                                proposals, List.of(), true, false, true, NONE, member.client()),
                        PskSource.NONE,
                        NOW);
    }

    private GroupState joined() throws MlsException {
        return mls.join(
                added.welcome().orElseThrow(),
                keyPackage,
                newcomer,
                Optional.empty(),
                PskSource.NONE,
                NOW);
    }

    @Override
    public void build(int members) throws Exception {
        Client first = client();
        sender = new Member(first, mls.create(first, new byte[] {1}, List.of(), NOW));
        for (int i = 1; i < members; i++) {
            newKeyPackage();
            added = commit(sender, List.of(new Proposing.Add(keyPackage.message())));
            receiver = new Member(sender.client(), added.staged().next());
            sender = new Member(newcomer, joined());
        }
        advance(sender.state(), receiver.state());
    }

    private void advance(GroupState ofSender, GroupState ofReceiver) {
        Member before = receiver;
        receiver = new Member(sender.client(), ofSender);
        sender = new Member(before.client(), ofReceiver);
        SendReservation reservation = sender.state().reserve(2);
        reservation.durable();
    }

    @Override
    public void create() throws Exception {
        mls.create(newcomer, new byte[] {2}, List.of(), NOW);
    }

    @Override
    public void newKeyPackage() throws Exception {
        newcomer = client();
        keyPackage = mls.newKeyPackage(newcomer, Duration.ofDays(90), NOW);
    }

    @Override
    public void addCommit() throws Exception {
        added = commit(sender, List.of(new Proposing.Add(keyPackage.message())));
    }

    private GroupState followed(byte[] commit) {
        Received received = receiver.state().receive(commit, PskSource.NONE, NOW);
        if (received instanceof Received.Commit it) {
            return it.staged().next();
        }
        throw new IllegalStateException("received " + received);
    }

    @Override
    public void processAdd() {
        followed(added.message());
    }

    @Override
    public void join() throws Exception {
        joined();
    }

    @Override
    public void updateCommit() throws Exception {
        updated = commit(sender, List.of());
    }

    @Override
    public void processUpdate() {
        followed = followed(updated.message());
    }

    @Override
    public void advance() {
        advance(updated.staged().next(), followed);
    }

    @Override
    public void encrypt() throws Exception {
        message = sender.state().encrypt(KIBIBYTE, NONE, 1, sender.client().signer());
    }

    @Override
    public void decrypt() {
        Received received = receiver.state().receive(message, PskSource.NONE, NOW);
        if (!(received instanceof Received.Application)) {
            throw new IllegalStateException("received " + received);
        }
    }

    @Override
    public Object freshState() throws Exception {
        return joined();
    }

    byte[] encoded() {
        return sender.state().encode();
    }

    GroupState decoded(byte[] encoded) throws MlsException {
        return mls.decode(encoded, List.of());
    }

    @Override
    public int commitBytes() {
        return updated.message().length;
    }

    @Override
    public int welcomeBytes() {
        return added.welcome().orElse(NONE).length;
    }

    @Override
    public int keyPackageBytes() {
        return keyPackage.message().length;
    }

    @Override
    public int messageBytes() {
        return message.length;
    }
}
