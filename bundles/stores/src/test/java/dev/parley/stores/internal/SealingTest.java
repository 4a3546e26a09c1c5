package dev.parley.stores.internal;

import static dev.parley.stores.internal.Nodes.await;
import static dev.parley.stores.internal.Nodes.connect;
import static dev.parley.stores.internal.Nodes.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.crdt.api.ChangeEvent;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.KeyId;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.Role;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.api.SealKey;
import dev.parley.crdt.api.StoreInfo;
import dev.parley.direct.api.Caller;
import dev.parley.direct.api.RequestHandler;
import dev.parley.storage.internal.StorageComponent;
import dev.parley.stores.api.SealStatus;
import dev.parley.stores.api.StoreException;
import dev.parley.stores.api.StoreLink;
import dev.parley.stores.api.StoreStatus;
import dev.parley.stores.internal.Nodes.Node;
import dev.parley.trust.nodes.ChildProcess;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Sealed values between containers: how keys travel, and that they are gone when they are. */
@Timeout(120)
class SealingTest {
    private static final Path NAME = Path.ROOT.map("people").at("42", ObjectType.REGISTER);
    private static final Path TAGS = Path.ROOT.at("tags", ObjectType.SET_ADD_WINS);
    private static final String PLAIN = "alice liddell of christ church";
    private static final Scalar ALICE = Scalar.of(PLAIN);

    @TempDir private java.nio.file.Path dir;
    private Nodes nodes;

    @BeforeEach
    void begin() {
        nodes = new Nodes(dir);
    }

    @AfterEach
    void end() throws Exception {
        nodes.close();
    }

    private static Id seal(StoresComponent stores, Id store, Path path, Scalar value, String label)
            throws Exception {
        return get(
                stores.write(store, get(stores.sealing(store, label, it -> it.set(path, value)))));
    }

    private static Optional<Scalar> value(Node node, Id store) throws Exception {
        return value(node.stores(), store);
    }

    private static Optional<Scalar> value(StoresComponent stores, Id store) throws Exception {
        return get(stores.read(store, view -> view.state().register(NAME)));
    }

    private static boolean isSealed(Optional<Scalar> value) {
        return value.filter(Scalar.Sealed.class::isInstance).isPresent();
    }

    private static boolean isExpunged(Optional<Scalar> value) {
        return value.filter(Scalar.Expunged.class::isInstance).isPresent();
    }

    private static KeyId key(StoresComponent stores, Id store) throws Exception {
        return get(stores.seals(store)).get(0).key();
    }

    private static boolean contains(byte[] whole, byte[] part) {
        for (int i = 0; i + part.length <= whole.length; i++) {
            if (whole[i] == part[0]
                    && Arrays.equals(whole, i, i + part.length, part, 0, part.length)) {
                return true;
            }
        }
        return false;
    }

    /** The files in which these bytes stand. */
    private static List<java.nio.file.Path> having(java.nio.file.Path folder, byte[] bytes)
            throws Exception {
        List<java.nio.file.Path> found = new ArrayList<>();
        try (Stream<java.nio.file.Path> files = Files.walk(folder)) {
            for (java.nio.file.Path file : files.filter(Files::isRegularFile).toList()) {
                if (contains(Files.readAllBytes(file), bytes)) {
                    found.add(file);
                }
            }
        }
        return found;
    }

    private java.nio.file.Path keyFile(String node, Id store, KeyId key) {
        return dir.resolve(node).resolve("secrets").resolve(store.hex()).resolve(key.hex());
    }

    /** The key itself, as its file has it behind version and author. */
    private byte[] secret(String node, Id store, KeyId key) throws Exception {
        return Arrays.copyOfRange(Files.readAllBytes(keyFile(node, store, key)), 33, 65);
    }

    private Id shared(Node owner, Node... others) throws Exception {
        StoreInfo info = get(owner.stores().create("people", StoreInfo.Mode.SHARED, false));
        for (Node other : others) {
            get(owner.stores().grant(info.id(), other.agent(), Role.WRITER));
            get(other.stores().join(StoreLink.of(info)));
        }
        return info.id();
    }

