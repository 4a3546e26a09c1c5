package dev.parley.stores.internal;

import static dev.parley.stores.internal.Nodes.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.crdt.api.Checkpoint;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.Role;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.api.SignedChange;
import dev.parley.crdt.api.Snapshot;
import dev.parley.crdt.api.StoreInfo;
import dev.parley.crdt.api.Summary;
import dev.parley.direct.api.Caller;
import dev.parley.direct.api.RequestException;
import dev.parley.identity.api.NetworkId;
import dev.parley.identity.internal.IdentityComponent;
import dev.parley.storage.api.KeyValueStore;
import dev.parley.storage.internal.StorageComponent;
import dev.parley.stores.api.Compaction;
import dev.parley.trust.nodes.ChildProcess;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One of four admins, and what it still knows after a restart of what it signed and said. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PromisesTest {
    private static final Path NOTE = Path.ROOT.at("note", ObjectType.REGISTER);

    @TempDir private java.nio.file.Path dir;
    private final Offline network = new Offline();
    private IdentityComponent other;
    private StorageComponent storage;
    private StoresComponent stores;
    private Id store;
    private Id self;
    private Snapshot rival;

    @BeforeEach
    void open() throws Exception {
        java.nio.file.Path elsewhere = Files.createDirectories(dir.resolve("elsewhere"));
        other = new IdentityComponent(elsewhere, new NetworkId("parley.test"), "other");
        start();
        StoreInfo info = get(stores.create("promised", StoreInfo.Mode.OPEN, false));
        store = info.id();
        self = info.owner();
        Id[] admins = {agent(other), Id.parse("ab".repeat(32)), Id.parse("cd".repeat(32))};
        for (Id each : admins) {
            get(stores.grant(store, each, Role.ADMIN));
        }
        set("one");
        rival = copy().snapshot(copy().heads(""), false);
        set("two");
    }

    @AfterEach
    void close() throws Exception {
        stores.close();
        storage.close();
    }

    private static Id agent(IdentityComponent identity) {
        return Id.of(identity.agent().bytes());
    }

    private void start() throws Exception {
        storage = new StorageComponent(dir);
        stores = Offline.open(dir, storage, 100_000, network);
    }

    private void set(String text) throws Exception {
        get(stores.write(store, it -> it.set(NOTE, Scalar.of(text))));
    }

    private SyncMessage asked(SyncMessage question) throws Exception {
        Caller caller = new Caller(other.agent(), other.machine());
        return SyncMessage.decode(get(stores.handler().handle(caller, question.encode())));
    }

    private Replica copy() throws Exception {
        Replica copy = Replica.create(get(stores.find("promised")));
        SyncMessage all = asked(new SyncMessage.Pull(store, new Summary(List.of())));
        for (SignedChange change : ((SyncMessage.Batch) all).changes()) {
            copy.receive(change, System.currentTimeMillis());
        }
        return copy;
    }

    private Optional<SyncMessage.Checkpointed> proposed() throws Exception {
        try {
            SyncMessage answer = asked(new SyncMessage.AskCheckpoint(store));
            return Optional.of((SyncMessage.Checkpointed) answer);
        } catch (RequestException e) {
            assertThat(e.code()).isEqualTo("NO_SUCH_CHECKPOINT");
            return Optional.empty();
        }
    }

    private static boolean isSignedBy(SyncMessage.Checkpointed proposed, Id agent) {
        return proposed.approvals().stream().anyMatch(it -> it.agent().equals(agent));
    }

    /** The other admin proposes what lacks the last change; says whether it is signed here. */
    private boolean isRivalSigned() throws Exception {
        Checkpoint checkpoint = rival.checkpoint();
        Seal seal = Seal.of(other, CheckpointFile.CONTEXT, checkpoint.id().bytes());
        byte[] offer = new SyncMessage.Checkpointed(checkpoint, List.of(seal), 0).encode();
        network.other = question -> question[0] == 18 ? offer : new byte[0];
        asked(new SyncMessage.AskAcknowledgements(store, List.of()));
        Nodes.await(10, () -> proposed().isPresent());
        SyncMessage.Checkpointed now = proposed().orElseThrow();
        network.other = question -> new byte[0];
        return now.checkpoint().equals(checkpoint) && isSignedBy(now, self);
    }

    private Acknowledgement acknowledgement() throws Exception {
        SyncMessage answer = asked(new SyncMessage.AskAcknowledgements(store, List.of()));
        return ((SyncMessage.Acknowledgements) answer).all().get(0);
    }

    @Test
    void whatIsProposedAndAcknowledgedIsThereAfterARestart() throws Exception {
        Compaction compaction = get(stores.compact(store));
        assertThat(compaction.done()).isFalse();
        assertThat(compaction.notApproved()).hasSize(3).doesNotContain(self);
        SyncMessage.Checkpointed before = proposed().orElseThrow();
        Acknowledgement acknowledged = acknowledgement();
        assertThat(isSignedBy(before, self)).isTrue();
        close();
        start();
        assertThat(proposed()).isEqualTo(Optional.of(before));
        assertThat(acknowledgement()).isEqualTo(acknowledged);
        assertThat(isRivalSigned()).isFalse();
    }

    @Test
    void withoutASignatureOfItsOwnItSignsWhatTheOtherOneProposes() throws Exception {
        assertThat(isRivalSigned()).isTrue();
    }

    @Test
    void signaturesOfOthersThanAdminsDoNotTakeThePlaceOfThoseThatCount() throws Exception {
        Checkpoint checkpoint = rival.checkpoint();
        List<Seal> seals = new ArrayList<>();
        for (int i = 1; i < CheckpointFile.MAX_APPROVALS; i++) {
            java.nio.file.Path elsewhere = Files.createDirectories(dir.resolve("nobody" + i));
            seals.add(
                    Seal.of(
                            new IdentityComponent(
                                    elsewhere, new NetworkId("parley.test"), "nobody"),
                            CheckpointFile.CONTEXT,
                            checkpoint.id().bytes()));
        }
        seals.add(Seal.of(other, CheckpointFile.CONTEXT, checkpoint.id().bytes()));
        byte[] offer = new SyncMessage.Checkpointed(checkpoint, seals, 0).encode();
        network.other = question -> question[0] == 18 ? offer : new byte[0];
        asked(new SyncMessage.AskAcknowledgements(store, List.of()));
        Nodes.await(10, () -> proposed().isPresent());
        SyncMessage.Checkpointed now = proposed().orElseThrow();
        assertThat(now.approvals()).extracting(Seal::agent).containsOnly(self, agent(other));
    }

    @Test
    void whatAnotherAdminProposesIsSignedOnlyWhenAllWhoCountHaveIt() throws Exception {
        IdentityComponent third =
                new IdentityComponent(
                        Files.createDirectories(dir.resolve("third")),
                        new NetworkId("parley.test"),
                        "third");
        Replica all = copy();
        SignedChange written =
                all.transact(
                        agent(third),
                        System.currentTimeMillis(),
                        id ->
                                ChangeSeal.encode(
                                        Optional.of(third.agentKey()),
                                        third.signAsAgent(ChangeSeal.CONTEXT, id.bytes())),
                        it -> it.set(NOTE, Scalar.of("three")));
        network.other =
                question ->
                        switch (question[0]) {
                            case 3 ->
                                    new SyncMessage.Compared(
                                                    List.of(SyncMessage.Comparison.DIFFERENT))
                                            .encode();
                            case 5 ->
                                    new SyncMessage.Batch(
                                                    false,
                                                    all.missing(
                                                            new Summary(List.of()),
                                                            Integer.MAX_VALUE))
                                            .encode();
                            default -> new byte[0];
                        };
        asked(
                new SyncMessage.Compare(
                        List.of(new SyncMessage.Held(store, Id.parse("00".repeat(32))))));
        Nodes.await(10, () -> get(stores.list()).get(0).changes() == all.size());
        Checkpoint checkpoint = rival.checkpoint();
        Seal seal = Seal.of(other, CheckpointFile.CONTEXT, checkpoint.id().bytes());
        byte[] offer = new SyncMessage.Checkpointed(checkpoint, List.of(seal), 0).encode();
        SyncMessage none = new SyncMessage.Acknowledgements(List.of());
        network.other =
                question ->
                        switch (question[0]) {
                            case 14 -> none.encode();
                            case 18 -> offer;
                            default -> new byte[0];
                        };
        asked(new SyncMessage.AskAcknowledgements(store, List.of()));
        Thread.sleep(1000);
        assertThat(proposed()).isEmpty();
        Acknowledgement said =
                Acknowledgement.make(
                        third, store, System.currentTimeMillis(), List.of(written.id()));
        SyncMessage acknowledged = new SyncMessage.Acknowledgements(List.of(said));
        network.other =
                question ->
                        switch (question[0]) {
                            case 14 -> acknowledged.encode();
                            case 18 -> offer;
                            default -> new byte[0];
                        };
        Nodes.await(
                10,
                () -> {
                    asked(new SyncMessage.AskAcknowledgements(store, List.of()));
                    return proposed().filter(it -> isSignedBy(it, self)).isPresent();
                });
    }

    @Test
    void whoLeavesAndComesAgainKnowsTheNumberOfWhatItAcknowledged() throws Exception {
        Acknowledgement before = acknowledgement();
        StoreInfo info = get(stores.find("promised"));
        get(stores.leave(store));
        get(stores.join(dev.parley.stores.api.StoreLink.of(info)));
        assertThat(acknowledgement()).isEqualTo(before);
    }

    @Test
    void whoLeavesAndComesAgainSignsNothingThatLacksWhatItSigned() throws Exception {
        get(stores.compact(store));
        Replica all = copy();
        StoreInfo info = get(stores.find("promised"));
        get(stores.leave(store));
        get(stores.join(dev.parley.stores.api.StoreLink.of(info)));
        assertThat(proposed()).isEmpty();
        network.other =
                question -> {
                    if (question[0] == 3) {
                        return new SyncMessage.Compared(List.of(SyncMessage.Comparison.DIFFERENT))
                                .encode();
                    }
                    List<SignedChange> changes =
                            all.missing(new Summary(List.of()), Integer.MAX_VALUE);
                    return question[0] == 5
                            ? new SyncMessage.Batch(false, changes).encode()
                            : new byte[0];
                };
        // Who is asked and finds a difference pulls.
        asked(
                new SyncMessage.Compare(
                        List.of(new SyncMessage.Held(store, Id.parse("00".repeat(32))))));
        Nodes.await(10, () -> get(stores.list()).get(0).changes() == all.size());
        assertThat(isRivalSigned()).isFalse();
    }

    @Test
    void whoCannotReadWhatItSignedSignsNothing() throws Exception {
        get(stores.compact(store));
        close();
        StorageComponent damaging = new StorageComponent(dir);
        KeyValueStore kept = damaging.keyValue("stores");
        kept.put("signed/" + store.hex(), new byte[] {7});
        kept.delete("proposed/" + store.hex());
        damaging.close();
        start();
        assertThat(get(stores.list()).get(0).damage()).isEmpty();
        assertThat(isRivalSigned()).isFalse();
    }

    /** The child: compacts, and ends before a step. */
    public static void main(String[] words) throws Exception {
        java.nio.file.Path dir = java.nio.file.Path.of(words[0]);
        CountingStorage storage =
                new CountingStorage(new StorageComponent(dir), Integer.parseInt(words[1]));
        StoresComponent stores = Offline.open(dir, storage, 100_000);
        Id store = get(stores.find("promised")).id();
        get(stores.compact(store));
        stores.close(); // what is proposed may still be on its way to the disk
        Runtime.getRuntime().halt(0);
    }

    @Test
    void aCrashBetweenWritingAndSendingASignatureForgetsItNot() throws Exception {
        boolean wasBetween = false;
        // Before it acknowledges, before it signs, and before it proposes what it signed.
        for (int last : new int[] {0, 1, 1}) {
            close();
            Process child = ChildProcess.of(PromisesTest.class, dir, last).inheritIO().start();
            assertThat(child.waitFor()).isEqualTo(9);
            start();
            boolean isWritten = storage.keyValue("stores").get("signed/" + store.hex()).isPresent();
            boolean isSent = proposed().filter(it -> isSignedBy(it, self)).isPresent();
            assertThat(isSent && !isWritten).isFalse();
            if (isWritten && !isSent) {
                wasBetween = true;
                assertThat(isRivalSigned()).isFalse();
            }
        }
        assertThat(wasBetween).isTrue();
    }
}
