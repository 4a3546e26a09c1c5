package dev.parley.crdt.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.crdt.api.ElementId;
import dev.parley.crdt.api.Fork;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.Receipt;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.Replicas;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.api.SignedChange;
import dev.parley.crdt.api.TreeNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ForkTest {
    private static final Path TREE = Path.ROOT.at("tree", ObjectType.TREE);
    private static final Path TITLE = Path.ROOT.at("title", ObjectType.REGISTER);
    private static final long NOW = Replicas.NOW;
    private static final Id FORKER = Replicas.author(7);

    private final Replicas replicas = Replicas.open(1);
    private final Forge forge = new Forge(replicas.info);

    private static Operation grow(String label, String position) {
        return new Operation.Grow(TREE, new Operation.Place(null, position), Scalar.of(label));
    }

    private Replica replica(List<SignedChange> changes) {
        Replica replica = Replica.create(replicas.info);
        changes.forEach(it -> replica.receive(it, NOW));
        assertThat(replica.waiting()).isZero();
        return replica;
    }

    @Test
    void bothChangesOfAForkAreKeptAndProveItInAnyOrder() {
        SignedChange first = forge.write(FORKER, null, List.of(), NOW, grow("t", "V"));
        SignedChange one = forge.write(FORKER, first, List.of(), NOW + 1, grow("one", "W"));
        SignedChange two = forge.write(FORKER, first, List.of(), NOW + 1, grow("two", "X"));
        Replica a = replica(List.of(first, one, two));
        Replica b = replica(List.of(two, first, one));
        assertThat(a.state().hash()).isEqualTo(b.state().hash());
        assertThat(a.state().children(TREE, ElementId.ROOT))
                .extracting(TreeNode::label)
                .containsExactly(Scalar.of("t"), Scalar.of("one"), Scalar.of("two"));
        for (Replica each : List.of(a, b)) {
            assertThat(each.forks()).hasSize(1);
            Fork fork = each.forks().get(0);
            assertThat(fork.author()).isEqualTo(FORKER);
            assertThat(Set.of(fork.first(), fork.second())).isEqualTo(Set.of(one, two));
            assertThat(fork.first().signature()).isNotEmpty();
            assertThat(Forge.read(fork.first()).seq()).isEqualTo(Forge.read(fork.second()).seq());
        }
    }

    @Test
    void anAgentThatBeginsTwiceForksToo() {
        SignedChange one = forge.write(FORKER, null, List.of(), NOW, grow("one", "W"));
        SignedChange two = forge.write(FORKER, null, List.of(), NOW, grow("two", "W"));
        Replica a = replica(List.of(one, two));
        Replica b = replica(List.of(two, one));
        assertThat(a.state().hash()).isEqualTo(b.state().hash());
        assertThat(a.forks()).hasSize(1);
        assertThat(b.forks()).hasSize(1);
    }

    /** A line that forks again must not mean another one to who hears the rest first. */
    @Test
    void aReferenceAcrossForksWithinForksMeansTheSameInAnyOrder() throws Exception {
        SignedChange t = forge.write(FORKER, null, List.of(), NOW, grow("t", "V"));
        SignedChange x = forge.write(FORKER, t, List.of(), NOW + 1, grow("x", "W"));
        SignedChange y = forge.write(FORKER, t, List.of(), NOW + 1, grow("y", "X"));
        SignedChange x1 = forge.write(FORKER, x, List.of(), NOW + 2, grow("x1", "Y"));
        SignedChange x2 = forge.write(FORKER, x, List.of(), NOW + 2, grow("x2", "Z"));
        Replicas.Peer honest = replicas.get(0);
        for (SignedChange change : List.of(t, y, x, x1)) {
            honest.replica.receive(change, NOW);
        }
        honest.clock += 10;
        List<SignedChange> all = new ArrayList<>(List.of(t, x, y, x1, x2));
        for (SignedChange made : List.of(t, x, y, x1)) {
            all.add(
                    honest.write(
                            it ->
                                    it.tree(TREE)
                                            .label(
                                                    new ElementId(made.id(), 0),
                                                    Scalar.of("of " + made.id()))));
        }
        Set<Id> hashes = new HashSet<>();
        for (int order = 0; order < 200; order++) {
            Collections.shuffle(all, new Random(order));
            Replica replica = replica(all);
            all.forEach(it -> assertThat(replica.isVoid(it.id())).isFalse());
            assertThat(replica.state().node(TREE, new ElementId(x1.id(), 0)))
                    .map(TreeNode::label)
                    .contains(Scalar.of("of " + x1.id()));
            hashes.add(replica.state().hash());
        }
        assertThat(hashes).hasSize(1);
    }

    @Test
    void whoForkedInThePastIsNamedWithAChangeAndNobodyElseIs() {
        Id author = Replicas.author(3);
        AgentName name = new AgentName(FORKER, "");
        SignedChange t = forge.write(FORKER, null, List.of(), NOW, grow("t", "V"));
        SignedChange x = forge.write(FORKER, t, List.of(), NOW + 1, grow("x", "W"));
        SignedChange y = forge.write(FORKER, t, List.of(), NOW + 1, grow("y", "X"));
        assertThat(isValid(author, List.of(x), new Ref(name, null, 1), List.of(t, x, y))).isTrue();
        assertThat(isValid(author, List.of(x), new Ref(name, x.id(), 1), List.of(t, x, y)))
                .isFalse();
        assertThat(isValid(author, List.of(x, y), new Ref(name, null, 1), List.of(t, x, y)))
                .isFalse();
        assertThat(isValid(author, List.of(x, y), new Ref(name, null, 0), List.of(t, x, y)))
                .isFalse();
        for (SignedChange way : List.of(x, y)) {
            for (int number = 0; number < 3; number++) {
                assertThat(
                                isValid(
                                        author,
                                        List.of(x, y),
                                        new Ref(name, way.id(), number),
                                        List.of(t, x, y)))
                        .isEqualTo(number < 2);
            }
        }
        assertThat(isValid(author, List.of(t), new Ref(name, x.id(), 0), List.of(t, x, y)))
                .isFalse();
        assertThat(
                        isValid(
                                author,
                                List.of(x, y),
                                new Ref(new AgentName(author, ""), x.id(), 1),
                                List.of(t, x, y)))
                .isFalse();
    }

    /** In each order that the changes can come in. */
    private boolean isValid(
            Id author, List<SignedChange> builtOn, Ref ref, List<SignedChange> others) {
        SignedChange naming =
                forge.write(
                        author,
                        null,
                        builtOn,
                        NOW + 9,
                        new Operation.Label(TREE, ref, Scalar.of("named")));
        List<SignedChange> all = new ArrayList<>(others);
        all.add(naming);
        Set<Boolean> found = new HashSet<>();
        for (int order = 0; order < 30; order++) {
            Collections.shuffle(all, new Random(order));
            found.add(!replica(all).isVoid(naming.id()));
        }
        assertThat(found).hasSize(1);
        return found.iterator().next();
    }

    /** What is in the past of a change is known to be earlier, also through a void one. */
    @Test
    void aVoidChangeTurnsNoClockBack() {
        Id author = Replicas.author(3);
        Id other = Replicas.author(4);
        SignedChange high =
                forge.write(author, null, List.of(), NOW, new Operation.Set(TITLE, Scalar.of("a")));
        SignedChange between =
                forge.write(
                        other,
                        null,
                        List.of(),
                        NOW - 50,
                        new Operation.Set(TITLE, Scalar.of("between")));
        SignedChange early =
                forge.write(FORKER, null, List.of(high), 5, new Operation.Note(Path.ROOT));
        SignedChange backdated =
                forge.write(FORKER, early, List.of(), 6, new Operation.Set(TITLE, Scalar.of("x")));
        Replica replica = replica(List.of(high, between, early, backdated));
        assertThat(replica.isVoid(early.id())).isTrue();
        assertThat(replica.isVoid(backdated.id())).isTrue();
        assertThat(replica.state().register(TITLE)).contains(Scalar.of("a"));
        SignedChange later =
                forge.write(
                        FORKER,
                        backdated,
                        List.of(),
                        NOW + 1,
                        new Operation.Set(TITLE, Scalar.of("later")));
        replica.receive(later, NOW);
        assertThat(replica.isVoid(later.id())).isFalse();
        assertThat(replica.state().register(TITLE)).contains(Scalar.of("later"));
    }

    @Test
    void aClockThatIsAheadParksAChangeWithAllThatDependsOnIt() {
        Id author = Replicas.author(3);
        SignedChange ahead =
                forge.write(
                        author,
                        null,
                        List.of(),
                        NOW + 3_600_000,
                        new Operation.Set(TITLE, Scalar.of("ahead")));
        SignedChange after =
                forge.write(
                        FORKER,
                        null,
                        List.of(ahead),
                        NOW + 3_600_001,
                        new Operation.Set(TITLE, Scalar.of("after")));
        Replica replica = Replica.create(replicas.info);
        assertThat(replica.receive(after, NOW).status()).isEqualTo(Receipt.Status.WAITING);
        assertThat(replica.receive(ahead, NOW).status()).isEqualTo(Receipt.Status.PARKED);
        assertThat(replica.receive(ahead, NOW).status()).isEqualTo(Receipt.Status.PARKED);
        assertThat(replica.parked()).isEqualTo(2);
        assertThat(replica.waiting()).isZero();
        assertThat(replica.state().register(TITLE)).isEmpty();
        assertThat(replica.tick(NOW + 3_299_999)).isEmpty();
        assertThat(replica.tick(NOW + 3_300_001)).containsExactly(ahead.id(), after.id());
        assertThat(replica.state().register(TITLE)).contains(Scalar.of("after"));
        assertThat(replica.parked() + replica.waiting()).isZero();
        assertThat(replica.isVoid(ahead.id())).isFalse();
    }

    @Test
    void anyTimeIsTakenAtTheEndOfAllTimes() {
        Change far =
                new Change(
                        replicas.info.id(),
                        FORKER,
                        1,
                        null,
                        0,
                        List.of(),
                        -1L,
                        "",
                        "",
                        List.of(new Operation.Set(TITLE, Scalar.of("far"))));
        Replica replica = Replica.create(replicas.info);
        assertThat(replica.receive(Forge.sign(far), NOW).status()).isEqualTo(Receipt.Status.PARKED);
        assertThat(replica.tick(Long.MAX_VALUE)).hasSize(1);
        assertThat(replica.state().register(TITLE)).contains(Scalar.of("far"));
    }

    /** Also before anybody looks at the branch. */
    @Test
    void aVoidChangeOfABranchIsVoidForEverybody() {
        SignedChange first = forge.write(FORKER, "draft", null, List.of(), NOW, grow("x", "V"));
        SignedChange wrong =
                forge.write(
                        FORKER,
                        "draft",
                        first,
                        List.of(),
                        NOW + 1,
                        new Operation.Fell(TREE, new Ref(new AgentName(FORKER, ""), null, 0)));
        Replica replica = replica(List.of(first, wrong));
        assertThat(replica.isVoid(wrong.id())).isTrue();
        assertThat(replica.isVoid(first.id())).isFalse();
        assertThat(replica.state().children(TREE, ElementId.ROOT)).isEmpty();
    }
}