    @Test
    void aKeyFollowsItsValueToWhoMayReadAndIsDestroyedEverywhere() throws Exception {
        Node alice = nodes.up("alice");
        Node bob = nodes.up("bob");
        Node carol = nodes.up("carol");
        Id store = shared(alice, bob, carol);
        List<ChangeEvent> heard = new CopyOnWriteArrayList<>();
        bob.stores().listen(store, heard::add);
        connect(alice, bob);
        connect(bob, carol);
        seal(alice.stores(), store, NAME, ALICE, "customer 42");
        KeyId key = key(alice.stores(), store);
        await(20, () -> value(bob, store).equals(Optional.of(ALICE)));
        await(20, () -> value(carol, store).equals(Optional.of(ALICE)));
        assertThat(get(carol.stores().seals(store)))
                .containsExactly(
                        new SealStatus(
                                key, "", Optional.of(alice.agent()), 1, SealStatus.Status.HELD));
        byte[] secret = secret("alice", store, key);
        for (String name : List.of("alice", "bob", "carol")) {
            assertThat(having(dir.resolve(name), secret)).hasSize(1);
        }
        assertThat(having(dir, PLAIN.getBytes(StandardCharsets.UTF_8))).isEmpty();
        // Carol is away.
        nodes.down(carol);
        await(10, () -> bob.network().peers().size() == 1);
        java.nio.file.Path backup = dir.resolve("backup");
        Files.copy(keyFile("bob", store, key), backup);
        assertThatThrownBy(() -> get(bob.stores().expunge(store, key)))
                .isInstanceOfSatisfying(
                        StoreException.class,
                        e -> assertThat(e.code()).isEqualTo(StoreException.Code.NOT_ALLOWED));
        assertThat(value(bob, store)).contains(ALICE);
        heard.clear();
        get(alice.stores().expunge(store, key));
        assertThat(keyFile("alice", store, key)).doesNotExist();
        assertThat(isExpunged(value(alice, store))).isTrue();
        await(20, () -> isExpunged(value(bob, store)));
        await(20, () -> !Files.exists(keyFile("bob", store, key)));
        await(20, () -> heard.stream().anyMatch(event -> event.paths().contains(NAME)));
        assertThat(heard).extracting(ChangeEvent::author).containsOnly(alice.agent());
        Node back = nodes.up("carol");
        assertThat(value(back, store)).contains(ALICE);
        connect(back, bob);
        await(20, () -> isExpunged(value(back, store)));
        await(20, () -> !Files.exists(keyFile("carol", store, key)));
        Files.delete(backup);
        assertThat(having(dir, secret)).isEmpty();
        assertThat(having(dir, PLAIN.getBytes(StandardCharsets.UTF_8))).isEmpty();
        assertThatThrownBy(() -> get(alice.stores().expunge(store, key)))
                .isInstanceOfSatisfying(
                        StoreException.class,
                        e -> assertThat(e.code()).isEqualTo(StoreException.Code.WRONG_STATE));
        // The label is free: a new key.
        seal(alice.stores(), store, NAME, Scalar.of("again"), "customer 42");
        await(20, () -> value(bob, store).equals(Optional.of(Scalar.of("again"))));
    }

    @Test
    void aKeyThatComesLateOpensItsValuesAndSaysSo() throws Exception {
        Node alice = nodes.up("alice");
        Node bob = nodes.up("bob");
        Node carol = nodes.up("carol");
        Id store = shared(alice, bob, carol);
        seal(alice.stores(), store, NAME, ALICE, "customer 42");
        KeyId key = key(alice.stores(), store);
        // Bob gets the value and no key, as if his disk had lost it.
        connect(alice, bob);
        await(20, () -> value(bob, store).equals(Optional.of(ALICE)));
        nodes.down(alice);
        nodes.down(bob);
        Files.delete(keyFile("bob", store, key));
        Node poor = nodes.up("bob");
        assertThat(isSealed(value(poor, store))).isTrue();
        connect(carol, poor);
        await(20, () -> isSealed(value(carol, store)));
        List<ChangeEvent> heard = new CopyOnWriteArrayList<>();
        carol.stores().listen(store, heard::add);
        Node back = nodes.up("alice");
        connect(back, poor);
        await(20, () -> value(poor, store).equals(Optional.of(ALICE)));
        connect(back, carol);
        await(20, () -> value(carol, store).equals(Optional.of(ALICE)));
        await(5, () -> heard.stream().anyMatch(event -> event.paths().contains(NAME)));
    }

