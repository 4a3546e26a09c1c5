package dev.parley.stores.internal;

import static dev.parley.stores.internal.Nodes.await;
import static dev.parley.stores.internal.Nodes.connect;
import static dev.parley.stores.internal.Nodes.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.crdt.api.Checkpoint;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.Role;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.api.Snapshot;
import dev.parley.crdt.api.StoreInfo;
import dev.parley.direct.api.Caller;
import dev.parley.direct.api.RequestHandler;
import dev.parley.storage.internal.StorageComponent;
import dev.parley.stores.api.Compaction;
import dev.parley.stores.api.StoreLink;
import dev.parley.stores.api.StoreStatus;
import dev.parley.stores.internal.Nodes.Node;
import dev.parley.trust.nodes.ChildProcess;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whole containers over QUIC that give up what all of them have. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CompactionTest {
    private static final Path COUNT = Path.ROOT.at("count", ObjectType.COUNTER);
    private static final Path SECRET = Path.ROOT.at("secret", ObjectType.REGISTER);
    private static final Path NOTE = Path.ROOT.at("note", ObjectType.REGISTER);

    @TempDir private java.nio.file.Path dir;
    private Nodes nodes = new Nodes(java.nio.file.Path.of("."));

    @BeforeEach
    void open() {
        nodes = new Nodes(dir);
    }

    @AfterEach
    void close() throws Exception {
        nodes.close();
    }

    private static void count(Node node, Id store, int times) throws Exception {
        for (int i = 0; i < times; i++) {
            get(node.stores().write(store, it -> it.increment(COUNT, 1)));
        }
    }

    private static void set(Node node, Id store, Path path, String text) throws Exception {
        get(node.stores().write(store, it -> it.set(path, Scalar.of(text))));
    }

    private static Optional<Scalar> register(Node node, Id store, Path path) throws Exception {
        return get(node.stores().read(store, view -> view.state().register(path)));
    }

    private static List<Object> version(Node node, Id store) throws Exception {
        return get(node.stores().read(store, view -> List.of(view.state().hash(), view.heads(""))));
    }

    private static StoreStatus status(Node node) throws Exception {
        return get(node.stores().list()).get(0);
    }

    private static void join(Node node, Node from, Id store) throws Exception {
        StoreInfo info = get(from.stores().find(store.hex()));
        get(node.stores().join(StoreLink.of(info)));
    }

    /** Wished for until it is done. */
    private static void compact(Node node, Id store) throws Exception {
        List<Compaction> told = new ArrayList<>();
        try {
            await(
                    30,
                    () -> {
                        told.add(get(node.stores().compact(store)));
                        return told.get(told.size() - 1).done();
                    });
        } catch (AssertionError e) {
            throw new AssertionError("told " + told, e);
        }
    }

    private static void awaitEqual(Id store, Node... all) throws Exception {
        try {
            for (Node each : all) {
                await(20, () -> version(each, store).equals(version(all[0], store)));
            }
        } catch (AssertionError e) {
            StringBuilder told = new StringBuilder();
            for (Node each : all) {
                told.append(status(each)).append(each.network().peers().size()).append('\n');
            }
            throw new AssertionError(told.toString(), e);
        }
    }

    private static void disconnect(Node node, Node other) throws Exception {
        for (var peer : node.network().peers()) {
            peer.disconnect("a test");
        }
        await(10, () -> node.network().peers().isEmpty() && other.network().peers().isEmpty());
    }

    private long logBytes(String name) throws Exception {
        try (Stream<java.nio.file.Path> files = Files.walk(dir.resolve(name).resolve("log"))) {
            return files.filter(Files::isRegularFile).mapToLong(it -> it.toFile().length()).sum();
        }
    }

    @Test
    void whatAllHaveIsGivenUpAndWhoComesLateBeginsWithTheCheckpoint() throws Exception {
        Node alice = nodes.up("alice");
        Node bob = nodes.up("bob");
        connect(bob, alice);
        Id store = get(alice.stores().create("notes", StoreInfo.Mode.SHARED, false)).id();
        get(alice.stores().grant(store, bob.agent(), Role.WRITER));
        join(bob, alice, store);
        set(alice, store, SECRET, "gone soon");
        count(alice, store, 40);
        awaitEqual(store, alice, bob);
        count(bob, store, 40);
        get(alice.stores().write(store, it -> it.clear(SECRET)));
        awaitEqual(store, alice, bob);
        List<Object> before = version(alice, store);
        long bytes = logBytes("alice");
        Compaction compaction = get(alice.stores().compact(store));
        assertThat(compaction.why()).isEmpty();
        assertThat(compaction.done()).isTrue();
        assertThat(compaction.notAcknowledged()).isEmpty();
        assertThat(compaction.givenUp()).isEqualTo(status(alice).changes()).isGreaterThan(80);
        assertThat(compaction.kept()).isZero();
        assertThat(version(alice, store)).isEqualTo(before);
        assertThat(logBytes("alice")).isLessThan(bytes / 50);
        // Both go on, one with its history and one without.
        count(alice, store, 3);
        count(bob, store, 3);
        awaitEqual(store, alice, bob);
        // Who is no admin gives up what was approved.
        compact(bob, store);
        assertThat(version(bob, store)).isEqualTo(version(alice, store));
        // A restart reads the checkpoint and what is above it.
        nodes.down(alice);
        await(10, () -> bob.network().peers().isEmpty());
        Node again = nodes.up("alice");
        assertThat(version(again, store)).isEqualTo(version(bob, store));
        assertThat(status(again).damage()).isEmpty();
        connect(again, bob);
        Node carol = nodes.up("carol");
        get(again.stores().grant(store, carol.agent(), Role.WRITER));
        connect(carol, again);
        join(carol, again, store);
        awaitEqual(store, again, bob, carol);
        assertThat(status(carol).changes()).isEqualTo(status(again).changes());
        assertThat(get(carol.stores().read(store, view -> view.changes(0, 1))).get(0).forgotten())
                .isTrue();
        // It checks what those sign whose first change it has never seen.
        count(carol, store, 2);
        count(bob, store, 2);
        awaitEqual(store, again, bob, carol);
        assertThat(status(carol).forked()).isEmpty();
        nodes.down(carol);
        Node late = nodes.up("carol");
        assertThat(version(late, store)).isEqualTo(version(bob, store));
    }

    @Test
    void whoHasNotAcknowledgedIsNamedAndKeepsWhatItMayMiss() throws Exception {
        Node alice = nodes.up("alice");
        Node bob = nodes.up("bob");
        connect(bob, alice);
        Id store = get(alice.stores().create("notes", StoreInfo.Mode.OPEN, false)).id();
        join(bob, alice, store);
        count(bob, store, 2);
        awaitEqual(store, alice, bob);
        nodes.down(bob);
        await(10, () -> alice.network().peers().isEmpty());
        count(alice, store, 5);
        Compaction compaction = get(alice.stores().compact(store));
        assertThat(compaction.done()).isFalse();
        assertThat(compaction.notAcknowledged()).containsExactly(bob.agent());
        assertThat(compaction.why()).contains("not said so");
        assertThat(compaction.givenUp()).isZero();
        Node again = nodes.up("bob");
        connect(again, alice);
        awaitEqual(store, alice, again);
        compact(alice, store);
        awaitEqual(store, alice, again);
    }

    @Test
    void moreThanHalfOfTheAdminsMustSign() throws Exception {
        Node alice = nodes.up("alice");
        Node bob = nodes.up("bob");
        connect(bob, alice);
        Id store = get(alice.stores().create("notes", StoreInfo.Mode.SHARED, false)).id();
        get(alice.stores().grant(store, bob.agent(), Role.ADMIN));
        join(bob, alice, store);
        count(alice, store, 5);
        awaitEqual(store, alice, bob);
        disconnect(alice, bob);
        Compaction alone = get(alice.stores().compact(store));
        assertThat(alone.done()).isFalse();
        assertThat(alone.notApproved()).containsExactly(bob.agent());
        connect(bob, alice);
        compact(alice, store);
        assertThat(status(bob).changes()).isEqualTo(status(alice).changes());
        compact(bob, store);
        awaitEqual(store, alice, bob);
    }

    @Test
    void oneFromBeforeTheCutBringsItsOwnAndNothingThatWasDeleted() throws Exception {
        Node alice = nodes.up("alice");
        Node dave = nodes.up("dave");
        connect(dave, alice);
        Id store = get(alice.stores().create("notes", StoreInfo.Mode.OPEN, false)).id();
        join(dave, alice, store);
        set(alice, store, SECRET, "to be deleted");
        awaitEqual(store, alice, dave);
        disconnect(dave, alice);
        // Nobody knows yet that dave writes.
        set(dave, store, NOTE, "from dave, offline");
        get(dave.stores().commit(store, "draft", "", it -> it.set(NOTE, Scalar.of("drafted"))));
        get(alice.stores().write(store, it -> it.clear(SECRET)));
        count(alice, store, 10);
        assertThat(get(alice.stores().compact(store)).done()).isTrue();
        count(alice, store, 2);
        connect(dave, alice);
        awaitEqual(store, alice, dave);
        for (Node each : List.of(alice, dave)) {
            assertThat(register(each, store, SECRET)).isEmpty();
            assertThat(register(each, store, NOTE)).contains(Scalar.of("from dave, offline"));
            assertThat(status(each).forked()).isEmpty();
            await(
                    10,
                    () ->
                            get(each.stores().read(store, view -> view.branches()))
                                    .equals(List.of("draft")));
        }
        // It writes on under its own numbers, also after a restart.
        count(dave, store, 1);
        nodes.down(dave);
        await(10, () -> alice.network().peers().isEmpty());
        Node again = nodes.up("dave");
        count(again, store, 1);
        connect(again, alice);
        awaitEqual(store, alice, again);
        assertThat(status(alice).forked()).isEmpty();
        assertThat(register(again, store, SECRET)).isEmpty();
    }

    @Test
    void aNewcomerBelievesTheAdminsOfItsLinkWhenTheOwnerIsGoneForGood() throws Exception {
        Node alice = nodes.up("alice");
        Node bob = nodes.up("bob");
        Node carol = nodes.up("carol");
        Node eve = nodes.up("eve");
        Id store = get(alice.stores().create("notes", StoreInfo.Mode.SHARED, false)).id();
        get(alice.stores().grant(store, bob.agent(), Role.ADMIN));
        get(alice.stores().grant(store, carol.agent(), Role.ADMIN));
        get(alice.stores().grant(store, eve.agent(), Role.READER));
        count(alice, store, 20);
        for (Node each : List.of(bob, carol, eve)) {
            connect(each, alice);
            join(each, alice, store);
        }
        awaitEqual(store, alice, bob, carol, eve);
        // Who is no admin wishes for it, and so hears what all have without anything to sign.
        get(eve.stores().compact(store));
        nodes.down(alice);
        connect(carol, bob);
        connect(eve, bob);
        compact(bob, store);
        Node dave = nodes.up("dave");
        get(bob.stores().grant(store, dave.agent(), Role.WRITER));
        connect(dave, bob);
        StoreInfo info = get(bob.stores().find("notes"));
        // An old link names no admins, and says so.
        get(dave.stores().join(StoreLink.of(info)));
        await(20, () -> !status(dave).obstacle().isEmpty());
        assertThat(status(dave).obstacle()).contains("0 of the 1 admins", "fresh link");
        assertThat(status(dave).changes()).isZero();
        get(dave.stores().join(status(bob).link()));
        awaitEqual(store, bob, dave);
        assertThat(status(dave).obstacle()).isEmpty();
        assertThat(status(dave).link()).isEqualTo(status(bob).link());
        assertThat(StoreLink.parse(status(dave).link()).admins())
                .containsExactlyInAnyOrder(bob.agent(), carol.agent());
        count(dave, store, 1);
        awaitEqual(store, bob, dave, carol);
    }

    /** Answers every pull with a checkpoint that it signed itself. */
    private static RequestHandler serving(Snapshot snapshot, Node signer) {
        Seal seal =
                Seal.of(
                        signer.identity(),
                        CheckpointFile.CONTEXT,
                        snapshot.checkpoint().id().bytes());
        return serving(snapshot, seal, seal);
    }

    /**
     * @param inFile stands in the file instead of the one that is shown
     */
    private static RequestHandler serving(Snapshot snapshot, Seal seal, Seal inFile) {
        byte[] file =
                new CheckpointFile(
                                snapshot.checkpoint(), List.of(inFile), List.of(), snapshot.file())
                        .encode();
        return new RequestHandler() {
            @Override
            public String method() {
                return SyncServer.METHOD;
            }

            @Override
            public CompletionStage<byte[]> handle(Caller caller, byte[] body) {
                SyncMessage answer =
                        switch (body[0]) {
                            case 3 ->
                                    new SyncMessage.Compared(
                                            List.of(SyncMessage.Comparison.DIFFERENT));
                            case 21 -> new SyncMessage.Part(file.length, file.length, file);
                            default ->
                                    new SyncMessage.Checkpointed(
                                            snapshot.checkpoint(), List.of(seal), file.length);
                        };
                return CompletableFuture.completedStage(answer.encode());
            }
        };
    }

    @Test
    void aCheckpointThatTheOwnerDidNotSignIsNotTakenByANewcomer() throws Exception {
        Node alice = nodes.up("alice");
        Node bob = nodes.up("bob");
        Node mallory = nodes.up("mallory");
        for (Node owner : List.of(alice, mallory)) {
            StoreInfo info = get(owner.stores().create("notes", StoreInfo.Mode.OPEN, false));
            Replica replica = Replica.create(info);
            replica.transact(
                    mallory.agent(),
                    1_760_000_000_000L,
                    id -> new byte[0],
                    it -> it.set(NOTE, Scalar.of("believe me")));
            get(bob.stores().join(StoreLink.of(info)));
            mallory.direct()
                    .addHandler(serving(replica.snapshot(replica.heads(""), false), mallory));
            connect(bob, mallory);
            if (owner == mallory) {
                await(
                        10,
                        () ->
                                register(bob, info.id(), NOTE)
                                        .equals(Optional.of(Scalar.of("believe me"))));
            } else {
                Thread.sleep(500);
                assertThat(status(bob).changes()).isZero();
                get(bob.stores().leave(info.id()));
            }
            disconnect(bob, mallory);
        }
    }

    @Test
    void whoBeginsWithACheckpointGivesOnWhatItFoundToHold() throws Exception {
        Node bob = nodes.up("bob");
        Node mallory = nodes.up("mallory");
        StoreInfo info = get(mallory.stores().create("notes", StoreInfo.Mode.OPEN, false));
        Replica replica = Replica.create(info);
        replica.transact(
                mallory.agent(),
                1_760_000_000_000L,
                id -> new byte[0],
                it -> it.set(NOTE, Scalar.of("signed")));
        Snapshot snapshot = replica.snapshot(replica.heads(""), false);
        Checkpoint checkpoint = snapshot.checkpoint();
        Seal seal = Seal.of(mallory.identity(), CheckpointFile.CONTEXT, checkpoint.id().bytes());
        Seal lie = Seal.of(mallory.identity(), CheckpointFile.CONTEXT, new byte[32]);
        mallory.direct().addHandler(serving(snapshot, seal, lie));
        get(bob.stores().join(StoreLink.of(info)));
        connect(bob, mallory);
        await(10, () -> register(bob, info.id(), NOTE).equals(Optional.of(Scalar.of("signed"))));
        Caller asking = new Caller(mallory.identity().agent(), mallory.identity().machine());
        byte[] question = new SyncMessage.AskCheckpoint(info.id()).encode();
        SyncMessage given =
                SyncMessage.decode(get(bob.stores().handler().handle(asking, question)));
        assertThat(given).isInstanceOf(SyncMessage.Checkpointed.class);
        assertThat(((SyncMessage.Checkpointed) given).approvals()).containsExactly(seal);
    }

    /** The child: compacts, and ends before a step. */
    public static void main(String[] words) throws Exception {
        java.nio.file.Path dir = java.nio.file.Path.of(words[0]);
        CountingStorage storage =
                new CountingStorage(new StorageComponent(dir), Integer.parseInt(words[1]));
        StoresComponent stores = Offline.open(dir, storage, 100_000);
        Id store = get(stores.find("killed")).id();
        System.exit(get(stores.compact(store)).done() ? 0 : 1);
    }

    @Test
    void aKillBetweenAnyTwoStepsLeavesTheStoreAsItWas() throws Exception {
        StorageComponent first = new StorageComponent(dir);
        StoresComponent made = Offline.open(dir, first);
        Id store = get(made.create("killed", StoreInfo.Mode.OPEN, false)).id();
        made.close();
        first.close();
        List<Integer> ended = new ArrayList<>();
        long expected = 0;
        for (int last = 0; last <= 16; last++) {
            StorageComponent storage = new StorageComponent(dir);
            StoresComponent stores = Offline.open(dir, storage, 50);
            for (int i = 0; i < 30; i++) {
                get(stores.write(store, it -> it.increment(COUNT, 1)));
                expected++;
            }
            stores.close();
            storage.close();
            Process child = ChildProcess.of(CompactionTest.class, dir, last).inheritIO().start();
            ended.add(child.waitFor());
            StorageComponent after = new StorageComponent(dir);
            StoresComponent again = Offline.open(dir, after);
            StoreStatus status = get(again.list()).get(0);
            String when = "after step " + last;
            assertThat(status.damage()).as(when).isEmpty();
            assertThat(status.forked()).as(when).isEmpty();
            long counted = get(again.read(store, view -> view.state().counter(COUNT)));
            assertThat(counted).as(when).isEqualTo(expected);
            again.close();
            after.close();
            try (Stream<java.nio.file.Path> logs = Files.list(dir.resolve("log"))) {
                assertThat(logs).as(when).hasSize(1);
            }
        }
        assertThat(ended).contains(9).endsWith(0).doesNotContain(1);
    }
}
