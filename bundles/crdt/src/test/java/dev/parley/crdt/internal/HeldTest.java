package dev.parley.crdt.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.Receipt;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.Replicas;
import dev.parley.crdt.api.SignedChange;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What waits, what is ahead of its time, and what is refused with all that builds on it. */
class HeldTest {
    private static final Path COUNT = Path.ROOT.at("count", ObjectType.COUNTER);
    private static final long NOW = Replicas.NOW;
    private static final long HOUR = 3_600_000;

    private final Replicas replicas = Replicas.open(3);
    private final Forge forge = new Forge(replicas.info);

    private SignedChange write(
            int author, @Nullable SignedChange prev, List<SignedChange> on, long millis) {
        return forge.write(
                Replicas.author(author), prev, on, millis, new Operation.AddNumber(COUNT, 1));
    }

    /** Says that it is the second one, and that the first one was longer than it was. */
    private SignedChange contradicting(SignedChange first) {
        Change right = Forge.read(write(1, first, List.of(), NOW + 1));
        return Forge.sign(
                new Change(
                        right.store(),
                        right.author(),
                        right.seq(),
                        right.prev(),
                        right.start() + 1,
                        right.dependencies(),
                        right.time(),
                        "",
                        "",
                        right.operations()));
    }

    @Test
    void whatBuildsOnARefusedChangeIsRefusedAndNothingIsAskedFor() {
        SignedChange first = write(1, null, List.of(), NOW);
        SignedChange wrong = contradicting(first);
        SignedChange before = write(2, null, List.of(wrong), NOW + 2);
        SignedChange later = write(2, before, List.of(), NOW + 3);
        Replica replica = Replica.create(replicas.info);
        replica.receive(first, NOW);
        Receipt waits = replica.receive(before, NOW);
        assertThat(waits.status()).isEqualTo(Receipt.Status.WAITING);
        assertThat(waits.missing()).containsExactly(wrong.id());
        assertThat(replica.receive(wrong, NOW).status()).isEqualTo(Receipt.Status.REFUSED);
        assertThat(replica.waiting()).isZero();
        for (SignedChange each : List.of(before, later, wrong)) {
            Receipt receipt = replica.receive(each, NOW);
            assertThat(receipt.status()).isEqualTo(Receipt.Status.REFUSED);
            assertThat(receipt.missing()).isEmpty();
        }
        assertThat(replica.size()).isEqualTo(1);
    }

    @Test
    void whatIsAheadOfItsTimeIsNotGivenAgain() throws Exception {
        SignedChange ahead = write(1, null, List.of(), NOW + HOUR);
        SignedChange after = write(1, ahead, List.of(), NOW + HOUR + 1);
        Replica author = Replica.create(replicas.info);
        author.receive(ahead, NOW + HOUR);
        author.receive(after, NOW + HOUR);
        Replica replica = Replica.create(replicas.info);
        List<SignedChange> given = author.missing(replica.summary(), 1 << 20);
        assertThat(given).hasSize(2);
        given.forEach(it -> replica.receive(it, NOW));
        assertThat(replica.parked()).isEqualTo(2);
        assertThat(replica.summary().tips()).hasSize(1);
        assertThat(author.missing(replica.summary(), 1 << 20)).isEmpty();
        // It does not hide what else the author has.
        Id written =
                author.transact(
                                Replicas.author(2),
                                NOW + HOUR + 2,
                                Replicas::signature,
                                it -> it.increment(COUNT, 1))
                        .id();
        assertThat(author.missing(replica.summary(), 1 << 20))
                .extracting(SignedChange::id)
                .containsExactly(written);
        assertThat(replica.tick(NOW + HOUR)).containsExactly(ahead.id(), after.id());
    }

    @Test
    void whatIsTakenInEarlierThanItsTimeIsParkedNoMore() {
        SignedChange ahead = write(1, null, List.of(), NOW + HOUR);
        Replica replica = Replica.create(replicas.info);
        replica.receive(ahead, NOW);
        assertThat(replica.isParked(ahead.id())).isTrue();
        assertThat(replica.receive(ahead, NOW + HOUR).status()).isEqualTo(Receipt.Status.APPLIED);
        assertThat(replica.parked()).isZero();
        assertThat(replica.parkedChanges()).isEmpty();
    }

    @Test
    void whatWaitsIsGivenAgainWithWhatItWaitsFor() {
        SignedChange first = write(1, null, List.of(), NOW);
        SignedChange second = write(1, first, List.of(), NOW + 1);
        Replica author = Replica.create(replicas.info);
        author.receive(first, NOW);
        author.receive(second, NOW);
        Replica replica = Replica.create(replicas.info);
        replica.receive(second, NOW);
        assertThat(replica.waiting()).isEqualTo(1);
        assertThat(author.missing(replica.summary(), 1 << 20)).containsExactly(first, second);
    }
}
