package dev.parley.crdt.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/**
 * Random histories: two to eight replicas that write whatever comes to mind, on the main line and
 * on branches, with clocks that are up to ten hours wrong, get each other's changes late, twice, in
 * any order or not at all, and sometimes share a key and so fork. In the end each gets everything.
 * The model is the set of changes: equal sets, equal states, and nothing that was accepted where it
 * was written is void anywhere.
 */
class ModelTest {
    private static final Path REGISTER = Path.ROOT.at("title", ObjectType.REGISTER);
    private static final Path MULTI = Path.ROOT.at("title", ObjectType.MULTI_REGISTER);
    private static final Path COUNTER = Path.ROOT.map("stats").at("visits", ObjectType.COUNTER);
    private static final Path ESCROW = Path.ROOT.at("stock", ObjectType.ESCROW);
    private static final Path FLAG = Path.ROOT.at("open", ObjectType.FLAG_ENABLE_WINS);
    private static final Path SAFE = Path.ROOT.at("safe", ObjectType.FLAG_DISABLE_WINS);
    private static final Path TAGS = Path.ROOT.at("tags", ObjectType.SET_ADD_WINS);
    private static final Path BANS = Path.ROOT.map("a").at("bans", ObjectType.SET_REMOVE_WINS);
    private static final Path TREE = Path.ROOT.map("a").at("outline", ObjectType.TREE);
    private static final Path TASKS = Path.ROOT.at("todo", ObjectType.TASKS);
    private static final List<Path> ALL =
            List.of(
                    REGISTER,
                    MULTI,
                    COUNTER,
                    FLAG,
                    SAFE,
                    TAGS,
                    BANS,
                    TREE,
                    TASKS,
                    Path.ROOT.map("a"),
                    Path.ROOT);

    @Property(tries = 400)
    void whatEverybodyKnowsEverybodySeesAlike(
            @ForAll long seed, @ForAll @IntRange(min = 2, max = 8) int count) throws Exception {
        play(new Random(seed), Replicas.open(count), 50, false);
    }

    @Property(tries = 300)
    void authorsWhoForkDivideNobody(
            @ForAll long seed, @ForAll @IntRange(min = 3, max = 8) int count) throws Exception {
        Random random = new Random(seed);
        Replicas replicas = Replicas.open(0);
        for (int i = 0; i < count; i++) {
            replicas.add(random.nextInt(2 + random.nextInt(count)));
        }
        play(random, replicas, 60, false);
    }

    @Property(tries = 300)
    void rolesThatSeveralAdminsChangeDivideNobody(
            @ForAll long seed, @ForAll @IntRange(min = 3, max = 8) int count) throws Exception {
        play(new Random(seed), new Replicas(count, StoreInfo.Mode.SHARED, false), 70, true);
    }

    @Property(tries = 100)
    void anAppendOnlyStoreDividesNobody(
            @ForAll long seed, @ForAll @IntRange(min = 2, max = 5) int count) throws Exception {
        play(new Random(seed), new Replicas(count, StoreInfo.Mode.OPEN, true), 40, false);
    }

