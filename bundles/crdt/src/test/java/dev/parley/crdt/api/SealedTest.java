package dev.parley.crdt.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Values that are sealed, and expunged by shredding their key. */
class SealedTest {
    private static final long LATER = Replicas.NOW + 86_400_000L;
    private static final Path REGISTER = Path.ROOT.at("r", ObjectType.REGISTER);
    private static final Path MULTI = Path.ROOT.at("m", ObjectType.MULTI_REGISTER);
    private static final Path SET = Path.ROOT.map("a").at("s", ObjectType.SET_ADD_WINS);
    private static final Path BANS = Path.ROOT.at("s", ObjectType.SET_REMOVE_WINS);
    private static final Path LIST = Path.ROOT.at("l", ObjectType.LIST);
    private static final Path TREE = Path.ROOT.at("t", ObjectType.TREE);
    private static final Path TASKS = Path.ROOT.at("t", ObjectType.TASKS);
    private static final Scalar ALICE = Scalar.of("alice@example.org");

    private static SealKey key(StoreInfo info, int author, int number) {
        byte[] secret = new byte[SealKey.BYTES];
        new Random(number).nextBytes(secret);
        return SealKey.of(info.id(), Replicas.author(author), secret);
    }

    private static void give(Replicas.Peer peer, SealKey... keys) {
        Map<KeyId, SealKey> ring = new HashMap<>();
        for (SealKey key : keys) {
            ring.put(key.id(), key);
        }
        peer.replica.unsealWith(id -> Optional.ofNullable(ring.get(id)));
    }

    /** Something sealed wherever a scalar stands. */
    private static void fill(Transaction it, SealKey key) throws RefusedException {
        fill(it, key, ALICE);
    }

    private static void fill(Transaction it, SealKey key, Scalar value) throws RefusedException {
        it.set(REGISTER, key.seal(value));
        it.set(MULTI, key.seal(value));
        it.add(SET, key.seal(value));
        it.list(LIST).insert(0, key.seal(value));
        it.tree(TREE).grow(ElementId.ROOT, 0, key.seal(value));
    }

    private static void finish(Replicas.Peer peer, SealKey key) throws RefusedException {
        peer.write(it -> it.tasks(TASKS).add("write to her"));
        ElementId task = peer.replica.state().tasks(TASKS).get(0).id();
        peer.write(it -> it.tasks(TASKS).claim(task, Duration.ofSeconds(60)));
        ElementId claim = peer.replica.state().task(TASKS, task).orElseThrow().claims().get(0).id();
        peer.write(it -> it.tasks(TASKS).finish(claim, key.seal(ALICE)));
    }

    private static List<Scalar> shown(State state) {
        List<Scalar> shown = new ArrayList<>(state.registers(REGISTER));
        shown.addAll(state.registers(MULTI));
        shown.addAll(state.set(SET));
        state.list(LIST).forEach(it -> shown.add(it.value()));
        state.children(TREE, ElementId.ROOT).forEach(it -> shown.add(it.label()));
        state.tasks(TASKS).forEach(it -> it.results().forEach(each -> shown.add(each.value())));
        return shown;
    }

    private static boolean contains(byte[] whole, byte[] part) {
        for (int i = 0; i + part.length <= whole.length; i++) {
            if (Arrays.equals(whole, i, i + part.length, part, 0, part.length)) {
                return true;
            }
        }
        return false;
    }

    @Test
    void aSealedValueIsReadWithItsKeyOnly() throws Exception {
        Replicas replicas = Replicas.open(2);
        SealKey key = key(replicas.info, 0, 1);
        give(replicas.get(0), key);
        SignedChange change = replicas.get(0).write(it -> fill(it, key));
        finish(replicas.get(0), key);
        assertThat(contains(change.body(), "alice".getBytes("UTF-8"))).isFalse();
        Replicas.pull(replicas.get(1), replicas.get(0));
        State with = replicas.get(0).replica.state();
        State without = replicas.get(1).replica.state();
        assertThat(shown(with)).hasSize(6).containsOnly(ALICE);
        assertThat(shown(without))
                .hasSize(6)
                .allSatisfy(it -> assertThat(it).isInstanceOf(Scalar.Sealed.class));
        assertThat(without.shown(REGISTER)).isEqualTo("(sealed)");
        assertThat(without.hash()).isEqualTo(with.hash());
        assertThat(Replica.keysOf(change)).containsExactly(key.id());
        give(replicas.get(1), key);
        assertThat(shown(without)).containsOnly(ALICE);
    }

