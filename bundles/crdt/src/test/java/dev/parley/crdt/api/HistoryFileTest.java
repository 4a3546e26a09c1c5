package dev.parley.crdt.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class HistoryFileTest {
    private static final long LATER = Replicas.NOW + 86_400_000L;

    static Replica load(byte[] file) throws MalformedException {
        return Replica.load(
                file,
                LATER,
                (author, change, signature) -> Arrays.equals(signature, Replicas.signature(change)),
                new MemoryHistory(),
                event -> {});
    }

    static Replicas random(Random random, int count, int steps) throws Exception {
        Replicas replicas = Replicas.open(count);
        if (random.nextInt(3) == 0) {
            replicas.add(random.nextInt(count)); // two replicas of one author: it will fork
        }
        for (Replicas.Peer peer : replicas.peers) {
            peer.clock += random.nextLong() % 36_000_000L;
        }
        for (int step = 0; step < steps; step++) {
            RandomEdits.step(random, replicas);
        }
        return replicas;
    }

    @Property(tries = 200)
    void aFileGivesTheSameReplicaAgain(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 5) int count) throws Exception {
        Random random = new Random(seed);
        Replicas replicas = random(random, count, 40);
        replicas.exchange(random);
        Replica first = replicas.get(0).replica;
        byte[] file = first.save();
        for (Replicas.Peer peer : replicas.peers) {
            assertThat(peer.replica.save()).isEqualTo(file);
        }
        Replica loaded = load(file);
        assertThat(loaded.heads()).isEqualTo(first.heads());
        assertThat(loaded.size()).isEqualTo(first.size());
        assertThat(loaded.state().hash()).isEqualTo(first.state().hash());
        for (int i = 0; i < loaded.size(); i++) {
            SignedChange change = loaded.change(i);
            assertThat(new SignedChange(change.body(), change.signature()).id())
                    .isEqualTo(change.id());
            assertThat(loaded.isVoid(change.id())).isEqualTo(first.isVoid(change.id()));
        }
        assertThat(loaded.save()).isEqualTo(file);
    }

    @Property(tries = 100)
    void aPartIsTakenInWhereTheRestIs(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        Replicas replicas = random(random, 3, 20);
        Replica some = load(replicas.get(0).replica.save());
        for (int step = 0; step < 20; step++) {
            RandomEdits.step(random, replicas);
        }
        replicas.exchange(random);
        Replica all = replicas.get(1).replica;
        some.receiveAll(all.save(), LATER, (author, change, signature) -> true);
        assertThat(some.heads()).isEqualTo(all.heads());
        assertThat(some.state().hash()).isEqualTo(all.state().hash());
        if (!some.heads("").isEmpty()) {
            Id head = all.heads("").get(0);
            Replica version = load(all.save(List.of(head)));
            assertThat(version.state().hash()).isEqualTo(all.at(List.of(head)).hash());
        }
    }

    @Property(tries = 300)
    void otherBytesAreRefusedOrTheSameHistory(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        Replicas replicas = random(random, 2, 15);
        replicas.exchange(random);
        byte[] file = replicas.get(0).replica.save();
        byte[] other = file.clone();
        if (random.nextBoolean()) {
            other[random.nextInt(other.length)] ^= (byte) (1 << random.nextInt(8));
        } else {
            other = Arrays.copyOf(other, random.nextInt(other.length));
        }
        try {
            Replica loaded = load(other);
            // Deflated bytes have more than one form, and what is unknown and even is skipped.
            assertThat(loaded.heads()).isEqualTo(replicas.get(0).replica.heads());
        } catch (MalformedException e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
    }

    @Test
    void theLastSignatureOfALineIsKeptAndMustBeRight() throws Exception {
        Replicas replicas = Replicas.open(1);
        Replicas.Peer a = replicas.get(0);
        for (int i = 0; i < 10; i++) {
            a.write(it -> it.text(RandomEdits.TEXT).insert(0, "x"));
        }
        Replica loaded = load(a.replica.save());
        assertThat(loaded.change(0).signature())
                .isEqualTo(Replicas.signature(loaded.change(0).id()));
        for (int i = 1; i < 9; i++) {
            assertThat(loaded.change(i).signature()).isEmpty();
        }
        assertThat(loaded.change(9).signature())
                .isEqualTo(Replicas.signature(loaded.change(9).id()));
        byte[] unsigned = Replicas.open(1).get(0).replica.save();
        assertThat(load(unsigned).size()).isZero();
        assertThatThrownBy(
                        () ->
                                Replica.load(
                                        a.replica.save(),
                                        LATER,
                                        (author, change, signature) -> false,
                                        new MemoryHistory(),
                                        event -> {}))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("signature");
    }
}