    private static void play(Random random, Replicas replicas, int steps, boolean roles)
            throws Exception {
        int count = replicas.peers.size();
        for (Replicas.Peer peer : replicas.peers) {
            peer.clock += random.nextLong() % 36_000_000L;
        }
        if (roles) {
            Replicas.Peer owner = replicas.get(0);
            owner.write(it -> it.role(replicas.get(1).author, Role.ADMIN));
            Replicas.pull(replicas.get(1), owner);
        }
        for (int step = 0; step < steps; step++) {
            Replicas.Peer peer = replicas.get(random.nextInt(count));
            Replicas.Peer other = replicas.get(random.nextInt(count));
            if (random.nextInt(10) == 0) {
                peer.replica.tick(peer.clock);
            }
            switch (random.nextInt(6)) {
                case 0 -> Replicas.pull(peer, other);
                case 1 -> someOf(random, peer, other);
                default -> write(random, peer, replicas, roles);
            }
        }
        if (random.nextBoolean()) {
            replicas.exchange(random);
        } else {
            untilAllIsKnown(replicas);
        }
        for (Replicas.Peer peer : replicas.peers) {
            peer.replica.tick(Replicas.NOW + 86_400_000L);
            assertThat(peer.replica.parked()).isZero();
        }
        Replica first = replicas.get(0).replica;
        for (Replicas.Peer peer : replicas.peers) {
            Replica replica = peer.replica;
            assertThat(replica.waiting()).isZero();
            assertThat(replica.size()).isEqualTo(first.size());
            assertThat(replica.heads()).isEqualTo(first.heads());
            assertThat(replica.state().hash()).isEqualTo(first.state().hash());
            assertThat(replica.members()).isEqualTo(first.members());
            assertThat(forkers(replica)).isEqualTo(forkers(first));
            for (String branch : first.branches()) {
                assertThat(replica.state(branch).hash()).isEqualTo(first.state(branch).hash());
            }
            for (int i = 0; i < replica.size(); i++) {
                assertThat(replica.isVoid(replica.change(i).id())).isFalse();
            }
        }
        assertThat(first.at(first.heads("")).hash()).isEqualTo(first.state().hash());
    }

    /** Only by asking each other what is missing, as often as it takes. */
    private static void untilAllIsKnown(Replicas replicas) {
        Set<Id> all = new HashSet<>();
        for (Replicas.Peer peer : replicas.peers) {
            for (int i = 0; i < peer.replica.size(); i++) {
                all.add(peer.replica.change(i).id());
            }
        }
        for (int round = 0; round < 6; round++) {
            for (Replicas.Peer to : replicas.peers) {
                to.replica.tick(Replicas.NOW + 86_400_000L);
                replicas.peers.forEach(from -> Replicas.pull(to, from));
            }
        }
        replicas.peers.forEach(it -> assertThat(it.replica.size()).isEqualTo(all.size()));
    }

    private static Set<Id> forkers(Replica replica) {
        Set<Id> authors = new HashSet<>();
        replica.forks().forEach(it -> authors.add(it.author()));
        return authors;
    }

    /** Some of what one misses, in any order, some of it twice. */
    static void someOf(Random random, Replicas.Peer to, Replicas.Peer from) {
        List<SignedChange> missing =
                new ArrayList<>(from.replica.missing(to.replica.summary(), Integer.MAX_VALUE));
        Collections.shuffle(missing, random);
        boolean parks = random.nextBoolean();
        for (SignedChange change : missing) {
            for (int i = random.nextInt(3); i > 0; i--) {
                to.replica.receive(change, parks ? to.clock : Replicas.NOW + 86_400_000L);
            }
        }
    }

    static void write(Random random, Replicas.Peer peer, Replicas replicas, boolean roles) {
        peer.clock += random.nextInt(3) == 0 ? random.nextInt(5_000) : 0;
        String branch = random.nextInt(6) == 0 ? "draft" : "";
        try {
            if (roles && random.nextInt(4) == 0) {
                Id agent = replicas.get(random.nextInt(replicas.peers.size())).author;
                Role role = Role.values()[random.nextInt(4)];
                peer.write(it -> it.role(agent, role));
            } else if (random.nextInt(10) == 0) {
                boolean in = random.nextBoolean();
                peer.replica.merge(
                        peer.author,
                        in ? "draft" : "",
                        in ? "" : "draft",
                        "",
                        peer.clock++,
                        Replicas::signature);
            } else {
                peer.replica.transact(
                        peer.author,
                        branch,
                        "",
                        peer.clock++,
                        Replicas::signature,
                        it -> {
                            for (int i = random.nextInt(3); i >= 0; i--) {
                                edit(random, it, peer.author);
                            }
                        });
            }
        } catch (RefusedException e) {
            assertThat(e.code()).isNotEqualTo(RefusedException.Code.TOO_LARGE);
        }
    }