    @Test
    void aKeyIsTheAuthorsAndTheStoresAlone() {
        StoreInfo info = Replicas.open(0).info;
        SealKey key = key(info, 0, 1);
        SealKey others = SealKey.of(info.id(), Replicas.author(1), key.secret());
        SealKey elsewhere = SealKey.of(Replicas.author(9), Replicas.author(0), key.secret());
        assertThat(others.id()).isNotEqualTo(key.id());
        assertThat(elsewhere.id()).isNotEqualTo(key.id());
        Scalar.Sealed sealed = key.seal(ALICE);
        assertThat(key.open(sealed)).contains(ALICE);
        assertThat(key.seal(ALICE)).isEqualTo(sealed);
        assertThat(key.seal(Scalar.of("bob")).content()).isNotEqualTo(sealed.content());
        // Neither under another name, nor with another byte.
        for (SealKey wrong : List.of(others, elsewhere)) {
            assertThat(wrong.open(Scalar.Sealed.of(wrong.id(), sealed.content()))).isEmpty();
        }
        for (int i = 0; i < sealed.content().length; i++) {
            byte[] changed = sealed.content().clone();
            changed[i] ^= 1;
            assertThat(key.open(Scalar.Sealed.of(key.id(), changed))).isEmpty();
        }
        assertThat(key.toString()).isEqualTo("SealKey[" + key.id() + "]");
        key.destroy();
        assertThat(key.open(sealed)).isEmpty();
        assertThatThrownBy(() -> key.seal(ALICE)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(key::secret).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shreddingExpungesEverywhereAlsoInThePastAndWithTheKeyStillThere() throws Exception {
        Replicas replicas = Replicas.open(2);
        SealKey key = key(replicas.info, 0, 1);
        give(replicas.get(0), key);
        give(replicas.get(1), key);
        replicas.get(0).write(it -> fill(it, key));
        finish(replicas.get(0), key);
        List<Id> before = replicas.get(0).replica.heads("");
        Id hash = replicas.get(0).replica.state().hash();
        replicas.get(0).write(it -> it.shred(key.id()));
        replicas.get(1)
                .replica
                .transact(
                        replicas.get(1).author,
                        replicas.get(1).clock++,
                        Replicas::signature,
                        it -> it.add(SET, key.seal(Scalar.of("beside"))));
        replicas.exchange(new Random(1));
        Scalar expunged = new Scalar.Expunged(key.id());
        for (Replicas.Peer peer : replicas.peers) {
            assertThat(peer.replica.shredded()).containsExactly(key.id());
            assertThat(shown(peer.replica.state())).hasSize(7).containsOnly(expunged);
            assertThat(shown(peer.replica.at(before))).hasSize(6).containsOnly(expunged);
            assertThat(peer.replica.at(before).hash()).isEqualTo(hash);
            assertThat(peer.replica.diff(List.of(), before))
                    .anySatisfy(it -> assertThat(it.after()).isEqualTo("(expunged)"));
            assertThatThrownBy(() -> peer.write(it -> it.shred(key.id())))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("is expunged");
            assertThatThrownBy(() -> peer.write(it -> it.set(REGISTER, expunged)))
                    .isInstanceOf(RefusedException.class);
        }
    }

    @Test
    void whoMadeAKeyMayShredItAndAnAdminAnyButNobodyElse() throws Exception {
        Replicas replicas = Replicas.open(3);
        SealKey ones = key(replicas.info, 1, 1);
        SealKey twos = key(replicas.info, 2, 2);
        for (Replicas.Peer peer : replicas.peers) {
            give(peer, ones, twos);
        }
        replicas.get(1).write(it -> it.set(REGISTER, ones.seal(ALICE)));
        replicas.get(2).write(it -> it.set(MULTI, twos.seal(ALICE)));
        replicas.exchange(new Random(1));
        assertThatThrownBy(() -> replicas.get(2).write(it -> it.shred(ones.id())))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("ADMIN");
        replicas.get(1).write(it -> it.shred(ones.id()));
        replicas.get(0).write(it -> it.shred(twos.id()));
        replicas.exchange(new Random(2));
        assertThat(replicas.get(2).replica.shredded())
                .containsExactlyInAnyOrder(ones.id(), twos.id());
    }

    @Test
    void anAppendOnlyStoreShredsAndAShredStandsAlone() throws Exception {
        Replicas replicas = new Replicas(2, StoreInfo.Mode.OPEN, true);
        SealKey key = key(replicas.info, 1, 1);
        Replicas.Peer peer = replicas.get(1);
        give(peer, key);
        peer.write(it -> it.set(REGISTER, key.seal(ALICE)));
        assertThatThrownBy(
                        () ->
                                peer.write(
                                        it -> {
                                            it.shred(key.id());
                                            it.put(Path.ROOT.map("x"));
                                        }))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("stand alone");
        assertThat(peer.replica.shredded()).isEmpty();
        peer.write(it -> it.shred(key.id()));
        assertThat(peer.replica.state().register(REGISTER)).contains(new Scalar.Expunged(key.id()));
    }

    @Test
    void whatIsShownIsRemovedFromASetAndUndoPutsItBackSealed() throws Exception {
        Replicas replicas = Replicas.open(1);
        SealKey key = key(replicas.info, 0, 1);
        Replicas.Peer peer = replicas.get(0);
        give(peer, key);
        peer.write(it -> fill(it, key));
        finish(replicas.get(0), key);
        peer.write(
                it -> {
                    it.remove(SET, ALICE);
                    it.list(LIST).replace(0, Scalar.of("nobody"));
                    it.set(REGISTER, Scalar.of("nobody"));
                });
        assertThat(peer.replica.state().set(SET)).isEmpty();
        UndoHistory undo = peer.replica.undoHistory(peer.author);
        SignedChange undone = undo.undo(peer.clock++, Replicas::signature).change();
        assertThat(contains(undone.body(), "alice".getBytes("UTF-8"))).isFalse();
        assertThat(shown(peer.replica.state())).hasSize(6).containsOnly(ALICE);
        peer.write(it -> it.shred(key.id()));
        assertThatThrownBy(() -> undo.undo(peer.clock++, Replicas::signature))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("gone for good");
    }

    @Test
    void aSnapshotWithTheShredHasNoCiphertext() throws Exception {
        Replicas replicas = Replicas.open(1);
        SealKey key = key(replicas.info, 0, 1);
        SealKey kept = key(replicas.info, 0, 2);
        Replicas.Peer peer = replicas.get(0);
        give(peer, key, kept);
        peer.write(it -> fill(it, key));
        finish(replicas.get(0), key);
        peer.write(it -> it.add(SET, kept.seal(ALICE)));
        peer.write(it -> it.shred(key.id()));
        Snapshot snapshot = peer.replica.snapshot(peer.replica.heads(""), true);
        MemoryHistory history = new MemoryHistory();
        Replica restored =
                Replica.fromCheckpoint(
                        snapshot.checkpoint(), snapshot.file(), history, event -> {});
        List<Scalar.Sealed> left = new ArrayList<>();
        restored.visitSealed((path, each) -> left.add(each));
        assertThat(left).hasSize(7);
        for (Scalar.Sealed each : left) {
            assertThat(each.isLeftOut()).isEqualTo(each.key().equals(key.id()));
        }
        assertThat(restored.shredded()).containsExactly(key.id());
        assertThat(restored.state().hash()).isEqualTo(peer.replica.state().hash());
        // Who has the whole value removes the one whose content was left out.
        SignedChange removal = peer.write(it -> it.remove(SET, key.seal(ALICE)));
        restored.receive(removal, LATER);
        assertThat(restored.state().set(SET)).hasSize(1);
        assertThat(restored.state().hash()).isEqualTo(peer.replica.state().hash());
        assertThat(restored.snapshot(restored.heads(""), true).checkpoint())
                .isEqualTo(peer.replica.snapshot(peer.replica.heads(""), true).checkpoint());
        peer.replica.compact(snapshot.checkpoint(), snapshot.file());
        assertThat(peer.replica.shredded()).containsExactly(key.id());
        assertThat(peer.replica.state().set(SET)).containsExactly(ALICE);
    }

    @Property(tries = 300)
    void whoeverKnowsAllSeesAlikeAndNothingThatIsExpunged(
            @ForAll long seed, @ForAll @IntRange(min = 2, max = 5) int count) throws Exception {
        Random random = new Random(seed);
        Replicas replicas = Replicas.open(count);
        Map<KeyId, SealKey> all = new HashMap<>();
        List<SealKey> keys = new ArrayList<>();
        for (int i = 0; i < 2 * count; i++) {
            SealKey key = key(replicas.info, i % count, i);
            keys.add(key);
            all.put(key.id(), key);
        }
        replicas.peers.forEach(it -> it.replica.unsealWith(id -> Optional.ofNullable(all.get(id))));
        for (int step = 0; step < 40; step++) {
            int number = random.nextInt(count);
            Replicas.Peer peer = replicas.get(number);
            SealKey key = keys.get(random.nextInt(keys.size()));
            Scalar plain = Scalar.of(key.id() + " " + random.nextInt(3));
            Scalar value = key.seal(plain);
            try {
                switch (random.nextInt(10)) {
                    case 0, 1 -> Replicas.pull(peer, replicas.get(random.nextInt(count)));
                    case 2 -> ModelTest.someOf(random, peer, replicas.get(random.nextInt(count)));
                    case 3 -> peer.write(it -> it.shred(key.id()));
                    case 4 -> peer.write(it -> it.add(BANS, value));
                    case 5 -> peer.write(it -> it.remove(BANS, value));
                    case 6 -> peer.write(it -> it.set(MULTI, value));
                    case 7 -> peer.write(it -> it.list(LIST).insert(0, value));
                    case 8 -> peer.write(it -> it.clear(SET));
                    default -> peer.write(it -> fill(it, key, plain));
                }
            } catch (RefusedException e) {
                boolean isExpected =
                        e.code() == RefusedException.Code.NOT_ALLOWED
                                || e.code() == RefusedException.Code.WRONG_STATE;
                assertThat(isExpected).as(e.getMessage()).isTrue();
            }
            check(random, peer);
        }
        replicas.exchange(random);
        Replica first = replicas.get(0).replica;
        for (Replicas.Peer peer : replicas.peers) {
            assertThat(peer.replica.heads()).isEqualTo(first.heads());
            assertThat(peer.replica.shredded()).isEqualTo(first.shredded());
            assertThat(peer.replica.state().hash()).isEqualTo(first.state().hash());
            check(random, peer);
        }
    }

    /** Nothing that is expunged is shown, and an index or snapshot leads to the same. */
    private static void check(Random random, Replicas.Peer peer) throws Exception {
        Replica replica = peer.replica;
        for (Scalar each : shown(replica.state())) {
            if (each instanceof Scalar.Text text) {
                KeyId key = KeyId.parse(text.value().substring(0, 32));
                assertThat(replica.isShredded(key)).isFalse();
            } else {
                assertThat(replica.isShredded(((Scalar.Expunged) each).key())).isTrue();
            }
        }
        if (replica.size() == 0 || random.nextInt(8) > 0) {
            return;
        }
        Snapshot snapshot = replica.snapshot(replica.heads(""), random.nextBoolean());
        Replica restored =
                Replica.fromCheckpoint(
                        snapshot.checkpoint(), snapshot.file(), new MemoryHistory(), event -> {});
        assertThat(restored.state().hash()).isEqualTo(replica.state().hash());
        assertThat(restored.shredded()).isEqualTo(replica.shredded());
        restored.visitSealed(
                (path, each) ->
                        assertThat(each.isLeftOut()).isEqualTo(replica.isShredded(each.key())));
        MemoryHistory history = new MemoryHistory();
        for (int i = 0; i < replica.size(); i++) {
            history.append(replica.change(i));
        }
        Replica indexed =
                Replica.fromIndex(
                        replica.index(), Optional.empty(), history, replica.size(), event -> {});
        assertThat(indexed.state().hash()).isEqualTo(replica.state().hash());
        assertThat(indexed.shredded()).isEqualTo(replica.shredded());
        Id some = replica.change(random.nextInt(replica.size())).id();
        assertThat(indexed.snapshot(List.of(some), true).checkpoint())
                .isEqualTo(replica.snapshot(List.of(some), true).checkpoint());
        SignedChange loaded = replica.change(replica.size() - 1);
        Replica whole =
                Replica.load(
                        replica.save(),
                        LATER,
                        (author, change, signature) -> true,
                        new MemoryHistory(),
                        event -> {});
        assertThat(whole.has(loaded.id())).isTrue();
        assertThat(whole.shredded()).isEqualTo(replica.shredded());
    }
}
