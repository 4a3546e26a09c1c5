package dev.parley.crdt.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.Replicas;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.api.SignedChange;
import dev.parley.crdt.api.StoreInfo;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The histories of {@code 0010.json}, and what its changes are made of. */
final class HistoryVectors {
    static final Path MAP = Path.ROOT.map("m");
    static final Path REGISTER = Path.ROOT.at("r", ObjectType.REGISTER);
    static final Path MULTI = Path.ROOT.at("r", ObjectType.MULTI_REGISTER);
    static final Path COUNTER = MAP.at("c", ObjectType.COUNTER);
    static final Path ESCROW = MAP.at("e", ObjectType.ESCROW);
    static final Path ENABLE = Path.ROOT.at("f", ObjectType.FLAG_ENABLE_WINS);
    static final Path DISABLE = Path.ROOT.at("f", ObjectType.FLAG_DISABLE_WINS);
    static final Path ADDS = Path.ROOT.at("s", ObjectType.SET_ADD_WINS);
    static final Path REMOVES = Path.ROOT.at("s", ObjectType.SET_REMOVE_WINS);
    static final Path TEXT = Path.ROOT.at("t", ObjectType.TEXT);
    static final Path LIST = Path.ROOT.at("l", ObjectType.LIST);
    static final Path TREE = Path.ROOT.at("t", ObjectType.TREE);
    static final Path TASKS = Path.ROOT.at("t", ObjectType.TASKS);
    static final Scalar X = Scalar.of("x");
    static final Id NOBODY = Id.of(new byte[Id.BYTES]);

    static Ref of(int author, int number) {
        return new Ref(new AgentName(VectorHistory.agent(author), ""), null, number);
    }

    static Operation.Origins origins(@Nullable Ref left, @Nullable Ref right) {
        return new Operation.Origins(left, right);
    }

    static Operation.Place under(@Nullable Ref parent, String position) {
        return new Operation.Place(parent, position);
    }

    static Operation grow(String label, String position) {
        return new Operation.Grow(TREE, under(null, position), Scalar.of(label));
    }

    private HistoryVectors() {}

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
        Operation.Insert insert = new Operation.Insert(TEXT, origins(null, null), "x", 1);
        h.add(2, List.of(), insert, new Operation.Delete(TEXT, Ref.own(0), 1));
        h.isVoid(6);
        h.add(
                2,
                List.of(),
                new Operation.Set(MULTI, Scalar.of("first")),
                new Operation.Set(MULTI, Scalar.of("second")));
        return h.finish(REGISTER, ADDS, TREE, TEXT, MULTI, Path.ROOT);
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

    private static Object undo() {
        VectorHistory h = new VectorHistory("rule 8", StoreInfo.Mode.OPEN, false);
        SignedChange one = h.add(1, List.of(), new Operation.Set(REGISTER, Scalar.of("one")));
        SignedChange other =
                h.add(
                        2,
                        List.of(one),
                        new Operation.Undo(Path.ROOT, of(1, 0)),
                        new Operation.Clear(REGISTER));
        h.isVoid(8);
        h.add(2, List.of(), new Operation.Undo(Path.ROOT, Ref.own(0)));
        h.isVoid(8);
        h.add(1, List.of(other), new Operation.Clear(REGISTER), undo(0));
        h.isVoid(8);
        h.add(1, List.of(), undo(0), new Operation.Set(REGISTER, Scalar.of("two")), undo(0));
        h.isVoid(8);
        h.add(1, List.of(), undo(0), new Operation.Set(REGISTER, Scalar.of("back")));
        h.add(1, List.of(), undo(7));
        h.isVoid(8);
        h.add(1, List.of(), undo(1), new Operation.Clear(REGISTER));
        h.isVoid(8);
        h.add(1, List.of(), new Operation.Redo(Path.ROOT, Ref.own(0)), add(1));
        h.add(1, List.of(), undo(0));
        h.add(1, List.of(), undo(0), add(2));
        return h.finish(REGISTER, COUNTER);
    }