    private static void edit(Random random, Transaction it, Id self) throws RefusedException {
        Scalar value = Scalar.of(random.nextInt(5));
        switch (random.nextInt(20)) {
            case 0 -> it.set(REGISTER, value);
            case 1 -> it.set(MULTI, value);
            case 2 -> it.increment(COUNTER, random.nextInt(9) - 4);
            case 3 -> it.mint(ESCROW, 1 + random.nextInt(5));
            case 4 -> it.spend(ESCROW, 1 + random.nextInt(2));
            case 5 -> it.transfer(ESCROW, Replicas.author(random.nextInt(3)), 1);
            case 6 -> it.flag(FLAG, random.nextBoolean());
            case 7 -> it.flag(SAFE, random.nextBoolean());
            case 8 -> it.add(TAGS, value);
            case 9 -> it.remove(TAGS, value);
            case 10 -> it.add(BANS, value);
            case 11 -> it.remove(BANS, value);
            case 12 -> it.clear(ALL.get(random.nextInt(ALL.size())));
            case 13, 14, 15 -> tree(random, it);
            default -> task(random, it, self);
        }
    }

    private static void tree(Random random, Transaction it) throws RefusedException {
        List<ElementId> nodes = nodes(it.state());
        ElementId one = nodes.get(random.nextInt(nodes.size()));
        ElementId other = nodes.get(random.nextInt(nodes.size()));
        int children = it.state().children(TREE, one).size();
        switch (random.nextInt(6)) {
            case 0 -> it.tree(TREE).label(other, Scalar.of(random.nextInt(100)));
            case 1 -> it.tree(TREE).fell(other);
            case 2, 3 -> it.tree(TREE).move(other, one, random.nextInt(children + 1));
            default ->
                    it.tree(TREE)
                            .grow(
                                    one,
                                    random.nextInt(children + 1),
                                    Scalar.of(random.nextInt(100)));
        }
    }

    /** The root, and all that can be seen. */
    private static List<ElementId> nodes(State state) {
        List<ElementId> nodes = new ArrayList<>(List.of(ElementId.ROOT));
        for (int i = 0; i < nodes.size(); i++) {
            for (TreeNode child : state.children(TREE, nodes.get(i))) {
                assertThat(child.parent()).isEqualTo(nodes.get(i));
                nodes.add(child.id());
            }
        }
        return nodes;
    }

    private static void task(Random random, Transaction it, Id self) throws RefusedException {
        TasksEditor editor = it.tasks(TASKS);
        List<Task> tasks = it.state().tasks(TASKS);
        if (tasks.isEmpty() || random.nextInt(6) == 0) {
            if (random.nextBoolean()) {
                editor.add("task " + random.nextInt(100));
            } else {
                editor.addExclusive("task", Replicas.author(random.nextInt(2)));
            }
            return;
        }
        Task task = tasks.get(random.nextInt(tasks.size()));
        List<Task.Claim> mine =
                task.claims().stream()
                        .filter(claim -> claim.author().equals(self) || random.nextInt(4) == 0)
                        .toList();
        if (mine.isEmpty()) {
            switch (random.nextInt(6)) {
                case 0 -> editor.cancel(task.id());
                case 1 -> editor.reopen(task.id());
                case 2 -> editor.rename(task.id(), "renamed " + random.nextInt(100));
                default -> editor.claim(task.id(), Duration.ofSeconds(1 + random.nextInt(9)));
            }
            return;
        }
        Task.Claim claim = mine.get(random.nextInt(mine.size()));
        switch (random.nextInt(7)) {
            case 0 -> editor.renew(claim.id(), Duration.ofSeconds(1 + random.nextInt(9)));
            case 1 -> editor.release(claim.id());
            case 2 -> editor.expire(claim.id());
            case 3 -> editor.grant(claim.id());
            case 4 -> editor.cancel(task.id());
            default -> editor.finish(claim.id(), Scalar.of("done by " + self));
        }
    }
}
