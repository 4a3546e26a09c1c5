package dev.parley.stores.internal;

import static dev.parley.stores.internal.Nodes.await;
import static dev.parley.stores.internal.Nodes.connect;
import static dev.parley.stores.internal.Nodes.get;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.Role;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.api.SignedChange;
import dev.parley.crdt.api.StoreInfo;
import dev.parley.direct.api.Caller;
import dev.parley.direct.api.RequestHandler;
import dev.parley.stores.api.StoreLink;
import dev.parley.stores.internal.Nodes.Node;
import dev.parley.wire.api.MalformedException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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

    /** Bob asks the liar first, and then gets what alice writes. */
    private void aliceIsHeardBeside(Function<SignedChange, Liar> lies) throws Exception {
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
        Id old = get(bob.stores().read(store, view -> view.heads("").get(0)));
        Liar liar = lies.apply(change(alice, store, old));
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

    private static SignedChange change(Node node, Id store, Id change) throws Exception {
        byte[] question = new SyncMessage.Ask(store, List.of(change)).encode();
        Caller self = new Caller(node.identity().agent(), node.identity().machine());
        byte[] answer = get(node.stores().handler().handle(self, question));
        return ((SyncMessage.Batch) SyncMessage.decode(answer)).changes().get(0);
    }

    @Test
    void whoGivesTheSameAgainAndAgainKeepsNobodyElseFromGiving() throws Exception {
        aliceIsHeardBeside(
                old -> new Liar(500, question -> new SyncMessage.Batch(true, List.of(old))));
    }

    @Test
    void whoGivesALargeChangeByteByByteKeepsNobodyElseFromGiving() throws Exception {
        aliceIsHeardBeside(
                old ->
                        new Liar(
                                100,
                                question ->
                                        question instanceof SyncMessage.AskPiece
                                                ? new SyncMessage.Piece(1_000_000, new byte[1])
                                                : new SyncMessage.Large(old.id(), 1_000_000)));
    }
}
