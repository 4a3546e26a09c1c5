package dev.parley.crdt.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class HistoryIndexTest {
    private static final long LATER = Replicas.NOW + 86_400_000L;

    /** What a disk has: changes without those that were given up; counts who reads it. */
    private static final class Disk implements History {
        private final List<SignedChange> changes = new ArrayList<>();
        private final Set<Integer> read = new HashSet<>();

        @Override
        public void append(SignedChange change) {
            changes.add(change);
        }

        @Override
        public SignedChange get(int index) {
            read.add(index);
            return changes.get(index);
        }

        /** In the order of a replica's own history. */
        static Disk of(List<SignedChange> appended, Replica replica) {
            Disk disk = new Disk();
            for (SignedChange change : appended) {
                int index = replica.indexOf(change.id());
                if (index >= 0 && !replica.isForgotten(index)) {
                    disk.append(change);
                }
            }
            return disk;
        }
    }

    private static Replica open(byte[] index, Optional<byte[]> floor, Disk disk) throws Exception {
        return Replica.fromIndex(index, floor, disk, disk.changes.size(), event -> {});
    }

    /** Nothing if somebody forked beside what the index has: then all is taken in again. */
    private static Optional<Replica> openUnlessForked(
            byte[] index, Optional<byte[]> floor, Disk disk, Replica of) throws Exception {
        try {
            return Optional.of(open(index, floor, disk));
        } catch (MalformedException e) {
            assertThat(e).hasMessageContaining("lines that part");
            assertThat(of.forks()).isNotEmpty();
            return Optional.empty();
        }
    }

    private static void assertSame(Replica one, Replica other) throws RefusedException {
        assertThat(one.heads()).isEqualTo(other.heads());
        assertThat(one.state().heads()).isEqualTo(other.state().heads());
        assertThat(one.state().hash()).isEqualTo(other.state().hash());
        assertThat(one.members()).isEqualTo(other.members());
        assertThat(one.size()).isEqualTo(other.size());
        assertThat(one.branches()).isEqualTo(other.branches());
        assertThat(one.forks().stream().map(Fork::author).sorted())
                .containsExactlyElementsOf(
                        other.forks().stream().map(Fork::author).sorted().toList());
        assertThat(new HashSet<>(one.summary().tips()))
                .isEqualTo(new HashSet<>(other.summary().tips()));
        for (String branch : one.branches()) {
            assertThat(one.heads(branch)).isEqualTo(other.heads(branch));
            assertThat(hash(one, one.heads(branch))).isEqualTo(hash(other, one.heads(branch)));
        }
        for (int i = 0; i < other.size(); i++) {
            int index = i;
            if (other.isForgotten(i)) {
                continue;
            }
            SignedChange change = other.change(index);
            assertThat(one.change(one.indexOf(change.id())).signature())
                    .isEqualTo(change.signature());
            assertThat(one.isVoid(change.id())).isEqualTo(other.isVoid(change.id()));
            if (i % 7 == 0) {
                List<Id> version = List.of(change.id());
                assertThat(hash(one, version)).isEqualTo(hash(other, version));
            }
        }
    }

    /** What is not given up, as it was taken in. */
    private static List<Id> order(Replica replica) {
        return all(replica).stream().map(SignedChange::id).toList();
    }

    /** Nothing if it needs what was given up. */
    private static Optional<Id> hash(Replica replica, List<Id> version) {
        try {
            return Optional.of(replica.at(version).hash());
        } catch (RefusedException e) {
            return Optional.empty();
        }
    }

    private static List<SignedChange> all(Replica replica) {
        List<SignedChange> all = new ArrayList<>();
        for (int i = 0; i < replica.size(); i++) {
            if (!replica.isForgotten(i)) {
                all.add(replica.change(i));
            }
        }
        return all;
    }

    private static void steps(Random random, Replicas replicas, int count) throws Exception {
        for (int i = 0; i < count; i++) {
            RandomEdits.step(random, replicas);
        }
    }

    @Property(tries = 300)
    void anIndexAndWhatCameAfterIsTheSameAsAll(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 5) int count) throws Exception {
        Random random = new Random(seed);
        Replicas replicas = HistoryFileTest.random(random, count, 30);
        Replica first = replicas.get(0).replica;
        byte[] index = first.index();
        if (random.nextBoolean()) {
            steps(random, replicas, 10);
        }
        Disk disk = Disk.of(all(first), first);
        Optional<Replica> once = openUnlessForked(index, Optional.empty(), disk, first);
        if (once.isEmpty()) {
            return;
        }
        Replica opened = once.get();
        assertSame(opened, first);
        assertThat(order(opened)).isEqualTo(order(first));
        // An index of one that was opened by an index.
        Replica again = open(opened.index(), Optional.empty(), disk);
        assertSame(again, first);
        assertThat(order(again)).isEqualTo(order(first));
        // All go on alike.
        steps(random, replicas, 10);
        replicas.exchange(random);
        List<SignedChange> rest = all(first);
        java.util.Collections.shuffle(rest, random);
        rest.forEach(it -> again.receive(it, LATER));
        assertSame(again, first);
        assertThat(again.snapshot(again.heads(""), false))
                .usingRecursiveComparison()
                .isEqualTo(first.snapshot(first.heads(""), false));
    }

    @Property(tries = 300)
    void soItIsAboveACheckpoint(@ForAll long seed, @ForAll @IntRange(min = 1, max = 4) int count)
            throws Exception {
        Random random = new Random(seed);
        Replicas replicas = HistoryFileTest.random(random, count, 30);
        Replica first = replicas.get(0).replica;
        List<List<Id>> frontiers = new ArrayList<>();
        replicas.peers.forEach(peer -> frontiers.add(peer.replica.heads()));
        Snapshot floor = first.snapshot(first.stableCut(frontiers), false);
        boolean joined = random.nextBoolean();
        List<SignedChange> before = all(first);
        if (!joined) {
            first.compact(floor.checkpoint(), floor.file());
        }
        Disk disk = new Disk();
        Replica base = Replica.fromCheckpoint(floor.checkpoint(), floor.file(), disk, event -> {});
        before.forEach(it -> base.receive(it, LATER));
        Replica compacted = joined ? base : first;
        steps(random, replicas, 10);
        for (SignedChange each : all(first)) {
            base.receive(each, LATER);
        }
        List<SignedChange> appended = joined ? disk.changes : all(first);
        Disk kept = Disk.of(List.copyOf(appended), compacted);
        Optional<Replica> once =
                openUnlessForked(compacted.index(), Optional.of(floor.file()), kept, compacted);
        if (once.isEmpty()) {
            return;
        }
        Replica opened = once.get();
        assertSame(opened, compacted);
        assertThat(order(opened)).isEqualTo(order(compacted));
        // Compacted once more, and opened once more.
        Snapshot higher = opened.snapshot(opened.heads(""), false);
        List<SignedChange> above = all(opened);
        opened.compact(higher.checkpoint(), higher.file());
        assertThat(opened.state().hash()).isEqualTo(compacted.state().hash());
        Disk least = Disk.of(above, opened);
        Replica last = open(opened.index(), Optional.of(higher.file()), least);
        assertSame(last, opened);
        byte[] other = opened.index();
        assertThatThrownBy(() -> open(other, Optional.empty(), least))
                .isInstanceOf(MalformedException.class);
    }

    @Test
    void onlyTheRestOfTheHistoryIsRead() throws Exception {
        Replicas replicas = Replicas.open(1);
        Replicas.Peer peer = replicas.get(0);
        for (int i = 0; i < 500; i++) {
            String key = "key " + i % 20;
            peer.write(it -> it.set(Path.ROOT.at(key, ObjectType.REGISTER), Scalar.of("x")));
        }
        byte[] index = peer.replica.index();
        for (int i = 0; i < 5; i++) {
            peer.write(it -> it.increment(Path.ROOT.at("count", ObjectType.COUNTER), 1));
        }
        Disk disk = Disk.of(all(peer.replica), peer.replica);
        Replica opened = open(index, Optional.empty(), disk);
        assertThat(disk.read).containsExactlyInAnyOrder(499, 500, 501, 502, 503, 504);
        assertSame(opened, peer.replica);
    }

    @Test
    void anIndexOfMoreThanIsThereOrOfAnotherHistoryIsRefused() throws Exception {
        Replicas replicas = Replicas.open(1);
        Replicas.Peer peer = replicas.get(0);
        Path count = Path.ROOT.at("count", ObjectType.COUNTER);
        for (int i = 0; i < 10; i++) {
            peer.write(it -> it.increment(count, 1));
        }
        byte[] index = peer.replica.index();
        Disk shorter = Disk.of(all(peer.replica).subList(0, 9), peer.replica);
        assertThatThrownBy(() -> open(index, Optional.empty(), shorter))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("10 changes");
        Disk other = Disk.of(all(peer.replica), peer.replica);
        other.changes.add(other.changes.remove(0));
        assertThatThrownBy(() -> open(index, Optional.empty(), other))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("another history");
    }

    @Property(tries = 500)
    void otherBytesAreRefusedOrMeanTheSame(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        Replicas replicas = HistoryFileTest.random(random, 2, 15);
        Replica replica = replicas.get(0).replica;
        byte[] index = replica.index();
        byte[] other =
                random.nextInt(4) == 0
                        ? java.util.Arrays.copyOf(index, random.nextInt(index.length))
                        : index.clone();
        if (other.length == index.length) {
            other[random.nextInt(other.length)] ^= (byte) (1 << random.nextInt(8));
        }
        try {
            open(other, Optional.empty(), Disk.of(all(replica), replica));
        } catch (MalformedException e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
    }
}
