package dev.parley.crdt.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Faults that were found in another implementation of replicated stores, each as the history that
 * shows it. What concerns the network, the disk and the keys of a store is tested where they are.
 */
class ReferenceFaultsTest {
    private static final Path TITLE = Path.ROOT.at("title", ObjectType.REGISTER);
    private static final Path KEY = Path.ROOT.map("entries").at("k", ObjectType.REGISTER);
    private static final Path TAGS = Path.ROOT.at("tags", ObjectType.SET_ADD_WINS);
    private static final Path TODO = Path.ROOT.at("todo", ObjectType.TASKS);
    private static final long LATER = Replicas.NOW + 86_400_000L;

    private static List<SignedChange> all(Replica replica) {
        List<SignedChange> all = new ArrayList<>();
        for (int i = 0; i < replica.size(); i++) {
            all.add(replica.change(i));
        }
        return all;
    }

    private static Replica fresh(StoreInfo info, List<SignedChange> changes) {
        Replica replica = Replica.create(info);
        changes.forEach(it -> replica.receive(it, LATER));
        return replica;
    }

    private static void sameEverywhere(Replicas replicas) {
        Set<Id> hashes = new HashSet<>();
        replicas.peers.forEach(it -> hashes.add(it.replica.state().hash()));
        assertThat(hashes).hasSize(1);
    }

