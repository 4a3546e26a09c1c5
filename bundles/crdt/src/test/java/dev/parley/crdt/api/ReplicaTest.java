package dev.parley.crdt.api;

import static dev.parley.crdt.api.RandomEdits.ADD_WINS;
import static dev.parley.crdt.api.RandomEdits.COUNTER;
import static dev.parley.crdt.api.RandomEdits.DISABLE;
import static dev.parley.crdt.api.RandomEdits.ENABLE;
import static dev.parley.crdt.api.RandomEdits.ESCROW;
import static dev.parley.crdt.api.RandomEdits.MULTI;
import static dev.parley.crdt.api.RandomEdits.REGISTER;
import static dev.parley.crdt.api.RandomEdits.REMOVE_WINS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ReplicaTest {
    @Test
    void whatTwoWriteAtTheSameTimeIsMergedByItsType() throws Exception {
        Replicas replicas = Replicas.open(2);
        Replicas.Peer a = replicas.get(0);
        Replicas.Peer b = replicas.get(1);
        a.write(
                it -> {
                    it.add(ADD_WINS, Scalar.of("x"));
                    it.add(REMOVE_WINS, Scalar.of("x"));
                    it.flag(ENABLE, true);
                    it.flag(DISABLE, true);
                    it.increment(COUNTER, 1);
                });
        Replicas.pull(b, a);
        a.write(
                it -> {
                    it.remove(ADD_WINS, Scalar.of("x"));
                    it.remove(REMOVE_WINS, Scalar.of("x"));
                    it.flag(ENABLE, false);
                    it.flag(DISABLE, false);
                    it.increment(COUNTER, 2);
                    it.set(MULTI, Scalar.of("a"));
                });
        b.clock += 5;
        b.write(
                it -> {
                    it.add(ADD_WINS, Scalar.of("x"));
                    it.add(REMOVE_WINS, Scalar.of("x"));
                    it.flag(ENABLE, true);
                    it.flag(DISABLE, true);
                    it.increment(COUNTER, 4);
                    it.set(MULTI, Scalar.of("b"));
                });
        Replicas.pull(a, b);
        Replicas.pull(b, a);
        for (Replicas.Peer each : replicas.peers) {
            State state = each.replica.state();
            assertThat(state.set(ADD_WINS)).containsExactly(Scalar.of("x"));
            assertThat(state.set(REMOVE_WINS)).isEmpty();
            assertThat(state.flag(ENABLE)).isTrue();
            assertThat(state.flag(DISABLE)).isFalse();
            assertThat(state.counter(COUNTER)).isEqualTo(7);
            assertThat(state.registers(MULTI)).containsExactly(Scalar.of("b"), Scalar.of("a"));
        }
        assertThat(a.replica.state().hash()).isEqualTo(b.replica.state().hash());
    }

    @Test
    void anEscrowCounterIsNeverSpentTwice() throws Exception {
        Replicas replicas = Replicas.open(2);
        Replicas.Peer a = replicas.get(0);
        Replicas.Peer b = replicas.get(1);
        a.write(it -> it.mint(ESCROW, 10));
        a.write(it -> it.transfer(ESCROW, b.author, 4));
        assertThatThrownBy(() -> b.write(it -> it.spend(ESCROW, 1)))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("share is 0");
        Replicas.pull(b, a);
        b.write(it -> it.spend(ESCROW, 3));
        assertThatThrownBy(() -> a.write(it -> it.spend(ESCROW, 7)))
                .isInstanceOf(RefusedException.class);
        a.write(it -> it.spend(ESCROW, 6));
        Replicas.pull(a, b);
        assertThat(a.replica.state().shares(ESCROW)).isEqualTo(Map.of(b.author, 1L));
    }

    @Test
    void nobodyMintsSoMuchThatAShareIsNegative() throws Exception {
        Replicas replicas = Replicas.open(2);
        Replicas.Peer a = replicas.get(0);
        long most = 1L << 48;
        a.write(it -> it.mint(ESCROW, most - 1));
        for (long amount : new long[] {2, Long.MAX_VALUE}) {
            assertThatThrownBy(() -> a.write(it -> it.mint(ESCROW, amount)))
                    .isInstanceOf(RefusedException.class);
        }
        a.write(it -> it.spend(ESCROW, 5));
        a.write(it -> it.mint(ESCROW, 1));
        assertThatThrownBy(() -> a.write(it -> it.mint(ESCROW, 1)))
                .isInstanceOf(RefusedException.class);
        Replicas.pull(replicas.get(1), a);
        assertThat(replicas.get(1).replica.state().shares(ESCROW))
                .isEqualTo(Map.of(a.author, most - 5));
    }

    @Test
    void aTransactionThatFailsHasNotHappened() throws Exception {
        Replicas replicas = Replicas.open(1);
        Replicas.Peer a = replicas.get(0);
        a.write(it -> it.set(REGISTER, Scalar.of("before")));
        Id before = a.replica.state().hash();
        assertThatThrownBy(
                        () ->
                                a.write(
                                        it -> {
                                            it.set(REGISTER, Scalar.of("after"));
                                            it.spend(ESCROW, 1);
                                        }))
                .isInstanceOf(RefusedException.class);
        assertThat(a.replica.state().hash()).isEqualTo(before);
        assertThat(a.replica.size()).isEqualTo(1);
        a.write(it -> it.set(REGISTER, Scalar.of("later")));
        assertThat(a.replica.state().register(REGISTER)).contains(Scalar.of("later"));
    }

    @Test
    void aBranchIsSeenWhereItIsMerged() throws Exception {
        Replicas replicas = Replicas.open(2);
        Replicas.Peer a = replicas.get(0);
        Replicas.Peer b = replicas.get(1);
        a.write(it -> it.set(REGISTER, Scalar.of("main")));
        a.replica.transact(
                a.author,
                "draft",
                "try",
                a.clock++,
                Replicas::signature,
                it -> it.set(REGISTER, Scalar.of("draft")));
        a.write(it -> it.increment(COUNTER, 1));
        Replicas.pull(b, a);
        assertThat(b.replica.state().register(REGISTER)).contains(Scalar.of("main"));
        assertThat(b.replica.branches()).containsExactly("draft");
        assertThat(b.replica.state("draft").register(REGISTER)).contains(Scalar.of("draft"));
        assertThat(b.replica.state("draft").counter(COUNTER)).isZero();
        b.replica.merge(b.author, "draft", "", "take it", b.clock++, Replicas::signature);
        Replicas.pull(a, b);
        for (Replicas.Peer each : replicas.peers) {
            assertThat(each.replica.state().register(REGISTER)).contains(Scalar.of("draft"));
            assertThat(each.replica.state().counter(COUNTER)).isEqualTo(1);
        }
        assertThat(a.replica.state().hash()).isEqualTo(b.replica.state().hash());
        assertThatThrownBy(
                        () ->
                                a.replica.merge(
                                        a.author, "draft", "", "", a.clock, Replicas::signature))
                .isInstanceOf(RefusedException.class);
    }

    @Test
    void whoMayNotWriteIsRefusedHereAndVoidElsewhere() throws Exception {
        Replicas replicas = new Replicas(3, StoreInfo.Mode.SHARED, false);
        Replicas.Peer owner = replicas.get(0);
        Replicas.Peer writer = replicas.get(1);
        Replicas.Peer nobody = replicas.get(2);
        assertThatThrownBy(() -> nobody.write(it -> it.set(REGISTER, Scalar.of("x"))))
                .isInstanceOf(RefusedException.class)
                .extracting(e -> ((RefusedException) e).code())
                .isEqualTo(RefusedException.Code.NOT_ALLOWED);
        owner.write(it -> it.role(writer.author, Role.WRITER));
        Replicas.pull(writer, owner);
        writer.write(it -> it.set(REGISTER, Scalar.of("mine")));
        assertThatThrownBy(() -> writer.write(it -> it.role(nobody.author, Role.WRITER)))
                .isInstanceOf(RefusedException.class);
        owner.write(it -> it.role(writer.author, Role.READER));
        Replicas.pull(owner, writer);
        assertThat(owner.replica.state().register(REGISTER)).contains(Scalar.of("mine"));
        Replicas.pull(writer, owner);
        assertThatThrownBy(() -> writer.write(it -> it.set(REGISTER, Scalar.of("again"))))
                .isInstanceOf(RefusedException.class);
        assertThat(owner.replica.members())
                .isEqualTo(Map.of(owner.author, Role.ADMIN, writer.author, Role.READER));
    }

    @Property(tries = 300)
    void replicasWithTheSameChangesHaveTheSameState(
            @ForAll long seed, @ForAll @IntRange(min = 2, max = 8) int count) throws Exception {
        Random random = new Random(seed);
        Replicas replicas = Replicas.open(count);
        for (Replicas.Peer peer : replicas.peers) {
            peer.clock += (random.nextLong() % 36_000_000L);
        }
        for (int step = 0; step < 40; step++) {
            Replicas.Peer peer = replicas.get(random.nextInt(count));
            if (random.nextInt(3) == 0) {
                Replicas.pull(peer, replicas.get(random.nextInt(count)));
            } else {
                try {
                    peer.write(it -> RandomEdits.edit(random, it));
                } catch (RefusedException e) {
                    assertThat(e.getMessage()).containsAnyOf("share is", "did nothing");
                }
            }
        }
        replicas.exchange(random);
        Replica first = replicas.get(0).replica;
        for (Replicas.Peer peer : replicas.peers) {
            assertThat(peer.replica.heads()).isEqualTo(first.heads());
            assertThat(peer.replica.state().hash()).isEqualTo(first.state().hash());
            assertThat(peer.replica.waiting()).isZero();
        }
        assertThat(first.at(first.heads("")).hash()).isEqualTo(first.state().hash());
    }
}
