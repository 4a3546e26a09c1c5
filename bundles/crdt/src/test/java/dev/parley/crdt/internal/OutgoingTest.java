package dev.parley.crdt.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.MemoryHistory;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.Replicas;
import dev.parley.crdt.api.Serving;
import dev.parley.crdt.api.SignedChange;
import dev.parley.crdt.api.Summary;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class OutgoingTest {
    private static final Path COUNT = Path.ROOT.at("count", ObjectType.COUNTER);
    private static final long LATER = Replicas.NOW + 86_400_000L;

    private static Replicas random(Random random, int count, int steps, boolean forks)
            throws Exception {
        Replicas replicas = Replicas.open(count);
        if (forks) {
            replicas.add(random.nextInt(count)); // two replicas of one author
        }
        for (int i = 0; i < steps; i++) {
            Replicas.Peer peer = replicas.get(random.nextInt(replicas.peers.size()));
            if (random.nextInt(3) == 0) {
                Replicas.pull(peer, replicas.get(random.nextInt(replicas.peers.size())));
            } else {
                peer.write(it -> it.increment(COUNT, 1));
            }
        }
        return replicas;
    }

    private static Set<Id> ids(Replica replica) {
        Set<Id> ids = new HashSet<>();
        for (int i = 0; i < replica.size(); i++) {
            ids.add(replica.change(i).id());
        }
        return ids;
    }

    @Property(tries = 300)
    void allThatIsMissedComesAndNothingElse(
            @ForAll long seed, @ForAll @IntRange(min = 2, max = 6) int count) throws Exception {
        Random random = new Random(seed);
        Replicas replicas = random(random, count, 60, false);
        Replica from = replicas.get(0).replica;
        Replica to = replicas.get(1).replica;
        Set<Id> had = ids(to);
        Serving serving = from.serve(to.summary());
        int size = to.size();
        while (serving.more()) {
            List<SignedChange> next = serving.next(random.nextInt(2000), 1 + random.nextInt(5));
            assertThat(next).isNotEmpty();
            for (SignedChange change : next) {
                assertThat(had).doesNotContain(change.id());
                assertThat(to.receive(change, LATER).missing()).isEmpty();
                assertThat(to.size()).isEqualTo(++size);
            }
        }
        assertThat(serving.next(1000, 10)).isEmpty();
        assertThat(ids(to)).containsAll(ids(from));
    }

    @Property(tries = 200)
    void whereAnAuthorForkedBothHaveAllAfterTheyAskedEachOtherTwice(
            @ForAll long seed,
            @ForAll @IntRange(min = 2, max = 6) int count,
            @ForAll @IntRange(min = 100, max = 4000) int bytes)
            throws Exception {
        Random random = new Random(seed);
        Replicas replicas = random(random, count, 60, true);
        Replica one = replicas.get(0).replica;
        Replica other = replicas.get(count).replica;
        for (int round = 0; round < 2; round++) {
            one.serve(other.summary(bytes))
                    .next(1 << 24, 1000)
                    .forEach(it -> other.receive(it, LATER));
            other.serve(one.summary(bytes))
                    .next(1 << 24, 1000)
                    .forEach(it -> one.receive(it, LATER));
        }
        assertThat(one.heads()).isEqualTo(other.heads());
    }

    @Property(tries = 200)
    void aSummaryThatIsTooShortForAllBringsAllTheSame(
            @ForAll long seed,
            @ForAll @IntRange(min = 2, max = 6) int count,
            @ForAll @IntRange(min = 100, max = 400) int bytes)
            throws Exception {
        Random random = new Random(seed);
        Replicas replicas = random(random, count, 60, false);
        Replica from = replicas.get(0).replica;
        Replica to = replicas.get(1).replica;
        Summary summary = to.summary(bytes);
        assertThat(summary.encode().length).isLessThanOrEqualTo(bytes);
        Serving serving = from.serve(summary);
        while (serving.more()) {
            for (SignedChange change : serving.next(5000, 100)) {
                assertThat(to.receive(change, LATER).missing()).isEmpty();
            }
        }
        assertThat(ids(to)).containsAll(ids(from));
    }

    @Test
    void aShortSummaryOfOneWhoIsUpToDateBringsNothing() throws Exception {
        Replicas replicas = Replicas.open(40);
        for (Replicas.Peer peer : replicas.peers) {
            peer.write(it -> it.increment(COUNT, 1));
        }
        Replica all = replicas.get(0).replica;
        for (Replicas.Peer peer : replicas.peers) {
            Replicas.pull(replicas.get(0), peer);
        }
        replicas.get(0).write(it -> it.increment(COUNT, 1));
        Replica other = Replica.create(replicas.info);
        all.serve(new Summary(List.of()))
                .next(1 << 24, 1 << 20)
                .forEach(it -> other.receive(it, LATER));
        assertThat(other.summary(200).tips()).hasSizeLessThan(3);
        assertThat(all.serve(other.summary(200)).more()).isFalse();
        Summary.Tip early =
                other.summary().tips().stream()
                        .filter(tip -> !other.heads().contains(tip.change()))
                        .findFirst()
                        .orElseThrow();
        assertThat(all.serve(new Summary(List.of(early))).more()).isTrue();
    }

    /** Counts what is read of it. */
    private static Replica counted(Replicas replicas, int[] reads) {
        return Replica.create(
                replicas.info,
                new dev.parley.crdt.api.History() {
                    private final MemoryHistory history = new MemoryHistory();

                    @Override
                    public void append(SignedChange change) {
                        history.append(change);
                    }

                    @Override
                    public SignedChange get(int index) {
                        reads[0]++;
                        return history.get(index);
                    }
                },
                event -> {});
    }

    @Test
    void aJoinerCostsAsMuchAsItGets() throws Exception {
        Replicas replicas = Replicas.open(20);
        int[] reads = new int[1];
        Replica all = counted(replicas, reads);
        int changes = 20_000;
        for (int i = 0; i < changes; i++) {
            int number = i;
            all.transact(
                    Replicas.author(i % 20),
                    Replicas.NOW + i,
                    Replicas::signature,
                    it -> it.increment(COUNT, number % 7 - 3));
        }
        reads[0] = 0;
        Replica joiner = Replica.create(replicas.info);
        Outgoing outgoing = (Outgoing) all.serve(joiner.summary());
        int frames = 0;
        while (outgoing.more()) {
            outgoing.next(10_000, 4096).forEach(it -> joiner.receive(it, LATER));
            frames++;
        }
        assertThat(joiner.heads()).isEqualTo(all.heads());
        assertThat(frames).isGreaterThan(300);
        assertThat(outgoing.looked()).isEqualTo(changes + 20);
        assertThat(reads[0]).isEqualTo(changes);
        // Without the thread of one exchange, as after a break: each frame looks at its own.
        int[] looked = new int[1];
        Replica second = Replica.create(replicas.info);
        List<SignedChange> next = new ArrayList<>();
        do {
            Outgoing again = (Outgoing) all.serve(second.summary());
            next = again.next(10_000, 4096);
            next.forEach(it -> second.receive(it, LATER));
            looked[0] += again.looked();
        } while (!next.isEmpty());
        assertThat(second.heads()).isEqualTo(all.heads());
        assertThat(looked[0]).isLessThan(changes + 50 * (frames + 1));
    }
}
