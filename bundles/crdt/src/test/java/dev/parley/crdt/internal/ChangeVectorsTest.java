package dev.parley.crdt.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.Replicas;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.api.SignedChange;
import dev.parley.crdt.api.StoreInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** {@code docs/protocols/vectors/0010.json}: made here, and read as somebody else would. */
class ChangeVectorsTest {
    private static final Id STORE = VectorHistory.info(StoreInfo.Mode.OPEN, false).id();
    private static final Path MAP = Path.ROOT.map("m");
    private static final Path REGISTER = Path.ROOT.at("r", ObjectType.REGISTER);
    private static final Path MULTI = Path.ROOT.at("r", ObjectType.MULTI_REGISTER);
    private static final Path COUNTER = MAP.at("c", ObjectType.COUNTER);
    private static final Path ESCROW = MAP.at("e", ObjectType.ESCROW);
    private static final Path ENABLE = Path.ROOT.at("f", ObjectType.FLAG_ENABLE_WINS);
    private static final Path DISABLE = Path.ROOT.at("f", ObjectType.FLAG_DISABLE_WINS);
    private static final Path ADDS = Path.ROOT.at("s", ObjectType.SET_ADD_WINS);
    private static final Path REMOVES = Path.ROOT.at("s", ObjectType.SET_REMOVE_WINS);
    private static final Path TEXT = Path.ROOT.at("t", ObjectType.TEXT);
    private static final Path LIST = Path.ROOT.at("l", ObjectType.LIST);
    private static final Path TREE = Path.ROOT.at("t", ObjectType.TREE);
    private static final Path TASKS = Path.ROOT.at("t", ObjectType.TASKS);
    private static final Scalar X = Scalar.of("x");
    private static final Id NOBODY = Id.of(new byte[Id.BYTES]);

    private static Ref of(int author, int number) {
        return new Ref(new AgentName(VectorHistory.agent(author), ""), null, number);
    }

    private static Operation.Origins origins(@Nullable Ref left, @Nullable Ref right) {
        return new Operation.Origins(left, right);
    }

    private static Operation.Place under(@Nullable Ref parent, String position) {
        return new Operation.Place(parent, position);
    }

    private static Operation grow(String label, String position) {
        return new Operation.Grow(TREE, under(null, position), Scalar.of(label));
    }

    private static Map<String, @Nullable Object> good(String name, Change change) {
        byte[] body = ChangeCodec.encode(change);
        return Described.map(
                "name",
                name,
                "bytes",
                HexFormat.of().formatHex(body),
                "id",
                Sha256.of(body).hex(),
                "fields",
                Described.change(change));
    }

    private static Change change(int start, List<Operation> operations) {
        boolean first = start == 0;
        return new Change(
                STORE,
                VectorHistory.agent(1),
                first ? 1 : 2,
                first ? null : Sha256.of(new byte[] {1}),
                start,
                List.of(),
                Replicas.NOW << 16,
                "",
                "",
                operations);
    }

