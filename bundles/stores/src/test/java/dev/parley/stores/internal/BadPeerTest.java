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
import dev.parley.crdt.api.SignedChange;
import dev.parley.crdt.api.StoreInfo;
import dev.parley.crdt.api.Summary;
import dev.parley.direct.api.Caller;
import dev.parley.direct.api.RequestHandler;
import dev.parley.gossip.api.Retention;
import dev.parley.gossip.api.Topic;
import dev.parley.stores.api.StoreLink;
import dev.parley.stores.internal.Nodes.Node;
import dev.parley.wire.api.MalformedException;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * One peer that answers questions about stores so that they go on for ever, and one that is good.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BadPeerTest {
    private static final Path TITLE = Path.ROOT.at("title", ObjectType.REGISTER);

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

    /** Says that everything is different, and answers all other questions so. */
    private static final class Liar implements RequestHandler {
        final CountDownLatch asked = new CountDownLatch(2);
        private final long millis;
        private final Function<SyncMessage, SyncMessage> answers;

        Liar(long millis, Function<SyncMessage, SyncMessage> answers) {
            this.millis = millis;
            this.answers = answers;
        }

        @Override
        public String method() {
            return SyncServer.METHOD;
        }

        @Override
        public CompletionStage<byte[]> handle(Caller caller, byte[] body) {
            SyncMessage question;
            try {
                question = SyncMessage.decode(body);
            } catch (MalformedException e) {
                return CompletableFuture.failedStage(e);
            }
            if (question instanceof SyncMessage.Compare it) {
                List<SyncMessage.Comparison> all =
                        it.held().stream().map(held -> SyncMessage.Comparison.DIFFERENT).toList();
                return CompletableFuture.completedStage(new SyncMessage.Compared(all).encode());
            }
            asked.countDown();
            byte[] answer = answers.apply(question).encode();
            return CompletableFuture.supplyAsync(
                    () -> answer, CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS));
        }
    }

    /** What a liar may know: the store of alice, and a change that bob has. */
    private record Known(Node alice, StoreInfo info, List<SignedChange> changes) {
        SignedChange old() {
            return changes.get(changes.size() - 1);
        }

        /** A checkpoint above what anybody has, which the only admin approved. */
        SyncMessage checkpoint(int length) throws Exception {
            Replica more = Replica.create(info);
            changes.forEach(change -> more.receive(change, System.currentTimeMillis()));
            more.transact(
                    alice.agent(),
                    System.currentTimeMillis(),
                    id -> new byte[0],
                    it -> it.set(TITLE, Scalar.of("never written")));
            Checkpoint made = more.snapshot(more.heads(""), false).checkpoint();
            Seal seal = Seal.of(alice.identity(), CheckpointFile.CONTEXT, made.id().bytes());
            return new SyncMessage.Checkpointed(made, List.of(seal), length);
        }
    }

    private interface Lies {
        Liar of(Known known) throws Exception;
    }

    /** Bob asks the liar first, and then gets what alice writes. */
    private void aliceIsHeardBeside(Lies lies) throws Exception {
        Node alice = nodes.up("alice");
        Node bob = nodes.up("bob");
        Node mallory = nodes.up("mallory");
        StoreInfo info = get(alice.stores().create("notes", StoreInfo.Mode.SHARED, false));
        Id store = info.id();
        get(alice.stores().grant(store, bob.agent(), Role.WRITER));
        connect(bob, alice);
        get(bob.stores().join(StoreLink.of(info)));
        get(alice.stores().write(store, it -> it.set(TITLE, Scalar.of("old"))));
        await(10, () -> title(bob, store).equals(Optional.of(Scalar.of("old"))));
        Liar liar = lies.of(new Known(alice, info, changes(alice, store)));
        mallory.direct().addHandler(liar);
        connect(bob, mallory);
        if (!liar.asked.await(10, TimeUnit.SECONDS)) {
            throw new AssertionError("the liar was not asked");
        }
        get(alice.stores().write(store, it -> it.set(TITLE, Scalar.of("new"))));
        await(30, () -> title(bob, store).equals(Optional.of(Scalar.of("new"))));
    }

    private static Optional<Scalar> title(Node node, Id store) throws Exception {
        return get(node.stores().read(store, view -> view.state().register(TITLE)));
    }

    private static List<SignedChange> changes(Node node, Id store) throws Exception {
        byte[] question = new SyncMessage.Pull(store, new Summary(List.of())).encode();
        Caller self = new Caller(node.identity().agent(), node.identity().machine());
        byte[] answer = get(node.stores().handler().handle(self, question));
        return ((SyncMessage.Batch) SyncMessage.decode(answer)).changes();
    }

    @Test
    void whoGivesTheSameAgainAndAgainKeepsNobodyElseFromGiving() throws Exception {
        aliceIsHeardBeside(
                known ->
                        new Liar(
                                500,
                                question -> new SyncMessage.Batch(true, List.of(known.old()))));
    }

    @Test
    void whoGivesALargeChangeByteByByteKeepsNobodyElseFromGiving() throws Exception {
        aliceIsHeardBeside(
                known ->
                        new Liar(
                                100,
                                question ->
                                        question instanceof SyncMessage.AskPiece
                                                ? new SyncMessage.Piece(1_000_000, new byte[1])
                                                : new SyncMessage.Large(
                                                        known.old().id(), 1_000_000)));
    }

    private static Lies checkpoint(long millis, int pieceBytes) {
        return known -> {
            SyncMessage offered = known.checkpoint(50_000_000);
            return new Liar(
                    millis,
                    question ->
                            question instanceof SyncMessage.AskFile
                                    ? new SyncMessage.Piece(50_000_000, new byte[pieceBytes])
                                    : offered);
        };
    }

    @Test
    void whoGivesACheckpointByteByByteKeepsNobodyElseFromGiving() throws Exception {
        aliceIsHeardBeside(checkpoint(100, 1));
    }

    @Test
    void whoGivesACheckpointSlowlyKeepsNobodyElseFromGiving() throws Exception {
        aliceIsHeardBeside(checkpoint(2_000, SyncMessage.MAX_PIECE_BYTES));
    }

    @Test
    void whoNamesChangesThatItDoesNotGiveIsAskedSlowlyAndOthersAreHeardAtOnce() throws Exception {
        Node alice = nodes.up("alice");
        Node bob = nodes.up("bob");
        Node mallory = nodes.up("mallory");
        StoreInfo info = get(alice.stores().create("notes", StoreInfo.Mode.SHARED, false));
        Id store = info.id();
        get(alice.stores().grant(store, bob.agent(), Role.READER));
        connect(bob, alice);
        get(bob.stores().join(StoreLink.of(info)));
        get(alice.stores().write(store, it -> it.set(TITLE, Scalar.of("0"))));
        await(10, () -> title(bob, store).equals(Optional.of(Scalar.of("0"))));
        AtomicInteger pulls = new AtomicInteger();
        mallory.direct()
                .addHandler(
                        new Liar(
                                0,
                                question -> {
                                    if (question instanceof SyncMessage.Pull) {
                                        pulls.incrementAndGet();
                                    }
                                    return new SyncMessage.Batch(false, List.of());
                                }));
        connect(bob, mallory);
        await(10, () -> pulls.get() > 0);
        int before = pulls.get();
        long began = System.nanoTime();
        Random random = new Random(7);
        Topic topic = new Topic("stores/" + store.hex());
        for (int i = 1; i <= 300; i++) {
            byte[] id = new byte[Id.BYTES];
            random.nextBytes(id);
            byte[] heads = new SyncMessage.Heads(List.of(Id.of(id))).encode();
            get(mallory.lower().gossip().publish(topic, heads, Retention.NONE));
            if (i % 60 == 0) {
                String title = String.valueOf(i);
                get(alice.stores().write(store, it -> it.set(TITLE, Scalar.of(title))));
                await(1, () -> title(bob, store).equals(Optional.of(Scalar.of(title))));
            }
            TimeUnit.MILLISECONDS.sleep(10);
        }
        await(5, () -> pulls.get() - before >= Rumours.MAX_VAIN);
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began);
        // Comparing tells of mallory too: when bob got something of alice.
        assertThat(pulls.get() - before).isLessThanOrEqualTo(Rumours.MAX_VAIN + 8 + (int) seconds);
    }
}
