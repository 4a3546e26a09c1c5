package dev.parley.crdt.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.crdt.api.Checkpoint;
import dev.parley.crdt.api.History;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.api.MemoryHistory;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.Replicas;
import dev.parley.crdt.api.Role;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.api.SignedChange;
import dev.parley.crdt.api.Snapshot;
import dev.parley.crdt.api.StoreInfo;
import dev.parley.crdt.internal.sequence.Sequence;
import dev.parley.crdt.internal.sequence.VisibleChanges;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What one author who follows no rule can try to do to all others. */
class AttackTest {
    private static final Path TEXT = Path.ROOT.at("text", ObjectType.TEXT);
    private static final Path STOCK = Path.ROOT.at("stock", ObjectType.ESCROW);
    private static final Path TITLE = Path.ROOT.at("title", ObjectType.REGISTER);
    private static final long NOW = Replicas.NOW;
    private static final Id EVIL = Replicas.author(7);

    private final Replicas replicas = Replicas.open(1);
    private final Forge forge = new Forge(replicas.info);

    private static Operation insert(@Nullable Ref left, @Nullable Ref right, String text) {
        return new Operation.Insert(TEXT, new Operation.Origins(left, right), text, text.length());
    }

    private static final class Disk implements History {
        private final List<SignedChange> changes = new ArrayList<>();

        @Override
        public void append(SignedChange change) {
            changes.add(change);
        }

        @Override
        public SignedChange get(int index) {
            return changes.get(index);
        }
    }

    /** Where origins stand that the change itself made is nobody's business; the place is clear. */
    @Test
    void aRightOriginBeforeItsElementMakesNoSnapshotUnreadable() throws Exception {
        SignedChange first =
                forge.write(
                        EVIL,
                        null,
                        List.of(),
                        NOW,
                        insert(null, null, "ab"),
                        insert(Ref.own(1), null, "c"),
                        insert(Ref.own(2), Ref.own(0), "d"));
        Replica replica = Replica.create(replicas.info);
        replica.receive(first, NOW);
        assertThat(replica.isVoid(first.id())).isFalse();
        Snapshot snapshot = replica.snapshot(replica.heads(""), false);
        Replica newcomer =
                Replica.fromCheckpoint(
                        snapshot.checkpoint(), snapshot.file(), new MemoryHistory(), event -> {});
        SignedChange second =
                forge.write(
                        EVIL,
                        first,
                        List.of(),
                        NOW + 1,
                        insert(Ref.own(2), Ref.own(0), "e"),
                        insert(Ref.own(3), null, "f"));
        replica.receive(second, NOW);
        newcomer.receive(second, NOW);
        assertThat(newcomer.state().text(TEXT)).isEqualTo(replica.state().text(TEXT));
        replica.compact(snapshot.checkpoint(), snapshot.file());
        assertThat(newcomer.state().text(TEXT)).isEqualTo(replica.state().text(TEXT));
    }

    /** A role that was taken later is in the index before the change of the branch is. */
    @Test
    void anIndexJudgesABranchByTheRolesInItsPast() throws Exception {
        StoreInfo info = new Replicas(1, StoreInfo.Mode.SHARED, false).info;
        Forge in = new Forge(info);
        Id owner = Replicas.author(0);
        Id writer = Replicas.author(3);
        SignedChange given = in.write(owner, null, List.of(), NOW, role(writer, Role.WRITER));
        SignedChange draft =
                in.write(
                        writer,
                        "draft",
                        null,
                        List.of(given),
                        NOW + 1,
                        new Operation.Set(TITLE, Scalar.of("draft")));
        List<SignedChange> all = new ArrayList<>(List.of(given, draft));
        SignedChange last = given;
        for (int i = 0; i < 300; i++) {
            last = in.write(owner, last, List.of(), NOW + 2 + i, role(writer, Role.NONE));
            all.add(last);
        }
        Disk disk = new Disk();
        Replica replica = Replica.create(info, disk, event -> {});
        all.forEach(it -> replica.receive(it, NOW));
        Replica again =
                Replica.fromIndex(replica.index(), Optional.empty(), disk, all.size(), event -> {});
        assertThat(replica.isVoid(draft.id())).isFalse();
        assertThat(again.isVoid(draft.id())).isFalse();
        assertThat(again.state("draft").register(TITLE)).contains(Scalar.of("draft"));
        assertThat(again.members()).isEqualTo(replica.members());
    }

