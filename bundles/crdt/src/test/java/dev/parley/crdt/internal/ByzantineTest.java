package dev.parley.crdt.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.crdt.api.ElementId;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.Receipt;
import dev.parley.crdt.api.RefusedException;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.Replicas;
import dev.parley.crdt.api.Role;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.api.SignedChange;
import dev.parley.crdt.api.StoreInfo;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/**
 * Authors who hold keys and follow no rule: they fork, name what is not there or not theirs, lie
 * about numbers, times and what they build on, and send it to everybody in another order. Honest
 * replicas must never fail, and agree in the end.
 */
class ByzantineTest {
    private static final int HONEST = 3;
    private static final long LATER = Replicas.NOW + 86_400_000L;
    private static final Path TREE = Path.ROOT.at("o", ObjectType.TREE);
    private static final Path TASKS = Path.ROOT.at("o", ObjectType.TASKS);
    private static final Path TITLE = Path.ROOT.at("o", ObjectType.REGISTER);

    @Property(tries = 500)
    void honestReplicasAgreeWhateverOthersSend(@ForAll long seed) throws Exception {
        play(new Random(seed), StoreInfo.Mode.OPEN, false);
    }

    @Property(tries = 300)
    void alsoIfTheyAreAdmins(@ForAll long seed) throws Exception {
        play(new Random(seed), StoreInfo.Mode.SHARED, false);
    }

    @Property(tries = 150)
    void alsoInAnAppendOnlyStore(@ForAll long seed) throws Exception {
        play(new Random(seed), StoreInfo.Mode.OPEN, true);
    }

    private static void play(Random random, StoreInfo.Mode mode, boolean appendOnly)
            throws Exception {
        Replicas replicas = new Replicas(HONEST, mode, appendOnly);
        List<SignedChange> known = new ArrayList<>();
        if (mode == StoreInfo.Mode.SHARED) {
            known.add(
                    replicas.get(0)
                            .write(
                                    it -> {
                                        it.role(Replicas.author(1), Role.WRITER);
                                        it.role(Replicas.author(2), Role.ADMIN);
                                        it.role(Replicas.author(5), Role.ADMIN);
                                        it.role(Replicas.author(6), Role.WRITER);
                                    }));
        }
        List<SignedChange> taken = new ArrayList<>(known);
        Noise noise = new Noise(random, taken);
        Replica witness = Replica.create(replicas.info);
        known.forEach(it -> witness.receive(it, LATER));
        for (int step = 0; step < 60; step++) {
            int before = known.size();
            if (random.nextInt(4) == 0) {
                honest(random, replicas.get(random.nextInt(HONEST)), known);
            } else {
                Id evil = Replicas.author(4 + random.nextInt(3));
                forge(random, noise, replicas.info, evil, known);
            }
            // Others mostly build on what somebody has, or nothing would ever be taken.
            for (SignedChange made : known.subList(before, known.size())) {
                witness.receive(made, LATER);
                if (witness.has(made.id()) || random.nextInt(20) == 0) {
                    taken.add(made);
                }
            }
            if (!known.isEmpty()) {
                SignedChange any = known.get(random.nextInt(known.size()));
                replicas.get(random.nextInt(HONEST)).replica.receive(any, LATER);
            }
        }
        for (Replicas.Peer peer : replicas.peers) {
            Collections.shuffle(known, random);
            known.forEach(it -> peer.replica.receive(it, LATER));
            peer.replica.tick(LATER);
        }
        agree(replicas, known);
    }

    private static void forge(
            Random random, Noise noise, StoreInfo info, Id evil, List<SignedChange> known) {
        byte[] body = ChangeCodec.encode(noise.change(info.id(), evil));
        if (random.nextInt(10) == 0) {
            body[random.nextInt(body.length)] ^= (byte) (1 << random.nextInt(8));
        }
        SignedChange forged = new SignedChange(body, new byte[] {1});
        try {
            ChangeCodec.decode(body);
            known.add(forged);
        } catch (MalformedException e) {
            assertThat(Replica.create(info).receive(forged, LATER).status())
                    .isEqualTo(Receipt.Status.REFUSED);
        }
    }

