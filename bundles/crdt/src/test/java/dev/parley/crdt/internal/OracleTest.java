package dev.parley.crdt.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.crdt.api.Blame;
import dev.parley.crdt.api.ElementId;
import dev.parley.crdt.api.History;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.KeyId;
import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.api.MemoryHistory;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.RefusedException;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.Replicas;
import dev.parley.crdt.api.SignedChange;
import dev.parley.crdt.api.Snapshot;
import dev.parley.crdt.api.State;
import dev.parley.crdt.api.StoreInfo;
import dev.parley.crdt.api.TreeNode;
import dev.parley.crdt.api.UndoHistory;
import dev.parley.crdt.internal.Oracle.Made;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Replicas against the words of the page: whatever way a replica came to a set of changes, it calls
 * void what {@link Oracle} calls void, and shows what {@link OracleState} shows. {@code
 * -Dparley.seeds=N} plays N batches, {@code -Dparley.seed=N} says from which one on.
 */
class OracleTest {
    private static final int BATCH = 25;
    private static final long LATER = Replicas.NOW + 86_400_000L;

    static LongStream seeds() {
        long from = Long.getLong("parley.seed", 1);
        return LongStream.range(from, from + Long.getLong("parley.seeds", 8));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whateverWayTheyCameChangesMeanWhatThePageSays(long seed) throws Exception {
        for (int i = 0; i < BATCH; i++) {
            long each = seed * BATCH + i;
            try {
                new Play(each).play();
            } catch (AssertionError | RuntimeException | MalformedException e) {
                throw new AssertionError("history " + each + ": " + e.getMessage(), e);
            }
        }
    }

    private static final class Play {
        private final Random random;
        private final Oracle oracle;
        private final OracleNoise noise;
        private final List<SignedChange> changes = new ArrayList<>();

        /** Of the states of the main line, by all last changes. */
        private final Map<List<Id>, Id> hashes = new HashMap<>();

        Play(long seed) {
            random = new Random(seed);
            StoreInfo.Mode mode =
                    switch (random.nextInt(8)) {
                        case 0 -> StoreInfo.Mode.OWNED;
                        case 1, 2 -> StoreInfo.Mode.SHARED;
                        default -> StoreInfo.Mode.OPEN;
                    };
            StoreInfo info =
                    new StoreInfo(
                            "parley.test",
                            Replicas.author(0),
                            mode,
                            random.nextInt(12) == 0,
                            "test",
                            new byte[16]);
            oracle = new Oracle(info);
            noise = new OracleNoise(random, oracle);
        }

        void play() throws Exception {
            for (int i = 4 + random.nextInt(30); i > 0; i--) {
                changes.add(noise.next());
            }
            Replica replica = opening(Replica.create(oracle.info));
            receive(replica, shuffled());
            agrees("in any order", replica);
            looksBack(replica);
            agrees("after looking back", replica);
            Replica loaded =
                    opening(
                            Replica.load(
                                    replica.save(),
                                    LATER,
                                    (author, change, signature) -> true,
                                    new MemoryHistory(),
                                    event -> {}));
            agrees("from a file", loaded);
            beginsWithIndex();
            beginsWithSnapshot(replica);
            compacts();
            goesOn(replica);
        }

        /** Has all keys, also those that are shredded. */
        private Replica opening(Replica replica) {
            replica.unsealWith(oracle.seals::key);
            return replica;
        }

        private List<SignedChange> shuffled() {
            List<SignedChange> shuffled = new ArrayList<>(changes);
            Collections.shuffle(shuffled, random);
            return shuffled;
        }

        private static void receive(Replica replica, List<SignedChange> some) {
            some.forEach(it -> replica.receive(it, LATER));
        }

        /** Some changes with their past, in an order that puts each after it. */
        private List<SignedChange> some() {
            List<Made> heads = new ArrayList<>();
            for (int i = random.nextInt(4); i >= 0; i--) {
                heads.add(oracle.all.get(random.nextInt(oracle.all.size())));
            }
            return Oracle.closure(heads).stream()
                    .mapToObj(it -> oracle.all.get(it).signed())
                    .toList();
        }

        private List<Id> cut(Replica replica) {
            List<Id> frontier = some().stream().map(SignedChange::id).filter(replica::has).toList();
            return replica.stableCut(List.of(frontier));
        }

        // ---- ways ----

        private void beginsWithIndex() throws Exception {
            Disk disk = new Disk();
            Replica before = Replica.create(oracle.info, disk, event -> {});
            List<SignedChange> first = new ArrayList<>(some());
            Collections.shuffle(first, random);
            receive(before, first);
            byte[] index = before.index();
            if (random.nextBoolean()) {
                receive(before, some());
            }
            Replica after;
            try {
                after =
                        opening(
                                Replica.fromIndex(
                                        index,
                                        Optional.empty(),
                                        disk,
                                        disk.changes.size(),
                                        event -> {}));
            } catch (MalformedException e) {
                assertThat(e).hasMessageContaining("lines that part");
                return;
            }
            receive(after, shuffled());
            agrees("from an index", after);
            looksBack(after);
        }

        private void beginsWithSnapshot(Replica all) throws Exception {
            Replica giver = Replica.create(oracle.info);
            receive(giver, random.nextBoolean() ? changes : some());
            Snapshot snapshot = giver.snapshot(cut(giver), random.nextBoolean());
            boolean lacks = random.nextBoolean();
            byte[] file = lacks ? StoreSnapshotReader.withoutIds(snapshot.file()) : snapshot.file();
            Replica replica =
                    opening(
                            Replica.fromCheckpoint(
                                    snapshot.checkpoint(), file, new MemoryHistory(), event -> {}));
            Set<KeyId> cutShreds = Set.copyOf(replica.shredded());
            replica.visitSealed(
                    (path, value) ->
                            assertThat(value.isLeftOut())
                                    .isEqualTo(cutShreds.contains(value.key())));
            List<SignedChange> given = shuffled();
            if (lacks) {
                receive(replica, given.subList(0, given.size() / 2));
                agreesSoFar(replica);
                replica.addIds(snapshot.idsApart(), LATER);
            }
            receive(replica, given);
            agrees("from a snapshot", replica);
            assertThat(replica.heads()).isEqualTo(all.heads());
            List<Id> heads = replica.heads("");
            assertThat(replica.snapshot(heads, false))
                    .usingRecursiveComparison()
                    .isEqualTo(all.snapshot(heads, false));
        }

        /** What an honest author makes of it by the API means the same to all, and is not void. */
        private void goesOn(Replica replica) throws Exception {
            OracleEdits edits = new OracleEdits(random, oracle.seals);
            Id author = Replicas.author(random.nextInt(3) == 0 ? random.nextInt(5) : 9);
            UndoHistory undo = replica.undoHistory(author);
            long now = LATER;
            for (int i = 0; i < 6; i++) {
                now += random.nextInt(1500);
                long at = now;
                int before = replica.size();
                try {
                    switch (random.nextInt(8)) {
                        case 0 -> undo.undo(at, Replicas::signature);
                        case 1 -> undo.redo(at, Replicas::signature);
                        case 2 ->
                                replica.transact(
                                        author,
                                        "draft",
                                        "",
                                        at,
                                        Replicas::signature,
                                        it -> edits.edit(it, noise.paths()));
                        case 3 -> {
                            boolean in = random.nextBoolean();
                            replica.merge(
                                    author,
                                    in ? "draft" : "",
                                    in ? "" : "draft",
                                    "",
                                    at,
                                    Replicas::signature);
                        }
                        default ->
                                replica.transact(
                                        author,
                                        at,
                                        Replicas::signature,
                                        it -> edits.edit(it, noise.paths()));
                    }
                } catch (RefusedException e) {
                    assertThat(replica.size()).as("refused: " + e.getMessage()).isEqualTo(before);
                }
                for (int made = before; made < replica.size(); made++) {
                    changes.add(replica.change(made));
                    assertThat(oracle.take(replica.change(made)).isVoid).as("made").isFalse();
                }
                agrees("going on " + i, replica);
            }
            Replica other = opening(Replica.create(oracle.info));
            for (SignedChange change : shuffled()) {
                other.receive(change, now + 1_000);
            }
            agrees("received", other);
        }

        private void compacts() throws Exception {
            Disk disk = new Disk();
            Replica replica = opening(Replica.create(oracle.info, disk, event -> {}));
            receive(replica, some());
            Snapshot snapshot = replica.snapshot(cut(replica), random.nextBoolean());
            replica.compact(snapshot.checkpoint(), snapshot.file());
            receive(replica, shuffled());
            agrees("compacted", replica);
        }

        // ---- what is the same ----

        /** Times before, for which all must be there. */
        private void looksBack(Replica replica) throws RefusedException {
            for (int i = 0; i < 3; i++) {
                List<Made> heads = new ArrayList<>();
                for (int j = random.nextInt(3); j >= 0; j--) {
                    heads.add(oracle.all.get(random.nextInt(oracle.all.size())));
                }
                List<Id> ids = heads.stream().map(it -> it.id).toList();
                shows("at " + ids, replica.at(ids), Oracle.closure(heads), oracle.everything());
            }
        }

        private void agreesSoFar(Replica replica) {
            for (Made made : oracle.all) {
                if (replica.state().heads().contains(made.id)) {
                    assertThat(replica.isVoid(made.id)).isEqualTo(made.isVoid);
                }
            }
            BitSet known =
                    Oracle.closure(replica.state().heads().stream().map(oracle::get).toList());
            shows("without ids", replica.state(), known, known);
        }

        private void agrees(String way, Replica replica) throws RefusedException {
            assertThat(replica.size()).as(way).isEqualTo(changes.size());
            assertThat(replica.waiting()).as(way).isZero();
            for (Made made : oracle.all) {
                if (oracle.branch("").get(made.index) || isWhole(replica)) {
                    assertThat(replica.isVoid(made.id))
                            .as(way + ": void " + made.index + " " + made.signed())
                            .isEqualTo(made.isVoid);
                }
            }
            assertThat(replica.members()).as(way).isEqualTo(oracle.members());
            assertThat(replica.shredded())
                    .as(way)
                    .isEqualTo(oracle.seals.shredded(oracle.all, oracle.everything()));
            Id hash = replica.state().hash();
            assertThat(hashes.computeIfAbsent(replica.heads(), it -> hash)).as(way).isEqualTo(hash);
            shows(way, replica.state(), oracle.branch(""), oracle.everything());
            if (isWhole(replica)) {
                for (String branch : replica.branches()) {
                    shows(
                            way + ", branch",
                            replica.state(branch),
                            oracle.branch(branch),
                            oracle.everything());
                }
            }
        }

        private static boolean isWhole(Replica replica) {
            for (int i = 0; i < replica.size(); i++) {
                if (replica.isForgotten(i)) {
                    return false;
                }
            }
            return true;
        }

        /**
         * @param known changes whose shreds count
         */
        private void shows(String way, State state, BitSet set, BitSet known) {
            OracleState expected =
                    new OracleState(oracle, set, oracle.seals.shredded(oracle.all, known));
            assertThat(state.heads())
                    .as(way)
                    .isEqualTo(oracle.heads(set).stream().map(it -> it.id).sorted().toList());
            for (Path path : noise.paths()) {
                assertThat(shown(state, path))
                        .as(way + ": " + path + " " + path.type())
                        .isEqualTo(expected.shown(path));
                if (path.type() == ObjectType.TEXT && !way.equals("without ids")) {
                    List<Id> writers = new ArrayList<>();
                    for (Blame blame : state.blame(path)) {
                        writers.addAll(Collections.nCopies(blame.length(), blame.change()));
                    }
                    assertThat(writers).as(way).isEqualTo(expected.writers(path));
                }
            }
        }

        private static String shown(State state, Path path) {
            return switch (path.type()) {
                case MAP -> state.keys(path).toString();
                case REGISTER -> state.register(path).stream().toList().toString();
                case MULTI_REGISTER -> state.registers(path).toString();
                case COUNTER -> Long.toString(state.counter(path));
                case ESCROW -> state.shares(path).toString();
                case FLAG_ENABLE_WINS, FLAG_DISABLE_WINS -> Boolean.toString(state.flag(path));
                case SET_ADD_WINS, SET_REMOVE_WINS ->
                        new java.util.TreeSet<>(
                                        state.set(path).stream().map(Object::toString).toList())
                                .toString();
                case TEXT -> state.text(path);
                case LIST ->
                        state.list(path).stream()
                                .map(it -> it.id() + "=" + it.value())
                                .toList()
                                .toString();
                case TREE -> tree(state, path, ElementId.ROOT);
                case TASKS -> state.tasks(path).toString();
            };
        }

        private static String tree(State state, Path path, ElementId parent) {
            return state.children(path, parent).stream()
                    .map((TreeNode it) -> it.id() + "=" + it.label() + tree(state, path, it.id()))
                    .collect(Collectors.joining(",", "(", ")"));
        }
    }

    private static final class Disk implements History {
        private final List<SignedChange> changes = new ArrayList<>();
        private final Set<Integer> forgotten = new java.util.HashSet<>();

        @Override
        public void append(SignedChange change) {
            changes.add(change);
        }

        @Override
        public SignedChange get(int index) {
            assertThat(forgotten).doesNotContain(index);
            return changes.get(index);
        }

        @Override
        public void forget(int index) {
            forgotten.add(index);
        }
    }
}