    private static List<Object> goods() {
        List<Object> good = new ArrayList<>();
        for (Operation operation : each()) {
            good.add(good(operation.getClass().getSimpleName(), change(100, List.of(operation))));
        }
        List<Scalar> scalars =
                List.of(
                        Scalar.NULL,
                        Scalar.of(false),
                        Scalar.of(true),
                        Scalar.of(0),
                        Scalar.of(-1),
                        Scalar.of(Long.MIN_VALUE),
                        Scalar.of(Long.MAX_VALUE),
                        new Scalar.Real(-0.0),
                        new Scalar.Real(Double.NaN),
                        Scalar.of(""),
                        Scalar.of("gr\u00f6\u00dfer \ud83d\ude00"),
                        new Scalar.Bytes(new byte[] {0, -1}));
        good.add(
                good(
                        "scalars of each kind",
                        change(
                                0,
                                scalars.stream()
                                        .<Operation>map(it -> new Operation.Add(ADDS, it))
                                        .toList())));
        good.add(
                good(
                        "tables in the order of first use, references to the change's own",
                        change(
                                7,
                                List.of(
                                        new Operation.AddNumber(COUNTER, -300),
                                        new Operation.Insert(
                                                TEXT, origins(null, null), "\u00e4\ud83d\ude00", 2),
                                        new Operation.Insert(
                                                TEXT, origins(Ref.own(9), of(2, 3)), "b", 1),
                                        new Operation.Delete(TEXT, Ref.own(8), 2),
                                        new Operation.Delete(TEXT, of(3, 9), -10),
                                        grow("root", "V"),
                                        new Operation.Grow(
                                                TREE, under(Ref.own(23), "zz"), Scalar.NULL),
                                        new Operation.Set(REGISTER, X)))));
        good.add(
                good(
                        "dependencies, branch, message, and an agent that forked",
                        new Change(
                                STORE,
                                VectorHistory.agent(1),
                                300,
                                Sha256.of(new byte[] {2}),
                                70_000,
                                List.of(Sha256.of(new byte[] {3}), Sha256.of(new byte[] {4}))
                                        .stream()
                                        .sorted()
                                        .toList(),
                                (Replicas.NOW << 16) + 65_535,
                                "drafts/a-1",
                                "try it",
                                List.of(
                                        new Operation.Fell(
                                                TREE,
                                                new Ref(
                                                        new AgentName(
                                                                VectorHistory.agent(1),
                                                                "drafts/a-1"),
                                                        Sha256.of(new byte[] {5}),
                                                        69_000)),
                                        new Operation.Fell(TREE, of(2, 0))))));
        return good;
    }

    private static List<Operation> each() {
        Ref ref = of(2, 300);
        return List.of(
                new Operation.Put(MAP),
                new Operation.Clear(Path.ROOT),
                new Operation.Set(MULTI, X),
                new Operation.AddNumber(COUNTER, Long.MIN_VALUE),
                new Operation.Mint(ESCROW, Long.MAX_VALUE),
                new Operation.Spend(ESCROW, 1),
                new Operation.Transfer(ESCROW, VectorHistory.agent(2), 128),
                new Operation.Enable(ENABLE),
                new Operation.Disable(DISABLE),
                new Operation.Add(ADDS, X),
                new Operation.Remove(REMOVES, X),
                new Operation.Insert(TEXT, origins(ref, null), "abc", 3),
                new Operation.Delete(TEXT, ref, -3),
                new Operation.PlaceCell(LIST, origins(null, ref), X),
                new Operation.MoveCell(LIST, ref, origins(ref, ref)),
                new Operation.Replace(LIST, ref, X),
                new Operation.Drop(LIST, ref),
                grow("x", "V"),
                new Operation.Graft(TREE, ref, under(Ref.own(99), "V1")),
                new Operation.Label(TREE, ref, X),
                new Operation.Fell(TREE, ref),
                new Operation.NewTask(TASKS, "sweep", true, VectorHistory.agent(3)),
                new Operation.Claim(TASKS, ref, 2_592_000),
                new Operation.Renew(TASKS, ref, 1),
                new Operation.Release(TASKS, ref),
                new Operation.Expire(TASKS, ref),
                new Operation.Finish(TASKS, ref, X),
                new Operation.Cancel(TASKS, ref),
                new Operation.Reopen(TASKS, ref),
                new Operation.Grant(TASKS, ref),
                new Operation.Rename(TASKS, ref, "mop"),
                new Operation.SetRole(Path.ROOT, VectorHistory.agent(2), 3),
                new Operation.Note(Path.ROOT));
    }

    private static void bad(List<Object> out, String name, byte[] bytes) {
        try {
            ChangeCodec.decode(bytes);
        } catch (MalformedException e) {
            out.add(
                    Described.map(
                            "name",
                            name,
                            "bytes",
                            HexFormat.of().formatHex(bytes),
                            "text",
                            String.valueOf(e.getMessage())));
            return;
        }
        throw new AssertionError("it is taken: " + name);
    }

    /** The first change of an author with these bytes for its operations. */
    private static byte[] body(String operations) {
        byte[] note = ChangeCodec.encode(change(0, List.of(new Operation.Note(Path.ROOT))));
        byte[] end = HexFormat.of().parseHex(operations.replace(" ", ""));
        byte[] body = Arrays.copyOf(note, note.length - 5 + end.length);
        System.arraycopy(end, 0, body, note.length - 5, end.length);
        return body;
    }