    /** 1: a tie was broken by the merged clock, so three writers ended with different values. */
    @Test
    void fault1ThreeConcurrentWritersAgreeWhateverTheOrder() throws Exception {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            Replicas replicas = Replicas.open(3);
            for (Replicas.Peer peer : replicas.peers) {
                peer.clock += random.nextInt(2);
                String value = "by " + peer.author;
                peer.write(it -> it.set(TITLE, Scalar.of(value)));
            }
            replicas.exchange(random);
            sameEverywhere(replicas);
        }
    }

    /** 2: equal initial clocks were never reconciled: creator and joiner kept their own name. */
    @Test
    void fault2TheFirstValuesOfTwoAreReconciled() throws Exception {
        Replicas replicas = Replicas.open(2);
        replicas.get(0).write(it -> it.set(TITLE, Scalar.of("Sprint")));
        replicas.get(1).write(it -> it.set(TITLE, Scalar.of("placeholder")));
        replicas.exchange(new Random(1));
        sameEverywhere(replicas);
        assertThat(replicas.get(0).replica.state().register(TITLE)).isPresent();
    }

    /** 3a: a removal took away what its author had never seen. */
    @Test
    void fault3AConcurrentPutSurvivesADeleteOnBothSides() throws Exception {
        Replicas replicas = Replicas.open(2);
        Replicas.Peer a = replicas.get(0);
        Replicas.Peer b = replicas.get(1);
        a.write(it -> it.add(TAGS, Scalar.of("k")));
        a.write(it -> it.set(KEY, Scalar.of("old")));
        Replicas.pull(b, a);
        a.write(
                it -> {
                    it.remove(TAGS, Scalar.of("k"));
                    it.clear(KEY);
                });
        b.write(
                it -> {
                    it.add(TAGS, Scalar.of("k"));
                    it.set(KEY, Scalar.of("new"));
                });
        replicas.exchange(new Random(2));
        for (Replicas.Peer peer : replicas.peers) {
            assertThat(peer.replica.state().set(TAGS)).containsExactly(Scalar.of("k"));
            assertThat(peer.replica.state().register(KEY)).contains(Scalar.of("new"));
        }
    }

    /** 3b: an old addition that came again brought a deleted key back. */
    @Test
    void fault3AReplayedAdditionBringsNothingBack() throws Exception {
        Replicas replicas = Replicas.open(2);
        Replicas.Peer a = replicas.get(0);
        SignedChange added = a.write(it -> it.add(TAGS, Scalar.of("k")));
        a.write(it -> it.remove(TAGS, Scalar.of("k")));
        replicas.exchange(new Random(3));
        for (Replicas.Peer peer : replicas.peers) {
            assertThat(peer.replica.receive(added, LATER).status()).isEqualTo(Receipt.Status.KNOWN);
            assertThat(peer.replica.state().set(TAGS)).isEmpty();
        }
    }

    /** 3c: a removal that came before its addition was lost. */
    @Test
    void fault3ARemovalThatComesFirstIsNotLost() throws Exception {
        Replicas replicas = Replicas.open(1);
        Replicas.Peer a = replicas.get(0);
        SignedChange added = a.write(it -> it.add(TAGS, Scalar.of("k")));
        SignedChange removed = a.write(it -> it.remove(TAGS, Scalar.of("k")));
        Replica other = Replica.create(replicas.info);
        Receipt early = other.receive(removed, LATER);
        assertThat(early.status()).isEqualTo(Receipt.Status.WAITING);
        assertThat(early.missing()).containsExactly(added.id());
        assertThat(other.receive(added, LATER).applied()).containsExactly(added.id(), removed.id());
        assertThat(other.state().set(TAGS)).isEmpty();
    }

    /** 4a: a writer with a slow clock saw its own value and nobody else did. */
    @Test
    void fault4AWriterWhoseClockIsBehindIsSeenByAll() throws Exception {
        Replicas replicas = Replicas.open(2);
        Replicas.Peer fast = replicas.get(0);
        Replicas.Peer slow = replicas.get(1);
        slow.clock -= 36_000_000;
        fast.write(it -> it.set(TITLE, Scalar.of("first")));
        Replicas.pull(slow, fast);
        slow.write(it -> it.set(TITLE, Scalar.of("second")));
        replicas.exchange(new Random(4));
        for (Replicas.Peer peer : replicas.peers) {
            assertThat(peer.replica.state().register(TITLE)).contains(Scalar.of("second"));
        }
    }

    /** 4b: one write of the year 3000 froze a key for ever. */
    @Test
    void fault4AWriteOfTheYear3000FreezesNothing() throws Exception {
        Replicas replicas = Replicas.open(2);
        Replicas.Peer honest = replicas.get(0);
        Replicas.Peer liar = replicas.get(1);
        liar.clock = 32_503_680_000_000L;
        SignedChange far = liar.write(it -> it.set(TITLE, Scalar.of("frozen")));
        assertThat(honest.replica.receive(far, honest.clock).status())
                .isEqualTo(Receipt.Status.PARKED);
        honest.write(it -> it.set(TITLE, Scalar.of("free")));
        assertThat(honest.replica.state().register(TITLE)).contains(Scalar.of("free"));
        assertThat(honest.replica.parked()).isEqualTo(1);
        liar.clock += 10;
        assertThat(honest.replica.tick(liar.clock)).containsExactly(far.id());
        honest.write(it -> it.set(TITLE, Scalar.of("free again")));
        assertThat(honest.replica.state().register(TITLE)).contains(Scalar.of("free again"));
    }

    /** 5: merging two entries was not commutative in what was not the value. */
    @Test
    void fault5MergingIsCommutativeAssociativeAndIdempotent() throws Exception {
        Replicas replicas = Replicas.open(3);
        for (Replicas.Peer peer : replicas.peers) {
            peer.write(
                    it -> {
                        it.set(KEY, Scalar.of("same"));
                        it.add(TAGS, Scalar.of("of " + peer.author));
                        it.tasks(TODO).add("of " + peer.author);
                    });
        }
        List<SignedChange> changes = new ArrayList<>();
        replicas.peers.forEach(it -> changes.addAll(all(it.replica)));
        Set<Id> hashes = new HashSet<>();
        int[][] orders = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
        for (int[] order : orders) {
            Replica replica = Replica.create(replicas.info);
            for (int twice = 0; twice < 2; twice++) {
                for (int index : order) {
                    replica.receive(changes.get(index), LATER);
                }
            }
            hashes.add(replica.state().hash());
        }
        assertThat(hashes).hasSize(1);
    }

    /** 6: who wrote an early time on a claim took the task from who had it. */
    @Test
    void fault6ABackdatedClaimDisplacesNobody() throws Exception {
        Set<Id> holders = new HashSet<>();
        for (long cheatsClock : new long[] {1, Replicas.NOW + 200_000}) {
            Replicas replicas = Replicas.open(30);
            Replicas.Peer maker = replicas.get(0);
            maker.write(it -> it.tasks(TODO).add("sweep"));
            ElementId task = maker.replica.state().tasks(TODO).get(0).id();
            for (int i = 1; i < 30; i++) {
                Replicas.Peer peer = replicas.get(i);
                Replicas.pull(peer, maker);
                peer.clock = i % 2 == 0 ? cheatsClock : Replicas.NOW;
                peer.write(it -> it.tasks(TODO).claim(task, Duration.ofHours(1)));
            }
            replicas.exchange(new Random(6));
            sameEverywhere(replicas);
            holders.add(maker.replica.state().tasks(TODO).get(0).holder().orElseThrow().author());
        }
        assertThat(holders).hasSize(1);
    }

    @Test
    void fault6WhoKnowsOfAClaimCannotClaimBeforeIt() throws Exception {
        Replicas replicas = Replicas.open(2);
        Replicas.Peer honest = replicas.get(0);
        Replicas.Peer cheat = replicas.get(1);
        honest.write(it -> it.tasks(TODO).add("sweep"));
        ElementId task = honest.replica.state().tasks(TODO).get(0).id();
        honest.write(it -> it.tasks(TODO).claim(task, Duration.ofHours(1)));
        Replicas.pull(cheat, honest);
        cheat.clock = 1;
        assertThatThrownBy(() -> cheat.write(it -> it.tasks(TODO).claim(task, Duration.ofHours(1))))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("claimed");
    }

    /** 7: rights were judged on arrival, so {write, deny} in two orders gave two stores. */
    @Test
    void fault7ARightIsJudgedWhereTheWriteStands() throws Exception {
        Replicas replicas = new Replicas(2, StoreInfo.Mode.SHARED, false);
        Replicas.Peer owner = replicas.get(0);
        Replicas.Peer writer = replicas.get(1);
        SignedChange allow = owner.write(it -> it.role(writer.author, Role.WRITER));
        Replicas.pull(writer, owner);
        SignedChange write = writer.write(it -> it.set(TITLE, Scalar.of("mine")));
        SignedChange deny = owner.write(it -> it.role(writer.author, Role.NONE));
        Replica one = fresh(replicas.info, List.of(allow, write, deny));
        Replica two = fresh(replicas.info, List.of(allow, deny, write));
        assertThat(one.state().hash()).isEqualTo(two.state().hash());
        assertThat(two.state().register(TITLE)).contains(Scalar.of("mine"));
        assertThat(one.role(writer.author)).isEqualTo(Role.NONE);
        assertThat(two.role(writer.author)).isEqualTo(Role.NONE);
    }

    /** 9: a store was sent as one message, and one that was too large could not be joined. */
    @Test
    void fault9WhoJoinsLateGetsALargeStoreInParts() throws Exception {
        Replicas replicas = Replicas.open(1);
        Replicas.Peer a = replicas.get(0);
        String large = "x".repeat(60_000);
        for (int i = 0; i < 100; i++) {
            String key = "k" + i;
            a.write(it -> it.set(Path.ROOT.at(key, ObjectType.REGISTER), Scalar.of(large)));
        }
        Replica late = Replica.create(replicas.info);
        int parts = 0;
        while (!late.heads().equals(a.replica.heads())) {
            List<SignedChange> part = a.replica.missing(late.summary(), 262_144);
            assertThat(part).isNotEmpty();
            assertThat(part.stream().mapToInt(it -> it.body().length).sum()).isLessThan(262_144);
            part.forEach(
                    it ->
                            assertThat(late.receive(it, LATER).status())
                                    .isEqualTo(Receipt.Status.APPLIED));
            parts++;
        }
        assertThat(parts).isEqualTo(25);
        assertThat(late.state().hash()).isEqualTo(a.replica.state().hash());
    }

    /** 10: whoever said to know less made a joiner throw away what it had. */
    @Test
    void fault10NobodyCanMakeAReplicaForget() throws Exception {
        Replicas replicas = Replicas.open(2);
        Replicas.Peer a = replicas.get(0);
        Replicas.Peer b = replicas.get(1);
        a.write(it -> it.tasks(TODO).add("keep"));
        b.write(it -> it.set(TITLE, Scalar.of("also")));
        Id before = a.replica.state().hash();
        assertThat(a.replica.missing(new Summary(List.of()), Integer.MAX_VALUE)).hasSize(1);
        Replicas.pull(a, b);
        assertThat(a.replica.size()).isEqualTo(2);
        assertThat(a.replica.state().tasks(TODO)).hasSize(1);
        assertThat(a.replica.at(List.of(a.replica.change(0).id())).hash()).isEqualTo(before);
    }

    /** 12: task lists were gone after a restart. Here the core's half: the history is all. */
    @Test
    void fault12TheHistoryAloneBringsEverythingBack() throws Exception {
        Replicas replicas = Replicas.open(2);
        Replicas.Peer a = replicas.get(0);
        a.write(it -> it.tasks(TODO).add("sweep"));
        ElementId task = a.replica.state().tasks(TODO).get(0).id();
        a.write(it -> it.tasks(TODO).claim(task, Duration.ofHours(1)));
        a.write(it -> it.add(TAGS, Scalar.of("x")));
        List<SignedChange> stored = new ArrayList<>();
        for (SignedChange change : all(a.replica)) {
            stored.add(SignedChange.decode(change.encode()));
        }
        Replica back = fresh(replicas.info, stored);
        assertThat(back.state().hash()).isEqualTo(a.replica.state().hash());
        assertThat(back.heads()).isEqualTo(a.replica.heads());
        assertThat(back.state().tasks(TODO)).isEqualTo(a.replica.state().tasks(TODO));
    }

    /** 11, 13: numbers were used again after a restart, or by two who both helped a joiner. */
    @Test
    void fault13ARestartUsesNoNumberAgain() throws Exception {
        Replicas replicas = Replicas.open(1);
        Replicas.Peer a = replicas.get(0);
        a.write(it -> it.add(TAGS, Scalar.of("x")));
        a.write(it -> it.remove(TAGS, Scalar.of("x")));
        Replica back = fresh(replicas.info, all(a.replica));
        back.transact(
                a.author,
                Replicas.NOW - 1_000,
                Replicas::signature,
                it -> it.add(TAGS, Scalar.of("x")));
        Replica other = fresh(replicas.info, all(back));
        assertThat(other.forks()).isEmpty();
        assertThat(other.state().set(TAGS)).containsExactly(Scalar.of("x"));
        assertThat(other.describe(other.heads().get(0)).seq()).isEqualTo(3);
        Summary.Tip tip = other.summary().tips().get(0);
        assertThat(tip.seq()).isEqualTo(3);
    }
}