    private static void honest(Random random, Replicas.Peer peer, List<SignedChange> known) {
        try {
            known.add(
                    peer.write(
                            it -> {
                                switch (random.nextInt(5)) {
                                    case 0 -> it.set(TITLE, Scalar.of(random.nextInt(9)));
                                    case 1 ->
                                            it.tree(TREE)
                                                    .grow(
                                                            ElementId.ROOT,
                                                            it.state()
                                                                            .children(
                                                                                    TREE,
                                                                                    ElementId.ROOT)
                                                                            .size()
                                                                    / 2,
                                                            Scalar.of("honest"));
                                    case 2 -> {
                                        for (var node : it.state().children(TREE, ElementId.ROOT)) {
                                            it.tree(TREE).label(node.id(), Scalar.of("seen"));
                                        }
                                        it.set(TITLE, Scalar.NULL);
                                    }
                                    case 3 -> it.tasks(TASKS).add("honest");
                                    default -> {
                                        for (var task : it.state().tasks(TASKS)) {
                                            if (task.claims().isEmpty()
                                                    && task.status().ordinal() < 2) {
                                                it.tasks(TASKS)
                                                        .claim(
                                                                task.id(),
                                                                java.time.Duration.ofHours(1));
                                            }
                                        }
                                        it.set(TITLE, Scalar.of(true));
                                    }
                                }
                            }));
        } catch (RefusedException e) {
            assertThat(e.code()).isNotEqualTo(RefusedException.Code.TOO_LARGE);
        }
    }

    private static void agree(Replicas replicas, List<SignedChange> known) throws Exception {
        Replica first = replicas.get(0).replica;
        Set<Id> honest = new HashSet<>();
        replicas.peers.forEach(it -> honest.add(it.author));
        for (Replicas.Peer peer : replicas.peers) {
            Replica replica = peer.replica;
            assertThat(replica.size()).isEqualTo(first.size());
            assertThat(replica.heads()).isEqualTo(first.heads());
            assertThat(replica.heads("")).isEqualTo(first.heads(""));
            assertThat(replica.state().hash()).isEqualTo(first.state().hash());
            assertThat(replica.members()).isEqualTo(first.members());
            assertThat(replica.branches()).isEqualTo(first.branches());
            for (String branch : first.branches()) {
                assertThat(replica.state(branch).hash()).isEqualTo(first.state(branch).hash());
            }
            for (SignedChange change : known) {
                assertThat(replica.has(change.id())).isEqualTo(first.has(change.id()));
                assertThat(replica.isVoid(change.id())).isEqualTo(first.isVoid(change.id()));
                if (honest.contains(Forge.read(change).author())) {
                    assertThat(replica.isVoid(change.id())).isFalse();
                }
            }
            for (var fork : replica.forks()) {
                assertThat(honest).doesNotContain(fork.author());
            }
            assertThat(replica.waiting()).isLessThanOrEqualTo(known.size());
            assertThat(replica.at(replica.heads("")).hash()).isEqualTo(first.state().hash());
        }
    }

    @Test
    void aFloodOfChangesThatNobodyCanPlaceTakesBoundedMemory() {
        Replicas replicas = Replicas.open(1);
        Noise noise = new Noise(new Random(1), List.of());
        Replica replica = replicas.get(0).replica;
        Forge forge = new Forge(replicas.info);
        SignedChange nowhere =
                forge.write(noise.id(), null, List.of(), 1, new Operation.Note(Path.ROOT));
        Operation big = new Operation.Set(TITLE, new Scalar.Bytes(new byte[100_000]));
        for (int i = 0; i < 10_000; i++) {
            long millis = i % 2 == 0 ? LATER << 8 : Replicas.NOW;
            replica.receive(
                    forge.write(
                            noise.id(),
                            null,
                            i % 2 == 0 ? List.of() : List.of(nowhere),
                            millis,
                            i < 1_000 ? big : new Operation.Note(Path.ROOT)),
                    Replicas.NOW);
        }
        assertThat(replica.size()).isZero();
        assertThat(replica.waiting()).isEqualTo(Buffer.MAX_CHANGES);
        assertThat(replica.parked()).isEqualTo(Buffer.MAX_CHANGES);
    }

    /** Many first changes that nobody has seen: more heads than a change can name. */
    @Test
    void moreHeadsThanAChangeCanNameStopNobody() throws Exception {
        Replicas replicas = Replicas.open(2);
        Replicas.Peer honest = replicas.get(0);
        Noise noise = new Noise(new Random(1), List.of());
        Forge forge = new Forge(replicas.info);
        honest.write(it -> it.tree(TREE).grow(ElementId.ROOT, 0, Scalar.of("before")));
        for (int i = 0; i < 500; i++) {
            SignedChange change =
                    forge.write(
                            noise.id(),
                            null,
                            List.of(),
                            Replicas.NOW,
                            new Operation.Set(TITLE, Scalar.of(i)));
            honest.replica.receive(change, LATER);
        }
        for (int i = 0; i < 12; i++) {
            honest.write(it -> it.tree(TREE).grow(ElementId.ROOT, 0, Scalar.of("after")));
        }
        assertThat(honest.replica.heads()).hasSize(1);
        replicas.exchange(new Random(2));
        assertThat(replicas.get(1).replica.state().hash()).isEqualTo(honest.replica.state().hash());
    }
}