    private static List<Object> bads() {
        String agent = HexFormat.of().formatHex(VectorHistory.agent(2).bytes()) + " 00 00";
        String own = HexFormat.of().formatHex(VectorHistory.agent(1).bytes()) + " 00 00";
        byte[] note = body("00 00 01 2100");
        byte[] version = note.clone();
        version[0] = 2;
        byte[] zero = note.clone();
        zero[65] = 0;
        List<Object> bad = new ArrayList<>();
        bad(bad, "nothing", new byte[0]);
        bad(bad, "another version", version);
        bad(bad, "sequence 0", zero);
        bad(bad, "it ends early", Arrays.copyOf(note, note.length - 1));
        bad(bad, "it goes on", body("00 00 01 2100 00"));
        bad(bad, "no operation", body("00 00 00"));
        bad(bad, "a number longer than needed", body("00 00 8100 2100"));
        bad(bad, "a huge count", body("00 00 ffffffff07 2100"));
        bad(bad, "an agent that nothing uses", body("01" + agent + "00 01 2100"));
        bad(
                bad,
                "the author in the table of agents",
                body("01" + own + "01 00 0b 0174 01 1501 0100"));
        bad(
                bad,
                "an agent twice",
                body("02" + agent + agent + "01 00 0b 0174 02 1501 0100 1501 0200"));
        bad(
                bad,
                "agents not in the order of use",
                body(
                        "02"
                                + agent
                                + HexFormat.of().formatHex(VectorHistory.agent(3).bytes())
                                + "0000"
                                + "01 00 0b 0174 02 1501 0200 1501 0100"));
        bad(bad, "an object that nothing uses", body("00 01 00 01 0172 01 2100"));
        bad(bad, "an object twice", body("00 02 00 01 0172 00 01 0172 02 0301 00 0302 00"));
        bad(bad, "a parent after its child", body("00 02 02 01 0172 00 00 016d 01 0301 00"));
        bad(bad, "an object under a register", body("00 02 00 01 0172 01 01 0172 01 0302 00"));
        bad(
                bad,
                "objects not in the order of use",
                body("00 02 00 01 0172 00 01 0173 02 0302 00 0301 00"));
        bad(bad, "an object type 13", body("00 01 00 0d 0172 01 0201"));
        bad(bad, "action 34", body("00 00 01 2200"));
        bad(bad, "an action of another type", body("00 01 00 01 0172 01 0401 00"));
        bad(bad, "a scalar of kind 7", body("00 01 00 01 0172 01 0301 07"));
        bad(bad, "another NaN", body("00 01 00 01 0172 01 0301 04 7ff8000000000001"));
        bad(bad, "a text that is not UTF-8", body("00 01 00 01 0172 01 0301 05 01 ff"));
        bad(bad, "half a surrogate pair", body("00 01 00 01 0172 01 0301 05 03 eda080"));
        bad(bad, "an amount of 0", body("00 01 00 04 0172 01 0501 00"));
        bad(bad, "an amount of 2^63", body("00 01 00 04 0172 01 0501 80808080808080808001"));
        bad(bad, "a reference before the first operation", body("00 01 00 0b 0174 01 1501 0000"));
        bad(bad, "a position that ends in 0", body("00 01 00 0b 0174 01 1201 00 025630 00"));
        bad(bad, "a position with another character", body("00 01 00 0b 0174 01 1201 00 012d 00"));
        bad(bad, "a deletion of nothing", body("01" + agent + "01 00 09 0174 01 0d01 0100 00"));
        bad(bad, "a deletion before 0", body("01" + agent + "01 00 09 0174 01 0d01 0100 03"));
        bad(
                bad,
                "a deletion of what is not yet there",
                body("00 01 00 09 0174 02 0c01 0000 0161 0d01 0000 04"));
        bad(bad, "a lease of 0", body("01" + agent + "01 00 0c 0174 01 1701 0100 00"));
        bad(bad, "a role 4", body("00 00 01 2000" + HexFormat.of().formatHex(new byte[32]) + "04"));
        return bad;
    }

