package dev.parley.crdt.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class CheckpointTest {
    private static final long LATER = Replicas.NOW + 86_400_000L;

    private static Replica restored(Snapshot snapshot) throws MalformedException {
        return Replica.fromCheckpoint(
                snapshot.checkpoint(), snapshot.file(), new MemoryHistory(), event -> {});
    }

    /** Some changes of the main line that nothing of theirs has in its past. */
    private static List<Id> randomCut(Random random, Replica replica) throws RefusedException {
        List<List<Id>> frontiers = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            List<Id> some = new ArrayList<>();
            for (int j = 1 + random.nextInt(4); j > 0; j--) {
                some.add(replica.change(random.nextInt(replica.size())).id());
            }
            frontiers.add(some);
        }
        return replica.stableCut(frontiers);
    }

    private static void giveAll(Replica to, Replica from, Random random) {
        List<SignedChange> all = new ArrayList<>();
        for (int i = 0; i < from.size(); i++) {
            if (!from.isForgotten(i)) {
                all.add(from.change(i));
            }
        }
        java.util.Collections.shuffle(all, random);
        all.forEach(it -> to.receive(it, LATER));
    }

    private static void assertAlike(Replica one, Replica other) {
        assertThat(one.heads()).isEqualTo(other.heads());
        assertThat(one.state().heads()).isEqualTo(other.state().heads());
        assertThat(one.state().hash()).isEqualTo(other.state().hash());
        assertThat(one.members()).isEqualTo(other.members());
        assertThat(one.size()).isEqualTo(other.size());
        for (SignedChange each : changes(other)) {
            if (one.state().heads().contains(each.id())) {
                assertThat(one.isVoid(each.id())).isEqualTo(other.isVoid(each.id()));
            }
        }
    }

    private static List<SignedChange> changes(Replica replica) {
        List<SignedChange> changes = new ArrayList<>();
        for (int i = 0; i < replica.size(); i++) {
            if (!replica.isForgotten(i)) {
                changes.add(replica.change(i));
            }
        }
        return changes;
    }

    @Property(tries = 400)
    void aSnapshotAndWhatCameAfterIsTheSameAsAll(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 5) int count) throws Exception {
        Random random = new Random(seed);
        Replicas replicas = HistoryFileTest.random(random, count, 30);
        // What was written at the same time as the snapshot, by somebody who knows little of it.
        Replicas.Peer late = replicas.add(7);
        if (random.nextBoolean()) {
            Replicas.pull(late, replicas.get(random.nextInt(count)));
        }
        for (int i = 0; i < 8; i++) {
            RandomEdits.write(random, late, replicas);
        }
        Replica first = replicas.get(0).replica;
        if (first.size() == 0) {
            return;
        }
        List<Id> cut = randomCut(random, first);
        Replica restored = restored(first.snapshot(cut, random.nextBoolean()));
        assertThat(restored.state().heads()).isEqualTo(cut);
        assertThat(restored.state().hash()).isEqualTo(first.at(cut).hash());
        assertThat(restored.roleAt(late.author, cut)).isEqualTo(first.roleAt(late.author, cut));
        replicas.exchange(random);
        giveAll(restored, first, random);
        assertAlike(restored, first);
        // The same by a file of what came after, which names changes below the cut.
        Snapshot base = first.snapshot(cut, false);
        Replica tail = restored(base);
        giveAll(tail, first, random);
        Replica joined = restored(base);
        joined.receiveAll(tail.save(), LATER, (author, signed, signature) -> true);
        assertAlike(joined, first);
        assertThat(restored.snapshot(restored.heads(""), false))
                .usingRecursiveComparison()
                .isEqualTo(first.snapshot(first.heads(""), false));
        // Both go on alike.
        Replicas.Peer again = replicas.get(0);
        for (int i = 0; i < 10; i++) {
            RandomEdits.step(random, replicas);
        }
        replicas.exchange(random);
        giveAll(restored, first, random);
        assertAlike(restored, first);
        SignedChange written =
                restored.transact(
                        Replicas.author(6),
                        again.clock + 1_000,
                        Replicas::signature,
                        it -> {
                            it.text(RandomEdits.TEXT).insert(0, "x");
                            it.clear(Path.ROOT);
                        });
        first.receive(written, LATER);
        assertAlike(restored, first);
    }

    @Property(tries = 400)
    void withoutIdsNothingIsJudgedOtherwiseAndWhatNamesThemWaits(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 5) int count) throws Exception {
        Random random = new Random(seed);
        Replicas replicas = HistoryFileTest.random(random, count, 30);
        for (int i = 0; i < 10; i++) {
            replicas.get(0).write(it -> it.text(RandomEdits.TEXT).insert(0, "typed"));
        }
        Replicas.Peer late = replicas.add(7);
        Replicas.pull(late, replicas.get(random.nextInt(count)));
        for (int i = 0; i < 8; i++) {
            RandomEdits.write(random, late, replicas);
        }
        Replica first = replicas.get(0).replica;
        List<Id> cut = random.nextInt(3) == 0 ? first.heads("") : randomCut(random, first);
        Snapshot snapshot = first.snapshot(cut, random.nextBoolean());
        Replica restored =
                Replica.fromCheckpoint(
                        snapshot.checkpoint(),
                        snapshot.withoutIds(),
                        new MemoryHistory(),
                        event -> {});
        assertThat(restored.lacksIds())
                .isEqualTo(snapshot.withoutIds().length < snapshot.file().length);
        assertThat(restored.state().heads()).isEqualTo(cut);
        assertThat(restored.state().hash()).isEqualTo(first.at(cut).hash());
        State state = first.at(cut);
        for (int i = 0; i < 3 && state.textLength(RandomEdits.TEXT) > 0; i++) {
            int at = random.nextInt(state.textLength(RandomEdits.TEXT) + 1);
            TextCursor cursor = restored.state().cursor(RandomEdits.TEXT, at, true);
            assertThat(state.position(RandomEdits.TEXT, cursor)).isEqualTo(at);
            assertThat(restored.state().position(RandomEdits.TEXT, cursor)).isEqualTo(at);
        }
        replicas.exchange(random);
        giveAll(restored, first, random);
        for (SignedChange each : changes(restored)) {
            if (first.state().heads().contains(each.id())) {
                assertThat(restored.isVoid(each.id())).isEqualTo(first.isVoid(each.id()));
            }
        }
        if (restored.lacksIds()) {
            assertThatThrownBy(() -> restored.snapshot(cut, false))
                    .isInstanceOf(RefusedException.class);
            assertThatThrownBy(() -> restored.addIds(new byte[32], LATER))
                    .isInstanceOf(MalformedException.class);
        }
        int before = restored.size();
        int waiting = restored.waiting();
        List<Id> applied = restored.addIds(snapshot.idsApart(), LATER);
        assertThat(applied).hasSize(restored.size() - before);
        assertThat(waiting).isGreaterThanOrEqualTo(applied.size());
        assertThat(restored.lacksIds()).isFalse();
        // What was below the cut waited as if it were new; now it is known to be there.
        giveAll(restored, first, random);
        assertAlike(restored, first);
        assertThat(restored.snapshot(restored.heads(""), false))
                .usingRecursiveComparison()
                .isEqualTo(first.snapshot(first.heads(""), false));
    }

    @Test
    void whoTypesOneKeyAfterTheOtherLeavesNoIdsInTheStateButTheFirstAndTheLast() throws Exception {
        Replicas replicas = Replicas.open(1);
        Replicas.Peer a = replicas.get(0);
        for (int i = 0; i < 1000; i++) {
            a.write(it -> it.text(RandomEdits.TEXT).insert(0, "x"));
        }
        Snapshot snapshot = a.replica.snapshot(a.replica.heads(), false);
        assertThat(snapshot.file().length - snapshot.withoutIds().length).isEqualTo(998 * 32);
        assertThat(snapshot.withoutIds().length).isLessThan(3_000);
        Snapshot other = a.replica.snapshot(List.of(a.replica.change(900).id()), false);
        Replica restored =
                Replica.fromCheckpoint(
                        snapshot.checkpoint(),
                        snapshot.withoutIds(),
                        new MemoryHistory(),
                        event -> {});
        assertThatThrownBy(() -> restored.addIds(other.idsApart(), LATER))
                .isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> restored.describe(a.replica.heads().get(0)))
                .isInstanceOf(RefusedException.class);
        assertThatThrownBy(() -> restored.compact(snapshot.checkpoint(), snapshot.withoutIds()))
                .isInstanceOf(MalformedException.class);
        // Who goes on from the last change needs no ids.
        a.write(it -> it.text(RandomEdits.TEXT).insert(3, "y"));
        assertThat(restored.receive(a.replica.change(1000), LATER).status())
                .isEqualTo(Receipt.Status.APPLIED);
        assertThat(restored.state().hash()).isEqualTo(a.replica.state().hash());
        // One that comes back from below waits until the ids are here, and is known then.
        assertThat(restored.receive(a.replica.change(500), LATER).status())
                .isEqualTo(Receipt.Status.WAITING);
        assertThat(restored.addIds(snapshot.idsApart(), LATER)).isEmpty();
        assertThat(restored.waiting()).isZero();
        assertThat(restored.receive(a.replica.change(500), LATER).status())
                .isEqualTo(Receipt.Status.KNOWN);
    }

    @Property(tries = 200)
    void whoeverHasTheSameChangesMakesTheSameCheckpoint(
            @ForAll long seed, @ForAll @IntRange(min = 2, max = 5) int count) throws Exception {
        Random random = new Random(seed);
        Replicas replicas = HistoryFileTest.random(random, count, 40);
        replicas.exchange(random);
        Replica first = replicas.get(0).replica;
        List<Id> cut = randomCut(random, first);
        Snapshot snapshot = first.snapshot(cut, false);
        for (Replicas.Peer peer : replicas.peers) {
            assertThat(peer.replica.snapshot(cut, false).checkpoint())
                    .isEqualTo(snapshot.checkpoint());
        }
        assertThat(restored(snapshot).snapshot(cut, false).checkpoint())
                .isEqualTo(snapshot.checkpoint());
        assertThat(Checkpoint.decode(snapshot.checkpoint().encode()))
                .isEqualTo(snapshot.checkpoint());
    }

    @Property(tries = 300)
    void compactionChangesNothingThatIsSeen(
            @ForAll long seed, @ForAll @IntRange(min = 2, max = 5) int count) throws Exception {
        Random random = new Random(seed);
        Replicas replicas = HistoryFileTest.random(random, count, 30);
        Replicas.Peer compacting = replicas.get(0);
        // Some frontiers are not true, and somebody else has kept what was given up.
        Set<SignedChange> archive = new LinkedHashSet<>();
        for (int round = 0; round < 3; round++) {
            for (int step = 0; step < 8; step++) {
                RandomEdits.step(random, replicas);
            }
            Replica replica = compacting.replica;
            List<List<Id>> frontiers = new ArrayList<>();
            for (Replicas.Peer peer : replicas.peers) {
                frontiers.add(random.nextInt(3) == 0 ? replica.heads() : peer.replica.heads());
            }
            List<Id> cut = replica.stableCut(frontiers);
            Id before = replica.state().hash();
            archive.addAll(changes(replica));
            Snapshot snapshot;
            try {
                snapshot = replica.snapshot(cut, false);
            } catch (RefusedException e) {
                continue; // older than the last one
            }
            try {
                replica.compact(snapshot.checkpoint(), snapshot.file());
            } catch (MalformedException e) {
                assertThat(e).hasMessageContaining("before the last one");
                continue;
            }
            assertThat(replica.state().hash()).isEqualTo(before);
            assertThat(replica.state().heads()).isEqualTo(replica.heads(""));
        }
        // Those who did not compact bring what they had not sent, and everybody goes on.
        for (int step = 0; step < 10; step++) {
            RandomEdits.step(random, replicas);
        }
        for (Replicas.Peer peer : replicas.peers) {
            archive.forEach(it -> peer.replica.receive(it, LATER));
        }
        exchange(replicas, random);
        for (Replicas.Peer peer : replicas.peers) {
            assertAlike(compacting.replica, peer.replica);
        }
    }

    private static void exchange(Replicas replicas, Random random) {
        for (int round = 0; round < 4; round++) {
            for (Replicas.Peer to : replicas.peers) {
                for (Replicas.Peer from : replicas.peers) {
                    if (!from.replica.needsCheckpoint(to.replica.summary())) {
                        giveAll(to.replica, from.replica, random);
                    }
                }
            }
        }
    }

    @Test
    void aDeletedKeyDoesNotComeBackWithSomebodyFromBefore() throws Exception {
        Replicas replicas = Replicas.open(2);
        Replicas.Peer a = replicas.get(0);
        Replicas.Peer b = replicas.get(1);
        Path key = Path.ROOT.at("k", ObjectType.REGISTER);
        a.write(it -> it.set(key, Scalar.of("old")));
        Replicas.pull(b, a);
        b.write(it -> it.set(RandomEdits.REGISTER, Scalar.of("from b, not sent")));
        a.write(it -> it.clear(key));
        for (int i = 0; i < 5; i++) {
            a.write(it -> it.text(RandomEdits.TEXT).insert(0, "x"));
        }
        Snapshot snapshot = a.replica.snapshot(a.replica.heads(""), false);
        a.replica.compact(snapshot.checkpoint(), snapshot.file());
        assertThat(a.replica.isForgotten(0)).isTrue();
        assertThat(a.replica.needsCheckpoint(b.replica.summary())).isTrue();
        for (SignedChange change : changes(b.replica)) {
            a.replica.receive(change, LATER);
        }
        assertThat(a.replica.state().register(key)).isEqualTo(Optional.empty());
        assertThat(a.replica.state().register(RandomEdits.REGISTER))
                .contains(Scalar.of("from b, not sent"));
        assertThatThrownBy(() -> a.replica.at(List.of(b.replica.change(0).id())))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("given up");
        // The other one takes the checkpoint and its own change on top.
        Replica joined = restored(snapshot);
        for (SignedChange change : changes(b.replica)) {
            joined.receive(change, LATER);
        }
        assertAlike(joined, a.replica);
    }

    @Test
    void cursorsAndUndoAcrossACompaction() throws Exception {
        Replicas replicas = Replicas.open(1);
        Replicas.Peer a = replicas.get(0);
        UndoHistory undo = a.replica.undoHistory(a.author);
        a.write(it -> it.text(RandomEdits.TEXT).insert(0, "hello world"));
        TextCursor cursor = a.replica.state().cursor(RandomEdits.TEXT, 6, false);
        a.write(it -> it.text(RandomEdits.TEXT).delete(0, 8));
        State state = a.replica.state();
        Snapshot snapshot = a.replica.snapshot(a.replica.heads(""), false);
        a.replica.compact(snapshot.checkpoint(), snapshot.file());
        assertThat(state.text(RandomEdits.TEXT)).isEqualTo("rld");
        assertThat(state.position(RandomEdits.TEXT, cursor)).isZero();
        assertThat(undo.undoable()).isEmpty();
        a.write(it -> it.text(RandomEdits.TEXT).insert(0, "wo"));
        assertThat(state.text(RandomEdits.TEXT)).isEqualTo("world");
        assertThat(undo.undoable()).hasSize(1);
        assertThat(a.replica.change(2).signature())
                .isEqualTo(Replicas.signature(a.replica.change(2).id()));
        assertThat(a.replica.describe(a.replica.heads().get(0)).operations()).isEqualTo(2);
    }

    @Test
    void enoughDifferentAdminsMustHaveSigned() throws Exception {
        Replicas replicas = new Replicas(4, StoreInfo.Mode.SHARED, false);
        Replicas.Peer owner = replicas.get(0);
        Id admin = replicas.get(1).author;
        Id writer = replicas.get(2).author;
        owner.write(
                it -> {
                    it.role(admin, Role.ADMIN);
                    it.role(writer, Role.WRITER);
                });
        Checkpoint checkpoint = owner.replica.snapshot(owner.replica.heads(""), false).checkpoint();
        List<Id> cut = checkpoint.heads();
        byte[] signature = Replicas.signature(checkpoint.id());
        SignatureCheck check =
                (author, signed, given) -> Arrays.equals(given, Replicas.signature(signed));
        Checkpoint.Approval first = new Checkpoint.Approval(owner.author, signature);
        Checkpoint.Approval second = new Checkpoint.Approval(admin, signature);
        Checkpoint.Approval third = new Checkpoint.Approval(writer, signature);
        Checkpoint.Approval wrong = new Checkpoint.Approval(admin, new byte[3]);
        java.util.function.Function<Id, Role> roles =
                agent -> {
                    try {
                        return owner.replica.roleAt(agent, cut);
                    } catch (RefusedException e) {
                        throw new IllegalStateException(e);
                    }
                };
        assertThat(checkpoint.isApproved(List.of(first, second), check, roles, 2)).isTrue();
        assertThat(checkpoint.isApproved(List.of(first, first), check, roles, 2)).isFalse();
        assertThat(checkpoint.isApproved(List.of(first, third), check, roles, 2)).isFalse();
        assertThat(checkpoint.isApproved(List.of(first, wrong), check, roles, 2)).isFalse();
    }

    @Property(tries = 300)
    void otherBytesAreNoSnapshotOfTheCheckpoint(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        Replicas replicas = HistoryFileTest.random(random, 2, 20);
        Replica replica = replicas.get(0).replica;
        Snapshot snapshot = replica.snapshot(replica.heads(""), true);
        byte[] other = snapshot.file().clone();
        other[random.nextInt(other.length)] ^= (byte) (1 << random.nextInt(8));
        try {
            Replica loaded =
                    Replica.fromCheckpoint(
                            snapshot.checkpoint(), other, new MemoryHistory(), event -> {});
            assertThat(loaded.state().hash()).isEqualTo(replica.state().hash());
        } catch (MalformedException e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
    }
}
