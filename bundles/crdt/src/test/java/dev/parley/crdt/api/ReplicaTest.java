package dev.parley.crdt.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ReplicaTest {
    private static final Path REGISTER = Path.ROOT.at("title", ObjectType.REGISTER);
    private static final Path MULTI = Path.ROOT.at("title", ObjectType.MULTI_REGISTER);
    private static final Path COUNTER = Path.ROOT.map("stats").at("visits", ObjectType.COUNTER);
    private static final Path ESCROW = Path.ROOT.at("stock", ObjectType.ESCROW);
    private static final Path ENABLE = Path.ROOT.at("open", ObjectType.FLAG_ENABLE_WINS);
    private static final Path DISABLE = Path.ROOT.at("safe", ObjectType.FLAG_DISABLE_WINS);
    private static final Path ADD_WINS = Path.ROOT.at("tags", ObjectType.SET_ADD_WINS);
    private static final Path TEXT = Path.ROOT.map("docs").at("body", ObjectType.TEXT);
    private static final Path LIST = Path.ROOT.at("items", ObjectType.LIST);
    private static final Path REMOVE_WINS = Path.ROOT.at("bans", ObjectType.SET_REMOVE_WINS);

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
                    peer.write(it -> randomEdit(random, it));
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

    private static void randomEdit(Random random, Transaction it) throws RefusedException {
        Scalar value = Scalar.of(random.nextInt(5));
        for (int i = random.nextInt(3); i >= 0; i--) {
            switch (random.nextInt(24)) {
                case 0 -> it.set(REGISTER, value);
                case 1 -> it.set(MULTI, value);
                case 2 -> it.increment(COUNTER, random.nextInt(9) - 4);
                case 3 -> it.mint(ESCROW, 1 + random.nextInt(5));
                case 4 -> it.spend(ESCROW, 1 + random.nextInt(2));
                case 5 -> it.flag(ENABLE, random.nextBoolean());
                case 6 -> it.flag(DISABLE, random.nextBoolean());
                case 7 -> it.add(ADD_WINS, value);
                case 8 -> it.remove(ADD_WINS, value);
                case 9 -> it.add(REMOVE_WINS, value);
                case 10 -> it.remove(REMOVE_WINS, value);
                case 11 ->
                        it.clear(
                                List.of(Path.ROOT, COUNTER, REGISTER, ADD_WINS, TEXT, LIST)
                                        .get(random.nextInt(6)));
                case 12, 13, 14, 15 -> {
                    TextEditor text = it.text(TEXT);
                    text.insert(random.nextInt(text.length() + 1), "ab\uD83D\uDE00c");
                }
                case 16, 17, 18 -> {
                    TextEditor text = it.text(TEXT);
                    int from = random.nextInt(text.length() + 1);
                    text.delete(from, Math.min(3, text.length() - from));
                }
                case 19, 20 -> {
                    ListEditor list = it.list(LIST);
                    list.insert(random.nextInt(list.size() + 1), value);
                }
                default -> {
                    ListEditor list = it.list(LIST);
                    if (list.size() > 0) {
                        int at = random.nextInt(list.size());
                        switch (random.nextInt(3)) {
                            case 0 -> list.move(at, random.nextInt(list.size()));
                            case 1 -> list.replace(at, value);
                            default -> list.drop(at);
                        }
                    }
                }
            }
        }
    }
}