    private static Operation undo(int number) {
        return new Operation.Undo(Path.ROOT, Ref.own(number));
    }

    private static Operation add(long amount) {
        return new Operation.AddNumber(COUNTER, amount);
    }

    static List<Object> all() {
        List<Object> histories =
                new ArrayList<>(
                        List.of(
                                merging(),
                                clearing(),
                                time(),
                                references(),
                                forks(),
                                escrow(),
                                appendOnly(),
                                tasks(),
                                exclusive(),
                                undo()));
        histories.addAll(SequenceVectors.histories());
        histories.add(TagVectors.history());
        histories.add(SealVectors.history());
        return histories;
    }

    /** What an operation has in its past begins with the operations before it in its change. */
    private static Object clearing() {
        VectorHistory h =
                new VectorHistory("cleared, and what is content", StoreInfo.Mode.OPEN, false);
        Path counter = Path.ROOT.at("zero", ObjectType.COUNTER);
        Path escrow = Path.ROOT.at("spent", ObjectType.ESCROW);
        Path empty = Path.ROOT.at("null", ObjectType.REGISTER);
        Path text = Path.ROOT.at("deleted", ObjectType.TEXT);
        Path map = Path.ROOT.at("put", ObjectType.MAP);
        SignedChange made =
                h.add(
                        0,
                        List.of(),
                        new Operation.AddNumber(counter, 1),
                        new Operation.AddNumber(counter, -1),
                        new Operation.Mint(escrow, 1),
                        new Operation.Spend(escrow, 1),
                        new Operation.Set(empty, Scalar.NULL),
                        new Operation.Insert(text, origins(null, null), "x", 1),
                        new Operation.Delete(text, Ref.own(5), 1),
                        new Operation.Put(map),
                        new Operation.Enable(ENABLE),
                        new Operation.Disable(ENABLE),
                        new Operation.Add(ADDS, X),
                        new Operation.Remove(ADDS, X));
        h.add(
                1,
                List.of(made),
                new Operation.Set(MULTI, Scalar.of("gone")),
                new Operation.AddNumber(COUNTER, 1),
                new Operation.Mint(ESCROW, 5),
                grow("gone", "V"),
                new Operation.Clear(Path.ROOT),
                new Operation.Set(MULTI, Scalar.of("first")),
                new Operation.Set(MULTI, Scalar.of("second")),
                new Operation.AddNumber(COUNTER, 2),
                new Operation.Enable(DISABLE));
        h.add(
                2,
                List.of(made),
                new Operation.AddNumber(counter, 1),
                new Operation.Grow(TREE, under(null, "V"), Scalar.of("stays")),
                new Operation.Set(empty, Scalar.of("beside")),
                new Operation.Add(ADDS, Scalar.of(0)),
                new Operation.Add(ADDS, new Scalar.Real(0.0)),
                new Operation.Add(ADDS, new Scalar.Real(-0.0)));
        SignedChange grown = h.add(3, List.of(made), grow("cleared, and moved", "W"));
        h.add(4, List.of(grown), new Operation.Clear(TREE));
        h.add(
                3,
                List.of(),
                new Operation.Graft(TREE, Ref.own(0), under(null, "X")),
                new Operation.Grow(TREE, under(Ref.own(0), "V"), Scalar.of("below")));
        Path hidden = Path.ROOT.at("u", ObjectType.TREE);
        SignedChange last =
                h.add(
                        3,
                        List.of(),
                        new Operation.Grow(hidden, under(null, "V"), Scalar.of("cleared")));
        h.add(
                4,
                List.of(last),
                new Operation.Clear(hidden),
                new Operation.Label(hidden, of(3, 3), Scalar.of("nobody sees it")),
                new Operation.Grow(hidden, under(of(3, 3), "V"), Scalar.of("nor this")));
        return h.finish(
                counter, escrow, empty, text, map, ENABLE, DISABLE, ADDS, MULTI, COUNTER, ESCROW,
                TREE, Path.ROOT);
    }
}