    private static Operation role(Id agent, Role role) {
        return new Operation.SetRole(Path.ROOT, agent, role.ordinal());
    }

    @Test
    void aShareThatForksTookBelowZeroForbidsNoClear() {
        SignedChange minted = forge.write(EVIL, null, List.of(), NOW, new Operation.Mint(STOCK, 1));
        SignedChange one =
                forge.write(EVIL, minted, List.of(), NOW + 1, new Operation.Spend(STOCK, 1));
        SignedChange other =
                forge.write(
                        EVIL,
                        minted,
                        List.of(),
                        NOW + 1,
                        new Operation.Transfer(STOCK, Replicas.author(2), 1));
        SignedChange cleared =
                forge.write(
                        EVIL,
                        one,
                        List.of(other),
                        NOW + 2,
                        new Operation.Clear(STOCK),
                        new Operation.Set(TITLE, Scalar.of("said")));
        Replica replica = Replica.create(replicas.info);
        List.of(minted, one, other, cleared).forEach(it -> replica.receive(it, NOW));
        assertThat(replica.state().shares(STOCK))
                .containsEntry(EVIL, -1L)
                .containsEntry(Replicas.author(2), 1L);
        assertThat(replica.isVoid(cleared.id())).isFalse();
    }

    /** Who forks with its first operation names nothing by having forked. */
    @Test
    void anAuthorIsNamedByTheForksInThePastAloneNotByItsOwnNewOne() {
        SignedChange one = forge.write(EVIL, null, List.of(), NOW, insert(null, null, "a"));
        Ref named = new Ref(new AgentName(EVIL, ""), one.id(), 0);
        SignedChange first =
                forge.write(EVIL, null, List.of(one), NOW + 1, insert(named, null, "x"));
        SignedChange second =
                forge.write(
                        EVIL,
                        null,
                        List.of(one),
                        NOW + 2,
                        new Operation.Note(Path.ROOT),
                        insert(named, null, "y"));
        SignedChange then = forge.write(EVIL, second, List.of(), NOW + 3, insert(named, null, "z"));
        Replica replica = Replica.create(replicas.info);
        List.of(one, first, second, then).forEach(it -> replica.receive(it, NOW));
        assertThat(replica.isVoid(first.id())).isTrue();
        assertThat(replica.isVoid(second.id())).isTrue();
        assertThat(replica.isVoid(then.id())).isFalse();
        assertThat(replica.state().text(TEXT)).isEqualTo("az");
    }

