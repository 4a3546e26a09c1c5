package dev.parley.stores.internal;

import static dev.parley.stores.internal.Nodes.await;
import static dev.parley.stores.internal.Nodes.connect;
import static dev.parley.stores.internal.Nodes.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.crdt.api.ChangeEvent;
import dev.parley.crdt.api.Difference;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.Role;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.api.SignedChange;
import dev.parley.crdt.api.StoreInfo;
import dev.parley.crdt.api.Undone;
import dev.parley.direct.api.Caller;
import dev.parley.direct.api.RequestHandler;
import dev.parley.identity.api.AgentId;
import dev.parley.stores.api.StoreException;
import dev.parley.stores.api.StoreException.Code;
import dev.parley.stores.api.StoreLink;
import dev.parley.stores.api.StoreStatus;
import dev.parley.stores.api.UndoList;
import dev.parley.stores.internal.Nodes.Node;
import dev.parley.trust.api.TrustLevel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StoresComponentTest {
    private static final Path TITLE = Path.ROOT.at("title", ObjectType.REGISTER);
    private static final Path COUNT = Path.ROOT.at("count", ObjectType.COUNTER);

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

    private static Id create(Node node, StoreInfo.Mode mode) throws Exception {
        return get(node.stores().create("notes", mode, false)).id();
    }

    private static void join(Node node, Node from, Id store) throws Exception {
        StoreInfo info = get(from.stores().find(store.hex()));
        get(node.stores().join(StoreLink.of(info)));
    }

    private static CompletionStage<Id> title(Node node, Id store, String text) {
        return node.stores().write(store, it -> it.set(TITLE, Scalar.of(text)));
    }

    private static Optional<Scalar> title(Node node, Id store) throws Exception {
        return get(node.stores().read(store, view -> view.state().register(TITLE)));
    }

    private static long count(Node node, Id store) throws Exception {
        return get(node.stores().read(store, view -> view.state().counter(COUNT)));
    }

    private static List<Object> version(Node node, Id store) throws Exception {
        return get(node.stores().read(store, view -> List.of(view.state().hash(), view.heads(""))));
    }

    private static StoreStatus status(Node node) throws Exception {
        return get(node.stores().list()).get(0);
    }

    private static void refused(Code code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void whatOneWritesTheOtherReadsAndBothWrite() throws Exception {
        for (StoreInfo.Mode mode : List.of(StoreInfo.Mode.OPEN, StoreInfo.Mode.SHARED)) {
            Node alice = nodes.up("alice-" + mode);
            Node bob = nodes.up("bob-" + mode);
            connect(bob, alice);
            Id store = create(alice, mode);
            if (mode == StoreInfo.Mode.SHARED) {
                get(alice.stores().grant(store, bob.agent(), Role.WRITER));
            }
            get(title(alice, store, "hello"));
            join(bob, alice, store);
            await(10, () -> title(bob, store).equals(Optional.of(Scalar.of("hello"))));
            for (int i = 0; i < 20; i++) {
                get(alice.stores().write(store, it -> it.increment(COUNT, 1)));
                get(bob.stores().write(store, it -> it.increment(COUNT, 100)));
            }
            await(10, () -> count(alice, store) == 2020 && count(bob, store) == 2020);
            await(10, () -> version(alice, store).equals(version(bob, store)));
            nodes.close();
        }
    }

    @Test
    void aLateJoinerGetsAllFromAThirdHolderWhileTheOwnerIsGone() throws Exception {
        Node alice = nodes.up("alice");
        Node bob = nodes.up("bob");
        connect(bob, alice);
        Id store = create(alice, StoreInfo.Mode.OPEN);
        join(bob, alice, store);
        byte[] large = new byte[100_000];
        for (int i = 0; i < 12; i++) {
            Path path = Path.ROOT.at("large " + i, ObjectType.REGISTER);
            get(alice.stores().write(store, it -> it.set(path, new Scalar.Bytes(large))));
        }
        Path huge = Path.ROOT.map("huge");
        byte[] part = new byte[250_000];
        get(
                alice.stores()
                        .write(
                                store,
                                it -> {
                                    for (int i = 0; i < 4; i++) {
                                        it.set(
                                                huge.at("part " + i, ObjectType.REGISTER),
                                                new Scalar.Bytes(part));
                                    }
                                }));
        get(title(alice, store, "all"));
        await(20, () -> version(alice, store).equals(version(bob, store)));
        List<Object> version = version(alice, store);
        nodes.down(alice);
        Node carol = nodes.up("carol");
        connect(carol, bob);
        get(carol.stores().join(store.hex()));
        await(20, () -> version(carol, store).equals(version));
    }

    @Test
    void whatWasWrittenOnBothSidesOfACutIsMerged() throws Exception {
        Node alice = nodes.up("alice");
        Node bob = nodes.up("bob");
        Id store = create(alice, StoreInfo.Mode.OPEN);
        join(bob, alice, store);
        for (int i = 0; i < 300; i++) {
            get(alice.stores().write(store, it -> it.increment(COUNT, 1)));
            get(bob.stores().write(store, it -> it.increment(COUNT, 1000)));
        }
        connect(bob, alice);
        await(10, () -> count(alice, store) == 300_300 && count(bob, store) == 300_300);
        assertThat(version(alice, store)).isEqualTo(version(bob, store));
    }

    @Test
    void itIsThereAfterARestartAndWrittenToWithoutAFork() throws Exception {
        Node alice = nodes.up("alice");
        Id store = create(alice, StoreInfo.Mode.OPEN);
        get(title(alice, store, "one"));
        get(
                alice.stores()
                        .commit(
                                store,
                                "draft",
                                "try it",
                                it -> it.set(TITLE, Scalar.of("drafted"))));
        List<Object> version = version(alice, store);
        nodes.down(alice);
        Node again = nodes.up("alice");
        assertThat(version(again, store)).isEqualTo(version);
        get(title(again, store, "two"));
        get(again.stores().merge(store, "draft", "", "merge it"));
        assertThat(status(again).forked()).isEmpty();
        assertThat(status(again).changes()).isEqualTo(4);
        Node bob = nodes.up("bob");
        connect(bob, again);
        join(bob, again, store);
        await(10, () -> version(bob, store).equals(version(again, store)));
        String message = get(bob.stores().read(store, view -> view.log(1).get(0).message()));
        assertThat(message).isEqualTo("merge it");
    }

    @Test
    void whoMayNotReadGetsNothingAndWhoMayNotWriteIsRefused() throws Exception {
        Node alice = nodes.up("alice");
        Node bob = nodes.up("bob");
        connect(bob, alice);
        Id store = create(alice, StoreInfo.Mode.SHARED);
        get(title(alice, store, "secret"));
        refused(Code.NO_HOLDER, () -> get(bob.stores().join(store.hex())));
        join(bob, alice, store);
        get(title(alice, store, "still secret"));
        refused(Code.NOT_ALLOWED, () -> get(title(bob, store, "mine")));
        Thread.sleep(300);
        assertThat(status(bob).changes()).isZero();
        get(alice.stores().grant(store, bob.agent(), Role.READER));
        await(10, () -> title(bob, store).equals(Optional.of(Scalar.of("still secret"))));
        refused(Code.NOT_ALLOWED, () -> get(title(bob, store, "mine")));
        get(alice.stores().grant(store, bob.agent(), Role.WRITER));
        await(10, () -> status(bob).role() == Role.WRITER);
        get(title(bob, store, "ours"));
        await(10, () -> title(alice, store).equals(Optional.of(Scalar.of("ours"))));
        refused(Code.NOT_ALLOWED, () -> get(bob.stores().grant(store, bob.agent(), Role.ADMIN)));
    }

    @Test
    void aBlockedAgentIsNotServed() throws Exception {
        Node alice = nodes.up("alice");
        Node bob = nodes.up("bob");
        Id store = create(alice, StoreInfo.Mode.SHARED);
        get(alice.stores().grant(store, bob.agent(), Role.WRITER));
        get(title(alice, store, "not for all"));
        alice.trust().set(AgentId.of(bob.agent().bytes()), TrustLevel.BLOCKED, Optional.empty());
        connect(bob, alice);
        refused(Code.NO_HOLDER, () -> get(bob.stores().join(store.hex())));
        join(bob, alice, store);
        Thread.sleep(300);
        assertThat(status(bob).changes()).isZero();
    }

    @Test
    void writesThatComeTogetherAreOneChangeAndARefusedOneHarmsNoOther() throws Exception {
        Node alice = nodes.up("alice");
        Id store = create(alice, StoreInfo.Mode.OPEN);
        Path stock = Path.ROOT.at("stock", ObjectType.ESCROW);
        List<CompletionStage<Id>> good = new ArrayList<>();
        List<CompletionStage<Id>> bad = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            good.add(alice.stores().write(store, it -> it.increment(COUNT, 1)));
            if (i % 50 == 0) {
                bad.add(alice.stores().write(store, it -> it.spend(stock, 1)));
                bad.add(
                        alice.stores()
                                .write(
                                        store,
                                        it -> {
                                            it.increment(COUNT, 1_000_000);
                                            it.spend(stock, 1);
                                        }));
                bad.add(alice.stores().write(store, it -> {}));
                bad.add(alice.stores().write(store, it -> it.increment(TITLE, 1)));
            }
        }
        for (CompletionStage<Id> each : good) {
            assertThat(get(each)).isNotNull();
        }
        for (CompletionStage<Id> each : bad) {
            assertThatThrownBy(() -> get(each)).isInstanceOf(StoreException.class);
        }
        assertThat(count(alice, store)).isEqualTo(500);
        assertThat(status(alice).changes()).isLessThan(100);
    }

    @Test
    void writesThatDoNotFitIntoOneChangeBecomeSeveral() throws Exception {
        Node alice = nodes.up("alice");
        Id store = create(alice, StoreInfo.Mode.OPEN);
        byte[] large = new byte[200_000];
        List<CompletionStage<Id>> all = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            Path path = Path.ROOT.at("key " + i, ObjectType.REGISTER);
            all.add(alice.stores().write(store, it -> it.set(path, new Scalar.Bytes(large))));
        }
        for (CompletionStage<Id> each : all) {
            get(each);
        }
        int keys = get(alice.stores().read(store, view -> view.state().keys(Path.ROOT).size()));
        assertThat(keys).isEqualTo(40);
    }

    @Test
    void listenersHearOfEachChangeInOrder() throws Exception {
        Node alice = nodes.up("alice");
        Node bob = nodes.up("bob");
        connect(bob, alice);
        Id store = create(alice, StoreInfo.Mode.OPEN);
        join(bob, alice, store);
        List<ChangeEvent> heard = new CopyOnWriteArrayList<>();
        AutoCloseable listening = bob.stores().listen(store, heard::add);
        List<Id> written = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            written.add(get(title(alice, store, "title " + i)));
        }
        Id own = get(title(bob, store, "own"));
        await(10, () -> heard.size() == 31);
        List<Id> told = new ArrayList<>(heard.stream().map(ChangeEvent::change).toList());
        assertThat(heard.stream().filter(ChangeEvent::local).map(ChangeEvent::change))
                .containsExactly(own);
        told.remove(own);
        assertThat(told).isEqualTo(written);
        listening.close();
        get(title(alice, store, "later"));
        await(10, () -> version(alice, store).equals(version(bob, store)));
        assertThat(heard).hasSize(31);
    }

    @Test
    void undoTakesBackWhatThisAgentDidLastAlsoAfterARestart() throws Exception {
        Node alice = nodes.up("alice");
        Id store = create(alice, StoreInfo.Mode.OPEN);
        get(title(alice, store, "first"));
        Id second = get(own(alice, store, it -> it.set(TITLE, Scalar.of("second"))));
        get(own(alice, store, it -> it.increment(COUNT, 5)));
        get(own(alice, store, it -> it.increment(COUNT, 100)));
        Undone undone = get(alice.stores().undo(store, ""));
        assertThat(undone.differences())
                .containsExactly(new Difference(COUNT, "105", "5", List.of()));
        get(alice.stores().redo(store, ""));
        assertThat(count(alice, store)).isEqualTo(105);
        get(alice.stores().undo(store, ""));
        get(own(alice, store, it -> it.increment(COUNT, 7)));
        UndoList before = get(alice.stores().undoList(store, ""));
        assertThat(before.undoable()).hasSize(4);
        nodes.down(alice);
        Node again = nodes.up("alice");
        assertThat(count(again, store)).isEqualTo(12);
        assertThat(get(again.stores().undoList(store, ""))).isEqualTo(before);
        assertThat(get(again.stores().undo(store, "", second)).of()).isEqualTo(second);
        assertThat(title(again, store)).contains(Scalar.of("first"));
        get(again.stores().undo(store, ""));
        get(again.stores().undo(store, ""));
        assertThat(count(again, store)).isZero();
        nodes.down(again);
        Node third = nodes.up("alice");
        get(third.stores().undo(store, ""));
        assertThat(title(third, store)).isEmpty();
        refused(Code.NOT_FOUND, () -> get(third.stores().undo(store, "")));
        for (int i = 0; i < 4; i++) {
            get(third.stores().redo(store, ""));
        }
        assertThat(count(third, store)).isEqualTo(12);
        assertThat(title(third, store)).contains(Scalar.of("second"));
        refused(Code.NOT_FOUND, () -> get(third.stores().redo(store, "")));
    }

    private static CompletionStage<Id> own(Node node, Id store, Replica.Edit edit) {
        return node.stores().commit(store, "", "", edit);
    }

    @Test
    void undoOfABranchLeavesTheMainLine() throws Exception {
        Node alice = nodes.up("alice");
        Id store = create(alice, StoreInfo.Mode.OPEN);
        get(title(alice, store, "main"));
        get(alice.stores().commit(store, "draft", "", it -> it.set(TITLE, Scalar.of("draft"))));
        get(alice.stores().undo(store, "draft"));
        refused(Code.NOT_FOUND, () -> get(alice.stores().undo(store, "draft")));
        assertThat(get(alice.stores().undoList(store, "draft")).redoable()).hasSize(1);
        assertThat(get(alice.stores().undoList(store, "")).undoable()).hasSize(1);
        assertThat(title(alice, store)).contains(Scalar.of("main"));
    }

    @Test
    void aWatcherIsToldAtOnceAndOfAllBranchesAndNoMoreWhenItEnds() throws Exception {
        Node alice = nodes.up("alice");
        Id store = create(alice, StoreInfo.Mode.OPEN);
        get(title(alice, store, "first"));
        List<Integer> told = new CopyOnWriteArrayList<>();
        AutoCloseable watching = get(alice.stores().watch(store, told::add));
        assertThat(told).containsExactly(1);
        get(title(alice, store, "second"));
        get(alice.stores().commit(store, "draft", "", it -> it.increment(COUNT, 1)));
        await(5, () -> told.contains(3));
        assertThat(told).isSorted();
        List<String> branches =
                get(
                        alice.stores()
                                .read(
                                        store,
                                        view ->
                                                view.changes(1, 10).stream()
                                                        .map(it -> it.info().branch() + it.paths())
                                                        .toList()));
        assertThat(branches).containsExactly("[/title]", "draft[/count]");
        watching.close();
        get(title(alice, store, "third"));
        get(alice.stores().list());
        assertThat(told).doesNotContain(4);
        get(alice.stores().watch(store, told::add));
        get(alice.stores().leave(store));
        assertThat(told).endsWith(-1);
        refused(Code.NO_SUCH_STORE, () -> get(alice.stores().watch(alice.agent(), ignored -> {})));
    }

    @Test
    void whoLeftAndComesBackGetsItsOwnChangesBeforeItWrites() throws Exception {
        Node alice = nodes.up("alice");
        Node bob = nodes.up("bob");
        Id store = create(alice, StoreInfo.Mode.OPEN);
        connect(bob, alice);
        join(bob, alice, store);
        get(title(alice, store, "one"));
        await(10, () -> version(alice, store).equals(version(bob, store)));
        for (var peer : alice.network().peers()) {
            peer.disconnect("a test");
        }
        await(10, () -> alice.network().peers().isEmpty() && bob.network().peers().isEmpty());
        String link = StoreLink.of(get(alice.stores().find("notes")));
        get(alice.stores().leave(store));
        refused(Code.NO_SUCH_STORE, () -> get(title(alice, store, "gone")));
        get(alice.stores().join(link));
        assertThat(status(alice).changes()).isZero();
        refused(Code.NOT_SYNCED, () -> get(title(alice, store, "too soon")));
        connect(bob, alice);
        await(10, () -> title(alice, store).equals(Optional.of(Scalar.of("one"))));
        get(title(alice, store, "two"));
        await(10, () -> title(bob, store).equals(Optional.of(Scalar.of("two"))));
        assertThat(status(bob).forked()).isEmpty();
    }

    @Test
    void storesAreFoundByNameAndDigitsAndLinksOfOtherNetworksAreRefused() throws Exception {
        Node alice = nodes.up("alice");
        Id store = create(alice, StoreInfo.Mode.OWNED);
        assertThat(get(alice.stores().find("notes")).id()).isEqualTo(store);
        assertThat(get(alice.stores().find(store.hex().substring(0, 8))).id()).isEqualTo(store);
        refused(Code.NO_SUCH_STORE, () -> get(alice.stores().find("other")));
        create(alice, StoreInfo.Mode.OWNED);
        refused(Code.AMBIGUOUS, () -> get(alice.stores().find("notes")));
        StoreInfo foreign =
                new StoreInfo(
                        "elsewhere", alice.agent(), StoreInfo.Mode.OPEN, false, "x", new byte[16]);
        refused(Code.INVALID, () -> get(alice.stores().join(StoreLink.of(foreign))));
        refused(Code.INVALID, () -> get(alice.stores().join("parley-store:AAAA")));
        refused(Code.INVALID, () -> get(alice.stores().join("notes")));
        refused(Code.INVALID, () -> get(alice.stores().create("", StoreInfo.Mode.OPEN, false)));
    }

    @Test
    void whoGotOrMadeSomethingComparesThatStoreOnly() throws Exception {
        Node alice = nodes.up("alice");
        Node bob = nodes.up("bob");
        Node carol = nodes.up("carol");
        List<Integer> compared = new CopyOnWriteArrayList<>();
        carol.direct()
                .addHandler(
                        new RequestHandler() {
                            @Override
                            public String method() {
                                return SyncServer.METHOD;
                            }

                            @Override
                            public CompletionStage<byte[]> handle(Caller caller, byte[] body) {
                                int stores = (body.length - 2) / (2 * Id.BYTES);
                                compared.add(stores);
                                return CompletableFuture.completedStage(
                                        new SyncMessage.Compared(
                                                        Collections.nCopies(
                                                                stores,
                                                                SyncMessage.Comparison.NONE))
                                                .encode());
                            }
                        });
        Id store = create(alice, StoreInfo.Mode.SHARED);
        get(alice.stores().grant(store, bob.agent(), Role.READER));
        join(bob, alice, store);
        for (int i = 0; i < 9; i++) {
            create(bob, StoreInfo.Mode.OWNED);
        }
        connect(bob, carol);
        await(10, () -> compared.equals(List.of(10)));
        connect(bob, alice);
        get(title(alice, store, "new"));
        await(10, () -> title(bob, store).equals(Optional.of(Scalar.of("new"))));
        create(bob, StoreInfo.Mode.OWNED);
        await(10, () -> compared.size() >= 3);
        assertThat(compared.subList(1, compared.size())).containsOnly(1);
    }

    @Test
    void everyWriteIsAnsweredWhenItsStoreIsLeftMeanwhile() throws Exception {
        Node alice = nodes.up("alice");
        for (int round = 0; round < 5; round++) {
            Id store = create(alice, StoreInfo.Mode.OPEN);
            List<CompletionStage<Id>> writes = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                writes.add(
                        i % 3 == 0
                                ? alice.stores()
                                        .commit(store, "", "own", it -> it.increment(COUNT, 1))
                                : alice.stores().write(store, it -> it.increment(COUNT, 1)));
            }
            CompletionStage<Void> left = alice.stores().leave(store);
            for (CompletionStage<Id> each : writes) {
                try {
                    get(each);
                } catch (StoreException e) {
                    assertThat(e.code()).isEqualTo(Code.NO_SUCH_STORE);
                }
            }
            get(left);
        }
        try (var logs = java.nio.file.Files.list(dir.resolve("alice").resolve("log"))) {
            assertThat(logs).isEmpty();
        }
    }

    @Test
    void noStoresNameTakesThePlaceOfAnothersWholeId() throws Exception {
        Node alice = nodes.up("alice");
        Id store = create(alice, StoreInfo.Mode.OWNED);
        get(alice.stores().create(store.hex(), StoreInfo.Mode.OPEN, false));
        assertThat(get(alice.stores().find(store.hex())).id()).isEqualTo(store);
    }

    @Test
    void anAppendOnlyStoreRefusesToForget() throws Exception {
        Node alice = nodes.up("alice");
        Id store = get(alice.stores().create("log", StoreInfo.Mode.OPEN, true)).id();
        get(title(alice, store, "first"));
        refused(Code.APPEND_ONLY, () -> get(title(alice, store, "second")));
        refused(
                Code.APPEND_ONLY,
                () -> get(alice.stores().write(store, it -> it.clear(Path.ROOT))));
        CompletableFuture<Id> counted =
                alice.stores().write(store, it -> it.increment(COUNT, 1)).toCompletableFuture();
        assertThat(get(counted)).isNotNull();
    }

    /** Serves this change to whoever asks, as if it were all there is of the store. */
    private static RequestHandler serving(SignedChange change) {
        return new RequestHandler() {
            @Override
            public String method() {
                return SyncServer.METHOD;
            }

            @Override
            public CompletionStage<byte[]> handle(Caller caller, byte[] body) {
                SyncMessage answer =
                        body[0] == 3
                                ? new SyncMessage.Compared(
                                        List.of(SyncMessage.Comparison.DIFFERENT))
                                : new SyncMessage.Batch(false, List.of(change));
                return CompletableFuture.completedStage(answer.encode());
            }
        };
    }

    private static SignedChange signed(StoreInfo info, Id author, Node signer) throws Exception {
        return signed(info, author, signer, 1_800_000_000_000L - 40_000_000_000L);
    }

    private static SignedChange signed(StoreInfo info, Id author, Node signer, long millis)
            throws Exception {
        return Replica.create(info)
                .transact(
                        author,
                        millis,
                        id ->
                                ChangeSeal.encode(
                                        Optional.of(signer.identity().agentKey()),
                                        signer.identity()
                                                .signAsAgent(ChangeSeal.CONTEXT, id.bytes())),
                        it -> it.set(TITLE, Scalar.of("of " + author)));
    }

    @Test
    void whatItsAuthorDidNotSignIsNotTakenInWhoeverServesIt() throws Exception {
        Node bob = nodes.up("bob");
        Node mallory = nodes.up("mallory");
        StoreInfo info = get(bob.stores().create("notes", StoreInfo.Mode.OPEN, false));
        StoreInfo other = get(bob.stores().create("other", StoreInfo.Mode.OPEN, false));
        Id somebody = Id.parse("cd".repeat(32));
        SignedChange good = signed(info, mallory.agent(), mallory);
        byte[] broken = good.signature().clone();
        broken[broken.length - 9] ^= 1;
        List<SignedChange> bad =
                List.of(
                        signed(info, somebody, mallory),
                        signed(other, mallory.agent(), mallory),
                        new SignedChange(good.body(), broken),
                        new SignedChange(good.body(), new byte[0]));
        for (SignedChange change : bad) {
            mallory.direct().addHandler(serving(change));
            get(bob.network().connect(mallory.network().listenAddress()));
            Thread.sleep(300);
            assertThat(get(bob.stores().list())).allMatch(it -> it.changes() == 0);
            for (var peer : bob.network().peers()) {
                peer.disconnect("a test");
            }
            await(10, () -> bob.network().peers().isEmpty() && mallory.network().peers().isEmpty());
        }
        mallory.direct().addHandler(serving(good));
        connect(bob, mallory);
        await(10, () -> get(bob.stores().list()).get(0).changes() == 1);
    }

    @Test
    void whatIsAheadOfItsTimeIsStillThereAfterARestartWithoutItsAuthor() throws Exception {
        Node bob = nodes.up("bob");
        Node mallory = nodes.up("mallory");
        StoreInfo info = get(bob.stores().create("notes", StoreInfo.Mode.OPEN, false));
        long ahead = System.currentTimeMillis() + 3_600_000;
        mallory.direct().addHandler(serving(signed(info, mallory.agent(), mallory, ahead)));
        connect(bob, mallory);
        await(10, () -> status(bob).parked() == 1);
        nodes.down(bob);
        nodes.down(mallory);
        Node again = nodes.up("bob");
        assertThat(status(again).parked()).isEqualTo(1);
        assertThat(status(again).changes()).isZero();
        nodes.down(again);
        Node third = nodes.up("bob");
        assertThat(status(third).parked()).isEqualTo(1);
        get(third.stores().leave(info.id()));
        java.nio.file.Path logs = dir.resolve("bob").resolve("log");
        try (var left = java.nio.file.Files.list(logs)) {
            assertThat(left).isEmpty();
        }
    }
}