    @Test
    void whoJoinsGetsAllKeysAtOnceHoweverManyThereAre() throws Exception {
        Node alice = nodes.up("alice");
        Node bob = nodes.up("bob");
        Id store = shared(alice, bob);
        // More than seven questions are for, as many as there are before the next round.
        int count = 7 * SyncMessage.MAX_IDS + 10;
        List<CompletionStage<Id>> written = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Scalar value = Scalar.of(i);
            var edit = get(alice.stores().sealing(store, "c" + i, it -> it.add(TAGS, value)));
            written.add(alice.stores().write(store, edit));
        }
        for (CompletionStage<Id> each : written) {
            get(each);
        }
        connect(alice, bob);
        await(
                20,
                () -> {
                    List<SealStatus> seals = get(bob.stores().seals(store));
                    return seals.size() == count
                            && seals.stream().allMatch(it -> it.status() == SealStatus.Status.HELD);
                });
    }

    @Test
    void anOldKeyFileThatIsBroughtBackGoesAtTheNextStart() throws Exception {
        StorageComponent storage = new StorageComponent(dir.resolve("alone"));
        StoresComponent stores = Offline.open(dir.resolve("alone"), storage);
        Id store = get(stores.create("people", StoreInfo.Mode.SHARED, false)).id();
        seal(stores, store, NAME, ALICE, "customer 42");
        KeyId key = key(stores, store);
        byte[] old = Files.readAllBytes(keyFile("alone", store, key));
        get(stores.expunge(store, key));
        stores.close();
        storage.close();
        Files.write(keyFile("alone", store, key), old);
        StorageComponent again = new StorageComponent(dir.resolve("alone"));
        StoresComponent opened = Offline.open(dir.resolve("alone"), again);
        assertThat(isExpunged(value(opened, store))).isTrue();
        assertThat(keyFile("alone", store, key)).doesNotExist();
        assertThat(having(dir.resolve("alone"), Arrays.copyOfRange(old, 33, 65))).isEmpty();
        // Who leaves keeps no keys either.
        seal(opened, store, NAME, ALICE, "customer 43");
        byte[] other = secret("alone", store, get(opened.seals(store)).get(0).key());
        get(opened.leave(store));
        assertThat(having(dir.resolve("alone"), other)).isEmpty();
        opened.close();
        again.close();
    }

    @Test
    void whatCannotBeSealedIsRefusedAndNothingOfItIsWritten() throws Exception {
        StorageComponent storage = new StorageComponent(dir.resolve("alone"));
        StoresComponent stores = Offline.open(dir.resolve("alone"), storage);
        Id store = get(stores.create("people", StoreInfo.Mode.SHARED, false)).id();
        Path text = Path.ROOT.at("t", ObjectType.TEXT);
        assertThatThrownBy(
                        () ->
                                get(
                                        stores.write(
                                                store,
                                                get(
                                                        stores.sealing(
                                                                store,
                                                                "x",
                                                                it -> {
                                                                    it.add(TAGS, ALICE);
                                                                    it.text(text).insert(0, PLAIN);
                                                                })))))
                .isInstanceOfSatisfying(
                        StoreException.class,
                        e -> assertThat(e.code()).isEqualTo(StoreException.Code.INVALID))
                .hasMessageContaining("a text cannot be sealed");
        assertThat(get(stores.list()).get(0).changes()).isZero();
        for (String label : List.of("", " ", "a\nb", "x".repeat(129), "0".repeat(32))) {
            assertThatThrownBy(() -> get(stores.sealing(store, label, it -> it.add(TAGS, ALICE))))
                    .as(label)
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("a label has");
        }
        assertThatThrownBy(() -> get(stores.expunge(store, new KeyId(1, 2))))
                .isInstanceOfSatisfying(
                        StoreException.class,
                        e -> assertThat(e.code()).isEqualTo(StoreException.Code.NOT_FOUND));
        // An edit that was made for a key that is expunged before it is written.
        var edit = get(stores.sealing(store, "y", it -> it.set(NAME, ALICE)));
        seal(stores, store, NAME, ALICE, "y");
        KeyId key =
                get(stores.seals(store)).stream()
                        .filter(it -> it.label().equals("y"))
                        .findAny()
                        .orElseThrow()
                        .key();
        get(stores.expunge(store, key));
        assertThatThrownBy(() -> get(stores.write(store, edit)))
                .isInstanceOfSatisfying(
                        StoreException.class,
                        e -> assertThat(e.code()).isEqualTo(StoreException.Code.WRONG_STATE));
        stores.close();
        storage.close();
    }

    @Test
    void afterACompactionWhatIsExpungedIsNotEvenThereEncrypted() throws Exception {
        Node alice = nodes.up("alice");
        StoreInfo info = get(alice.stores().create("people", StoreInfo.Mode.SHARED, false));
        Id store = info.id();
        seal(alice.stores(), store, NAME, ALICE, "customer 42");
        seal(alice.stores(), store, Path.ROOT.at("kept", ObjectType.REGISTER), ALICE, "kept");
        List<byte[]> contents = new ArrayList<>();
        for (SealStatus each : get(alice.stores().seals(store))) {
            SealKey key = SealKey.of(store, alice.agent(), secret("alice", store, each.key()));
            contents.add(key.seal(ALICE).content());
        }
        KeyId key = key(alice.stores(), store);
        assertThat(having(dir, contents.get(0))).isNotEmpty();
        get(alice.stores().expunge(store, key));
        assertThat(having(dir, contents.get(0))).isNotEmpty();
        assertThat(get(alice.stores().compact(store)).done()).isTrue();
        assertThat(having(dir, contents.get(0))).isEmpty();
        assertThat(isExpunged(value(alice, store))).isTrue();
        nodes.down(alice);
        Node again = nodes.up("alice");
        assertThat(isExpunged(value(again, store))).isTrue();
        // A newcomer begins with the checkpoint, and asks for the key that is left.
        Node bob = nodes.up("bob");
        get(again.stores().grant(store, bob.agent(), Role.READER));
        get(bob.stores().join(StoreLink.of(info)));
        connect(bob, again);
        await(20, () -> isExpunged(value(bob, store)));
        Path kept = Path.ROOT.at("kept", ObjectType.REGISTER);
        await(
                20,
                () ->
                        get(bob.stores().read(store, view -> view.state().register(kept)))
                                .equals(Optional.of(ALICE)));
        assertThat(having(dir.resolve("bob"), contents.get(0))).isEmpty();
        assertThat(keyFile("bob", store, key)).doesNotExist();
    }

    /** Answers every question with keys. */
    private static RequestHandler giving(List<SyncMessage.GivenKey> keys) {
        return new RequestHandler() {
            @Override
            public String method() {
                return SyncServer.METHOD;
            }

            @Override
            public CompletionStage<byte[]> handle(Caller caller, byte[] body) {
                return CompletableFuture.completedStage(new SyncMessage.Keys(keys).encode());
            }
        };
    }

    @Test
    void anotherKeyThanWasAskedForIsNotTakenAndWhoMayNotReadGetsNone() throws Exception {
        Node alice = nodes.up("alice");
        Node bob = nodes.up("bob");
        Node mallory = nodes.up("mallory");
        Id store = shared(alice, bob);
        seal(alice.stores(), store, NAME, ALICE, "customer 42");
        KeyId key = key(alice.stores(), store);
        byte[] secret = secret("alice", store, key);
        connect(alice, bob);
        await(20, () -> value(bob, store).equals(Optional.of(ALICE)));
        nodes.down(alice);
        nodes.down(bob);
        Files.delete(keyFile("bob", store, key));
        Node poor = nodes.up("bob");
        SealKey real = SealKey.of(store, alice.agent(), secret);
        List<SyncMessage.GivenKey> wrong =
                List.of(
                        new SyncMessage.GivenKey(alice.agent(), new byte[SealKey.BYTES]),
                        new SyncMessage.GivenKey(mallory.agent(), secret));
        mallory.direct().addHandler(giving(wrong));
        connect(poor, mallory);
        Thread.sleep(700);
        assertThat(isSealed(value(poor, store))).isTrue();
        try (Stream<java.nio.file.Path> files =
                Files.list(keyFile("bob", store, key).getParent())) {
            assertThat(files).isEmpty();
        }
        // With the right one it is taken, whoever gives it.
        mallory.direct()
                .addHandler(giving(List.of(new SyncMessage.GivenKey(real.author(), secret))));
        await(20, () -> value(poor, store).equals(Optional.of(ALICE)));
        byte[] question = new SyncMessage.AskKeys(store, List.of(key)).encode();
        assertThatThrownBy(
                        () ->
                                get(
                                        mallory.direct()
                                                .request(
                                                        poor.identity().machine(),
                                                        SyncServer.METHOD,
                                                        question,
                                                        java.time.Duration.ofSeconds(5))))
                .hasMessageContaining("not here, or not for you");
    }

    /** The child: expunges, and ends before a step. */
    public static void main(String[] words) throws Exception {
        java.nio.file.Path data = java.nio.file.Path.of(words[0]);
        CountingStorage storage =
                new CountingStorage(new StorageComponent(data), Integer.parseInt(words[1]));
        StoresComponent stores = Offline.open(data, storage, 100_000);
        Id store = get(stores.find("people")).id();
        for (SealStatus each : get(stores.seals(store))) {
            if (each.status() == SealStatus.Status.HELD) {
                get(stores.expunge(store, each.key()));
            }
        }
        System.exit(0);
    }

    @Test
    void aKillBetweenTheShredAndTheEndOfTheKeyIsMadeGoodAtTheNextStart() throws Exception {
        java.nio.file.Path data = Files.createDirectories(dir.resolve("killed"));
        StorageComponent storage = new StorageComponent(data);
        StoresComponent stores = Offline.open(data, storage);
        Id store = get(stores.create("people", StoreInfo.Mode.SHARED, false)).id();
        seal(stores, store, NAME, ALICE, "customer 42");
        seal(stores, store, Path.ROOT.at("other", ObjectType.REGISTER), ALICE, "customer 43");
        List<byte[]> secrets = new ArrayList<>();
        for (SealStatus each : get(stores.seals(store))) {
            secrets.add(secret("killed", store, each.key()));
        }
        stores.close();
        storage.close();
        List<Integer> ended = new ArrayList<>();
        int left = 2;
        for (int last = 0; last <= 3 && left >= 0; last++) {
            Process child = ChildProcess.of(SealingTest.class, data, last).inheritIO().start();
            ended.add(child.waitFor());
            long before = 0;
            for (byte[] secret : secrets) {
                before += having(data, secret).size();
            }
            StorageComponent after = new StorageComponent(data);
            StoresComponent again = Offline.open(data, after);
            StoreStatus status = get(again.list()).get(0);
            assertThat(status.damage()).isEmpty();
            assertThat(status.forked()).isEmpty();
            int held = 0;
            for (SealStatus each : get(again.seals(store))) {
                boolean isHeld = each.status() == SealStatus.Status.HELD;
                held += isHeld ? 1 : 0;
                assertThat(Files.exists(keyFile("killed", store, each.key()))).isEqualTo(isHeld);
            }
            if (ended.get(last) == 9) {
                assertThat(before).as("killed before the key was gone").isEqualTo(held + 1);
            }
            left = held;
            again.close();
            after.close();
        }
        assertThat(ended).contains(9).endsWith(0);
        for (byte[] secret : secrets) {
            assertThat(having(data, secret)).isEmpty();
        }
    }
}