    /** An honest edit beside what others wrote builds on all that it names. */
    @Test
    void anEditAmongMoreHeadsThanAChangeCanNameIsVoidNowhere() throws Exception {
        Replicas.Peer honest = replicas.get(0);
        honest.write(it -> it.text(TEXT).insert(0, "honest"));
        Replica other = Replica.create(replicas.info);
        List<SignedChange> crowd = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            byte[] key = new byte[Id.BYTES];
            key[0] = 1;
            key[1] = (byte) (i >>> 8);
            key[2] = (byte) i;
            crowd.add(forge.write(Id.of(key), null, List.of(), NOW, insert(null, null, "x")));
        }
        crowd.forEach(it -> honest.replica.receive(it, NOW));
        List<SignedChange> made = new ArrayList<>();
        for (int position : new int[] {1, 150, 300}) {
            made.add(honest.write(it -> it.text(TEXT).insert(position, "!")));
        }
        for (int i = 0; i < honest.replica.size(); i++) {
            other.receive(honest.replica.change(i), NOW);
        }
        for (SignedChange each : made) {
            assertThat(other.isVoid(each.id())).isFalse();
        }
        assertThat(other.state().text(TEXT)).isEqualTo(honest.replica.state().text(TEXT));
        assertThat(honest.replica.heads()).hasSize(1);
    }

    /** What is seen is the same with it, and so are void changes. */
    @Test
    void aSnapshotThatTakesARoleAwayIsNotCompactedTo() throws Exception {
        StoreInfo info = new Replicas(1, StoreInfo.Mode.SHARED, false).info;
        Id writer = Replicas.author(3);
        SignedChange given =
                new Forge(info)
                        .write(Replicas.author(0), null, List.of(), NOW, role(writer, Role.WRITER));
        ReplicaCore replica = (ReplicaCore) Replica.create(info);
        replica.receive(given, NOW);
        ChangeGraph graph = replica.integration().graph();
        StoreSnapshotWriter.Written other =
                StoreSnapshotWriter.write(
                        info,
                        graph,
                        new Roles(info, graph),
                        replica.integration().seals(),
                        replica.integration().main(),
                        false);
        Checkpoint checkpoint =
                new Checkpoint(info.id(), replica.heads(""), Sha256.of(other.raw()));
        assertThatThrownBy(() -> replica.compact(checkpoint, other.packed()))
                .isInstanceOf(MalformedException.class);
        assertThat(replica.role(writer)).isEqualTo(Role.WRITER);
        assertThat(replica.isForgotten(0)).isFalse();
        Snapshot own = replica.snapshot(replica.heads(""), false);
        replica.compact(own.checkpoint(), own.file());
        assertThat(replica.role(writer)).isEqualTo(Role.WRITER);
        assertThat(replica.isForgotten(0)).isTrue();
    }

    // ---- what costs others much and its author little; each took minutes, or gigabytes ----

    private SignedChange change(@Nullable SignedChange prev, List<Operation> operations) {
        return forge.write(EVIL, prev, List.of(), NOW, operations.toArray(new Operation[0]));
    }

    private static void take(Replica replica, SignedChange change) {
        replica.receive(change, NOW);
        assertThat(replica.isVoid(change.id())).isFalse();
    }

    @Test
    void anAmountOfALateAgentTakesNoMoreRoomThanOneOfTheFirst() {
        List<RunningSums> all = new ArrayList<>();
        for (int i = 0; i < 6_000; i++) {
            RunningSums sums = new RunningSums();
            sums.add(200_000, 5, 3);
            sums.add(1_000, 7, 4);
            sums.add(200_000, 6, 1);
            all.add(sums);
        }
        for (RunningSums sums : all) {
            assertThat(sums.agents()).isEqualTo(2);
            assertThat(sums.total(200_000)).isEqualTo(4);
            assertThat(sums.before(200_000, 6)).isEqualTo(3);
            assertThat(sums.total(1_000)).isEqualTo(4);
            assertThat(sums.total(5)).isZero();
            assertThat(sums.any(1_000, 7)).isTrue();
            assertThat(sums.any(1_000, 8)).isFalse();
        }
    }

    @Test
    void aTextOfALateAgentTakesNoMoreRoomThanOneOfTheFirst() {
        List<Sequence> all = new ArrayList<>();
        int[] agents = {200_000, 5, 199_999, 7, 1_000};
        for (int i = 0; i < 6_000; i++) {
            Sequence text = Sequence.ofText((agent, seq, other, otherSeq) -> agent - other);
            for (int number = 0; number < agents.length; number++) {
                text.integrateInsert(
                        agents[number],
                        3,
                        number == 0 ? Sequence.NONE : agents[number - 1],
                        3,
                        Sequence.NONE,
                        0,
                        String.valueOf(number),
                        VisibleChanges.NONE);
            }
            all.add(text);
        }
        for (Sequence text : all) {
            assertThat(text.text()).isEqualTo("01234");
            assertThat(text.contains(7, 3)).isTrue();
            assertThat(text.contains(7, 4)).isFalse();
            assertThat(text.contains(6, 3)).isFalse();
        }
    }

    /**
     * Each change keeps who is in its past; with 4,000 numbers each these would take a gigabyte.
     */
    @Test
    @Timeout(60)
    void changesOfManyAuthorsInTurnsTakeLittleMoreRoomThanThoseOfOne() {
        int authors = 4_000;
        ChangeGraph graph = new ChangeGraph();
        List<Operation> operations = List.of(new Operation.Note(Path.ROOT));
        for (int number = 0; number < 80_000; number++) {
            int prev = number - authors;
            Change change =
                    new Change(
                            replicas.info.id(),
                            numbered(number % authors),
                            1 + number / authors,
                            prev < 0 ? null : numbered(prev),
                            number / authors,
                            number == 0 ? List.of() : List.of(numbered(number - 1)),
                            NOW + number << 16,
                            "",
                            "",
                            operations);
            int[] builtOn = number == 0 ? new int[0] : new int[] {number - 1};
            graph.add(numbered(number), change, 1, Math.max(prev, -1), builtOn);
        }
        assertThat(graph.agents().size()).isEqualTo(authors);
        for (int earlier : new int[] {0, 3_999, 4_000, 79_998}) {
            assertThat(graph.isBefore(earlier, 79_999)).isTrue();
            assertThat(graph.isBefore(79_999, earlier)).isFalse();
        }
    }

    private static Id numbered(int number) {
        return Sha256.of(ByteBuffer.allocate(4).putInt(number).array());
    }

    @Test
    @Timeout(60)
    void forksOfForksCostNoMoreThanOtherChanges() {
        List<SignedChange> all = new ArrayList<>();
        SignedChange last = forge.write(EVIL, null, List.of(), NOW, insert(null, null, "x"));
        all.add(last);
        for (int i = 1; i < 3_000; i++) {
            all.add(forge.write(EVIL, last, List.of(), NOW + i, insert(null, null, "x")));
            last = forge.write(EVIL, last, List.of(), NOW + i, insert(null, null, "y"));
            all.add(last);
        }
        Replica replica = Replica.create(replicas.info);
        all.forEach(it -> replica.receive(it, NOW));
        assertThat(replica.state().textLength(TEXT)).isEqualTo(5_999);
    }

    /** Lines that leave lines that leave lines stand where the page says. */
    @Test
    void forksOfForksStandInTheOrderOfThePage() {
        for (int seed = 0; seed < 5; seed++) {
            Random random = new Random(seed);
            Oracle oracle = new Oracle(replicas.info);
            List<SignedChange> all = new ArrayList<>();
            for (int i = 0; i < 150; i++) {
                int back = random.nextInt(random.nextBoolean() ? 3 : 40);
                SignedChange prev = i <= back ? null : all.get(i - 1 - back);
                String text = String.valueOf((char) ('a' + i % 26));
                all.add(forge.write(EVIL, prev, List.of(), NOW + i, insert(null, null, text)));
                oracle.take(all.get(i));
            }
            Collections.shuffle(all, random);
            Replica replica = Replica.create(replicas.info);
            all.forEach(it -> replica.receive(it, NOW));
            assertThat(replica.state().text(TEXT))
                    .isEqualTo(new OracleState(oracle, oracle.branch("")).shown(TEXT));
        }
    }

    @Test
    @Timeout(60)
    void whoDeletesTheSameAgainAndAgainCostsAsMuchAsOnce() {
        List<Operation> operations = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            operations.add(insert(null, i == 0 ? null : Ref.own(i - 1), "x"));
        }
        List<Operation> deletions = new ArrayList<>();
        for (int i = 0; i < 8_000; i++) {
            deletions.add(new Operation.Delete(TEXT, Ref.own(0), 10_000));
        }
        Replica replica = Replica.create(replicas.info);
        SignedChange first = change(null, operations);
        take(replica, first);
        take(replica, forge.write(EVIL, first, List.of(), NOW + 1, array(deletions)));
        assertThat(replica.state().text(TEXT)).isEmpty();
        operations.addAll(deletions);
        Replica other = Replica.create(replicas.info);
        take(other, change(null, operations));
        assertThat(other.state().text(TEXT)).isEmpty();
    }

    private static Operation[] array(List<Operation> operations) {
        return operations.toArray(new Operation[0]);
    }

    @Test
    @Timeout(60)
    void whoClearsTheSameAgainAndAgainCostsAsMuchAsOnce() {
        Replica replica = Replica.create(replicas.info);
        SignedChange last = null;
        for (int i = 0; i < 4; i++) {
            List<Operation> operations = new ArrayList<>();
            for (int j = 0; j < 4_096; j++) {
                Path path = Path.ROOT.at(i + "." + j, ObjectType.TEXT);
                operations.add(
                        new Operation.Insert(path, new Operation.Origins(null, null), "x", 1));
            }
            last = forge.write(EVIL, last, List.of(), NOW + i, array(operations));
            take(replica, last);
        }
        Path counter = Path.ROOT.map("m").at("n", ObjectType.COUNTER);
        List<Operation> operations = new ArrayList<>();
        for (int i = 0; i < 6_000; i++) {
            operations.add(new Operation.Clear(Path.ROOT));
            operations.add(new Operation.AddNumber(counter, 1));
            operations.add(new Operation.Put(Path.ROOT.map("m")));
        }
        take(replica, forge.write(EVIL, last, List.of(), NOW + 9, array(operations)));
        assertThat(replica.state().keys(Path.ROOT)).hasSize(1);
        assertThat(replica.state().counter(counter)).isEqualTo(1);
    }

    /** What it adds and clears is its own; what is large is of others it does not know. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    @Timeout(20)
    void whoAddsAndClearsBesideOthersPaysForItsOwnOnly(int kind) {
        Replica replica = Replica.create(replicas.info);
        SignedChange last = null;
        for (int from = 0; from < 60_000; from += 20_000) {
            List<Operation> operations = new ArrayList<>();
            for (int i = from; i < from + 20_000; i++) {
                operations.add(added(kind, i, i == 0 ? null : Ref.own(i - 1)));
            }
            last = forge.write(Replicas.author(3), last, List.of(), NOW + from, array(operations));
            take(replica, last);
        }
        List<Operation> operations = new ArrayList<>();
        for (int i = 0; i < 32_000; i++) {
            Operation own = added(kind, -1 - i, null);
            operations.add(own);
            operations.add(new Operation.Clear(i % 2 == 0 ? own.path() : Path.ROOT));
        }
        take(replica, change(null, operations));
        Path path = operations.get(0).path();
        switch (kind) {
            case 0, 1 -> assertThat(replica.state().set(path)).hasSize(60_000);
            case 2 -> assertThat(replica.state().list(path)).hasSize(60_000);
            case 3 -> assertThat(replica.state().textLength(path)).isEqualTo(60_000);
            default -> assertThat(replica.state().shown(path)).hasSizeGreaterThan(120_000);
        }
    }

    private static Operation added(int kind, int number, @Nullable Ref before) {
        Scalar value = Scalar.of(number);
        Operation.Origins origins = new Operation.Origins(null, before);
        return switch (kind) {
            case 0 -> new Operation.Add(Path.ROOT.at("set", ObjectType.SET_ADD_WINS), value);
            case 1 -> new Operation.Add(Path.ROOT.at("set", ObjectType.SET_REMOVE_WINS), value);
            case 2 ->
                    new Operation.PlaceCell(Path.ROOT.at("list", ObjectType.LIST), origins, value);
            case 3 -> new Operation.Insert(TEXT, origins, "x", 1);
            default ->
                    new Operation.Grow(
                            Path.ROOT.at("tree", ObjectType.TREE),
                            new Operation.Place(null, "V"),
                            value);
        };
    }

    @Test
    void aTreeAsDeepAsAChangeIsLongCanBeShownAndCompared() throws Exception {
        Path tree = Path.ROOT.at("tree", ObjectType.TREE);
        List<Operation> operations = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            Ref parent = i == 0 ? null : Ref.own(i - 1);
            operations.add(
                    new Operation.Grow(tree, new Operation.Place(parent, "V"), Scalar.of(1)));
        }
        SignedChange first = change(null, operations);
        Replica replica = Replica.create(replicas.info);
        take(replica, first);
        assertThat(replica.state().shown(tree))
                .isEqualTo("1(".repeat(19_999) + "1" + ")".repeat(19_999));
        assertThat(replica.diff(List.of(), List.of(first.id()))).isNotEmpty();
    }

    /** Texts of one hash, as everybody can make them. */
    private static Scalar colliding(int number) {
        StringBuilder text = new StringBuilder();
        for (int bit = 0; bit < 16; bit++) {
            text.append((number >> bit & 1) == 0 ? "Aa" : "BB");
        }
        return Scalar.of(text.toString());
    }

    @Test
    @Timeout(20)
    void valuesChosenToHaveOneHashCostNoMoreThanOthers() {
        Path set = Path.ROOT.at("set", ObjectType.SET_ADD_WINS);
        assertThat(colliding(1)).isNotEqualTo(colliding(2)).hasSameHashCodeAs(colliding(2));
        Replica replica = Replica.create(replicas.info);
        SignedChange last = null;
        for (int from = 0; from < 50_000; from += 25_000) {
            List<Operation> operations = new ArrayList<>();
            for (int i = 0; i < 25_000; i++) {
                operations.add(new Operation.Add(set, colliding(from + i)));
            }
            last = forge.write(EVIL, last, List.of(), NOW + from, array(operations));
            take(replica, last);
        }
        assertThat(replica.state().set(set)).hasSize(50_000);
    }
}