    private static Object time() {
        VectorHistory h = new VectorHistory("rule 1", StoreInfo.Mode.OPEN, false);
        Operation note = new Operation.Note(Path.ROOT);
        SignedChange a = h.add(0, List.of(), new Operation.Set(REGISTER, Scalar.of("a")));
        SignedChange b = h.add(1, List.of(a), new Operation.Set(REGISTER, Scalar.of("b")));
        h.add(2, null, List.of(b), Replicas.NOW, "", new Operation.Set(REGISTER, X));
        h.isVoid(1);
        h.add(2, List.of(), new Operation.Note(Path.ROOT));
        h.add(3, List.of(a, b), new Operation.Set(REGISTER, X));
        h.isVoid(1);
        h.add(4, List.of(b), note);
        h.add(4, List.of(a), new Operation.Set(REGISTER, X));
        h.isVoid(1);
        SignedChange early = h.add(5, null, List.of(b), 1, "", note);
        h.isVoid(1);
        h.add(5, early, List.of(), 2, "", new Operation.Set(REGISTER, X));
        h.isVoid(1);
        h.add(5, List.of(), new Operation.AddNumber(COUNTER, 5));
        return h.finish(REGISTER, COUNTER);
    }

    private static Object references() {
        VectorHistory h = new VectorHistory("rule 3", StoreInfo.Mode.OPEN, false);
        SignedChange a = h.add(0, List.of(), grow("a", "V"));
        h.add(1, List.of(), new Operation.Label(TREE, of(0, 0), X));
        h.isVoid(3);
        SignedChange b = h.add(2, List.of(a), new Operation.Label(TREE, of(0, 0), Scalar.of("A")));
        h.add(2, List.of(), new Operation.Label(TREE, Ref.own(0), X));
        h.isVoid(3);
        Path other = Path.ROOT.at("u", ObjectType.TREE);
        h.add(2, List.of(), new Operation.Fell(other, of(0, 0)));
        h.isVoid(3);
        SignedChange void1 =
                h.add(
                        2,
                        List.of(),
                        grow("in a void change", "W"),
                        new Operation.Fell(TREE, of(3, 0)));
        h.isVoid(3);
        h.add(4, List.of(void1), new Operation.Fell(TREE, of(2, 3)));
        h.isVoid(3);
        h.add(
                2,
                List.of(),
                grow("p", "X"),
                new Operation.Grow(TREE, under(Ref.own(5), "V"), Scalar.of("below p")),
                new Operation.Graft(TREE, of(0, 0), under(Ref.own(6), "V")));
        h.add(2, List.of(), new Operation.Graft(TREE, Ref.own(5), under(of(0, 0), "V")));
        h.add(2, List.of(), new Operation.Claim(TASKS, of(0, 0), 60));
        h.isVoid(3);
        assertThat(b.id()).isNotEqualTo(a.id());
        return h.finish(TREE);
    }

    private static Object forks() {
        VectorHistory h =
                new VectorHistory("an agent that forks, and rule 3", StoreInfo.Mode.OPEN, false);
        SignedChange t = h.add(1, null, List.of(), h.millis(), "", grow("t", "V"));
        SignedChange x = h.add(1, t, List.of(), h.millis(), "", grow("x", "W"));
        SignedChange y = h.add(1, t, List.of(), h.millis(), "", grow("y", "X"));
        SignedChange x1 = h.add(1, x, List.of(), h.millis(), "", grow("x1", "Y"));
        SignedChange x2 = h.add(1, x, List.of(), h.millis(), "", grow("x2", "Z"));
        AgentName name = new AgentName(VectorHistory.agent(1), "");
        h.add(2, List.of(x1), new Operation.Label(TREE, of(1, 1), Scalar.of("X")));
        h.add(3, List.of(y, x1), new Operation.Label(TREE, of(1, 0), X));
        h.isVoid(3);
        h.add(3, List.of(), new Operation.Label(TREE, new Ref(name, y.id(), 1), Scalar.of("Y")));
        h.add(3, List.of(), new Operation.Label(TREE, new Ref(name, x1.id(), 2), Scalar.of("X1")));
        h.add(3, List.of(), new Operation.Label(TREE, new Ref(name, x.id(), 2), X));
        h.isVoid(3);
        h.add(3, List.of(), new Operation.Label(TREE, new Ref(name, x2.id(), 2), X));
        h.isVoid(3);
        h.add(2, List.of(), new Operation.Label(TREE, new Ref(name, x1.id(), 2), X));
        h.isVoid(3);
        return h.finish(TREE);
    }

    private static Object escrow() {
        VectorHistory h = new VectorHistory("rule 5", StoreInfo.Mode.OPEN, false);
        SignedChange a =
                h.add(
                        0,
                        List.of(),
                        new Operation.Mint(ESCROW, 10),
                        new Operation.Transfer(ESCROW, VectorHistory.agent(1), 4));
        h.add(1, List.of(), new Operation.Spend(ESCROW, 1));
        h.isVoid(5);
        h.add(1, List.of(a), new Operation.Spend(ESCROW, 3));
        h.add(1, List.of(), new Operation.Spend(ESCROW, 1), new Operation.Spend(ESCROW, 1));
        h.isVoid(5);
        h.add(0, List.of(), new Operation.Transfer(ESCROW, VectorHistory.agent(2), 7));
        h.isVoid(5);
        h.add(0, List.of(), new Operation.Mint(ESCROW, 1), new Operation.Spend(ESCROW, 7));
        h.add(0, List.of(), new Operation.Mint(ESCROW, (1L << 48) - 10));
        h.isVoid(5);
        return h.finish(ESCROW);
    }

    private static Object appendOnly() {
        VectorHistory h = new VectorHistory("rule 6", StoreInfo.Mode.OPEN, true);
        h.add(
                0,
                List.of(),
                new Operation.Set(REGISTER, X),
                new Operation.Add(ADDS, X),
                grow("x", "V"));
        for (Operation operation :
                List.of(
                        new Operation.Set(REGISTER, X),
                        new Operation.Remove(ADDS, X),
                        new Operation.Clear(Path.ROOT),
                        new Operation.Disable(ENABLE),
                        new Operation.Fell(TREE, Ref.own(2)),
                        new Operation.Label(TREE, Ref.own(2), X),
                        new Operation.Graft(TREE, Ref.own(2), under(null, "W")))) {
            h.add(0, List.of(), operation);
            h.isVoid(6);
        }
        h.add(1, List.of(), new Operation.Set(REGISTER, Scalar.of("unknowing")));
        return h.finish(REGISTER, ADDS, TREE, Path.ROOT);
    }

    private static Object tasks() {
        VectorHistory h = new VectorHistory("rule 7", StoreInfo.Mode.OPEN, false);
        Operation claim = new Operation.Claim(TASKS, of(1, 0), 60);
        SignedChange made =
                h.add(1, List.of(), new Operation.NewTask(TASKS, "sweep", false, NOBODY));
        SignedChange one = h.add(2, List.of(made), claim);
        SignedChange two = h.add(3, List.of(made), claim);
        h.add(4, List.of(one), claim);
        h.isVoid(7);
        h.add(4, List.of(two), new Operation.Finish(TASKS, of(2, 0), X));
        h.isVoid(7);
        h.add(4, List.of(), new Operation.Expire(TASKS, of(2, 0)));
        h.isVoid(7);
        h.add(4, List.of(), new Operation.Cancel(TASKS, of(1, 0)));
        h.isVoid(7);
        h.add(1, List.of(), new Operation.Reopen(TASKS, Ref.own(0)));
        h.isVoid(7);
        h.add(
                1,
                List.of(),
                new Operation.NewTask(TASKS, "mop", false, NOBODY),
                new Operation.Claim(TASKS, Ref.own(2), 60));
        h.isVoid(7);
        h.add(2, List.of(), new Operation.Finish(TASKS, Ref.own(0), Scalar.of("by 2")));
        h.add(3, List.of(), new Operation.Finish(TASKS, Ref.own(0), Scalar.of("by 3")));
        h.add(3, List.of(), new Operation.Renew(TASKS, Ref.own(0), 60));
        h.isVoid(7);
        return h.finish(TASKS);
    }

    private static Object exclusive() {
        VectorHistory h =
                new VectorHistory("an exclusive task, and rule 7", StoreInfo.Mode.OPEN, false);
        SignedChange made =
                h.add(
                        1,
                        List.of(),
                        new Operation.NewTask(TASKS, "launch", true, VectorHistory.agent(1)));
        Operation claim = new Operation.Claim(TASKS, of(1, 0), 60);
        SignedChange two = h.add(2, List.of(made), claim);
        SignedChange three = h.add(3, List.of(made), claim);
        h.add(2, List.of(three), new Operation.Grant(TASKS, Ref.own(0)));
        h.isVoid(7);
        h.add(1, List.of(two, three), new Operation.Grant(TASKS, of(3, 0)));
        h.add(1, List.of(), new Operation.Grant(TASKS, of(2, 0)));
        h.isVoid(7);
        h.add(2, List.of(), new Operation.Finish(TASKS, Ref.own(0), Scalar.of("not granted")));
        return h.finish(TASKS);
    }

    private static Object merging() {
        VectorHistory h = new VectorHistory("each type, merged", StoreInfo.Mode.OPEN, false);
        SignedChange both =
                h.add(
                        0,
                        List.of(),
                        new Operation.Add(ADDS, X),
                        new Operation.Add(REMOVES, X),
                        new Operation.Enable(ENABLE),
                        new Operation.Enable(DISABLE),
                        new Operation.AddNumber(COUNTER, 1),
                        grow("a", "V"),
                        grow("b", "W"));
        h.add(
                1,
                List.of(both),
                new Operation.Remove(ADDS, X),
                new Operation.Remove(REMOVES, X),
                new Operation.Disable(ENABLE),
                new Operation.Disable(DISABLE),
                new Operation.AddNumber(COUNTER, 2),
                new Operation.Set(REGISTER, Scalar.of("1")),
                new Operation.Set(MULTI, Scalar.of("1")),
                new Operation.Graft(TREE, of(0, 5), under(of(0, 6), "V")),
                new Operation.Clear(MAP));
        h.add(
                2,
                List.of(both),
                new Operation.Add(ADDS, X),
                new Operation.Add(REMOVES, X),
                new Operation.Enable(ENABLE),
                new Operation.Enable(DISABLE),
                new Operation.AddNumber(COUNTER, 4),
                new Operation.Set(REGISTER, Scalar.of("2")),
                new Operation.Set(MULTI, Scalar.of("2")),
                new Operation.Graft(TREE, of(0, 6), under(of(0, 5), "V")));
        return h.finish(
                ADDS, REMOVES, ENABLE, DISABLE, COUNTER, REGISTER, MULTI, TREE, MAP, Path.ROOT);
    }

    @Test
    void theVectorsAreWhatThisCodeMakesAndReads() throws Exception {
        Map<?, ?> file =
                VectorHistory.file(
                        "0010.json",
                        Described.map(
                                "about",
                                "Changes (docs/protocols/0010-crdt-changes.md)",
                                "good",
                                goods(),
                                "bad",
                                bads(),
                                "histories",
                                List.of(
                                        merging(),
                                        time(),
                                        references(),
                                        forks(),
                                        escrow(),
                                        appendOnly(),
                                        tasks(),
                                        exclusive())));
        for (Object each : (List<?>) VectorHistory.get(file, "good")) {
            Map<?, ?> good = (Map<?, ?>) each;
            byte[] body = HexFormat.of().parseHex((String) VectorHistory.get(good, "bytes"));
            Change change = ChangeCodec.decode(body);
            assertThat(Described.change(change)).isEqualTo(good.get("fields"));
            assertThat(ChangeCodec.encode(change)).isEqualTo(body);
            assertThat(Sha256.of(body).hex()).isEqualTo(good.get("id"));
        }
        for (Object each : (List<?>) VectorHistory.get(file, "bad")) {
            Map<?, ?> bad = (Map<?, ?>) each;
            byte[] body = HexFormat.of().parseHex((String) VectorHistory.get(bad, "bytes"));
            try {
                ChangeCodec.decode(body);
                throw new AssertionError("it is taken: " + bad.get("name"));
            } catch (MalformedException e) {
                assertThat(e).hasMessage((String) bad.get("text"));
            }
        }
        for (Object each : (List<?>) VectorHistory.get(file, "histories")) {
            VectorHistory.check((Map<?, ?>) each);
        }
    }
}
