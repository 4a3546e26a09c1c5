package dev.parley.crdt.internal;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.Replicas;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.api.SealKey;
import dev.parley.crdt.api.SignedChange;
import dev.parley.crdt.api.StoreInfo;
import dev.parley.crdt.internal.Oracle.Dot;
import dev.parley.crdt.internal.Oracle.Made;
import dev.parley.crdt.internal.Oracle.Op;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Small random histories of authors who mostly do what is possible, fork, write on branches, build
 * on anything, and now and then name what is not there or do what they may not.
 */
final class OracleNoise {
    private final Random random;
    private final Oracle oracle;
    private final List<Path> paths;
    private final int authors;

    /** How seldom something is wrong on purpose. */
    private final int seldom;

    private Made draft = new Made(0, new AgentName(Replicas.author(0), ""), null, List.of());
    private List<Op> drafted = new ArrayList<>();

    OracleNoise(Random random, Oracle oracle) {
        this.random = random;
        this.oracle = oracle;
        this.authors = 2 + random.nextInt(3);
        this.seldom = random.nextInt(4) == 0 ? 6 : 40;
        paths = new ArrayList<>(List.of(Path.ROOT));
        ObjectType[] types = ObjectType.values();
        int kinds = 1 + random.nextInt(4);
        for (int i = 0; i < kinds; i++) {
            ObjectType type = types[random.nextInt(types.length)];
            paths.add(Path.ROOT.at("o", type));
            paths.add(Path.ROOT.map("m").at("o", type));
        }
        if (random.nextInt(3) == 0) {
            for (ObjectType type : types) {
                paths.add(Path.ROOT.at("o", type));
            }
        }
    }

    List<Path> paths() {
        List<Path> all = new ArrayList<>(paths);
        all.add(Path.ROOT.map("m"));
        return all.stream().distinct().toList();
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private boolean seldom() {
        return random.nextInt(seldom) == 0;
    }

    /** One more change; it is in the oracle then. */
    SignedChange next() {
        while (true) {
            SignedChange signed = Forge.sign(change());
            try {
                ChangeCodec.decode(signed.body());
            } catch (MalformedException e) {
                continue; // what cannot be encoded is no change
            }
            if (!oracle.byId.containsKey(signed.id())) {
                oracle.take(signed);
                return signed;
            }
        }
    }

    private Change change() {
        String branch = random.nextInt(6) == 0 ? "draft" : "";
        AgentName agent = new AgentName(Replicas.author(random.nextInt(authors)), branch);
        BitSetOf everything = new BitSetOf(oracle.all.size());
        List<Made> own = oracle.ofIn(agent, everything.set());
        Made prev = null;
        if (!own.isEmpty() && random.nextInt(40) > 0) {
            prev = random.nextInt(10) == 0 ? any(own) : own.get(own.size() - 1);
        }
        draft = new Made(oracle.all.size(), agent, prev, dependencies(prev));
        drafted = new ArrayList<>();
        draft.ops = drafted;
        long time = (Replicas.NOW << 16) + random.nextInt(2);
        for (int i = draft.past.nextSetBit(0); i >= 0; i = draft.past.nextSetBit(i + 1)) {
            time = Math.max(time, oracle.all.get(i).time + 1);
        }
        time += random.nextInt(3) == 0 ? (long) random.nextInt(2500) << 16 : random.nextInt(2);
        if (random.nextInt(2 * seldom) == 0) {
            time -= random.nextInt(3);
        }
        draft.time = time;
        List<Operation> operations = new ArrayList<>();
        OracleState state = new OracleState(oracle, draft.past);
        boolean roles = branch.isEmpty() && random.nextInt(rolesAre()) == 0;
        boolean shreds = (branch.isEmpty() || seldom()) && random.nextInt(15) == 0;
        for (int i = random.nextInt(4); i >= 0; i--) {
            Operation operation =
                    roles && !seldom() ? role() : shreds && !seldom() ? shred() : operation(state);
            operations.add(operation);
            drafted.add(new Op(draft, draft.end, operation));
            draft.end += operation.length();
        }
        return new Change(
                oracle.info.id(),
                agent,
                draft.seq,
                prev == null ? null : prev.id,
                draft.start,
                draft.builtOn.stream().map(it -> it.id).sorted().toList(),
                time,
                "",
                operations);
    }

    private record BitSetOf(int size) {
        java.util.BitSet set() {
            java.util.BitSet set = new java.util.BitSet();
            set.set(0, size);
            return set;
        }
    }

    private int rolesAre() {
        return oracle.info.mode() == StoreInfo.Mode.SHARED ? 4 : 30;
    }

    private List<Made> dependencies(@Nullable Made prev) {
        List<Made> chosen = new ArrayList<>();
        int size = oracle.all.size();
        for (int i = size == 0 ? 0 : random.nextInt(4); i > 0; i--) {
            int back = random.nextInt(random.nextInt(4) == 0 ? size : Math.min(size, 6));
            Made made = oracle.all.get(size - 1 - back);
            if (made != prev && !chosen.contains(made)) {
                chosen.add(made);
            }
        }
        boolean wrong = random.nextInt(3 * seldom) == 0;
        if (!wrong) {
            List<Made> all = List.copyOf(chosen);
            chosen.removeIf(
                    it ->
                            prev != null && prev.past.get(it.index)
                                    || all.stream().anyMatch(by -> by.past.get(it.index)));
        }
        return chosen;
    }

    // ---- operations ----

    private Id author() {
        return Replicas.author(random.nextInt(authors + 1));
    }

    private Operation role() {
        return new Operation.SetRole(Path.ROOT, author(), random.nextInt(4));
    }

    private Scalar scalar() {
        Scalar value = Scalar.of(random.nextInt(4));
        return random.nextInt(4) == 0 ? oracle.seals.any(random).seal(value) : value;
    }

    /** By its id or with the proof, of anybody's key, mostly of the author's own. */
    private Operation shred() {
        SealKey key = oracle.seals.any(random);
        for (int i = 0; i < 8 && !key.author().equals(draft.agent.author()); i++) {
            key = oracle.seals.any(random);
        }
        return random.nextInt(3) == 0
                ? new Operation.Shred(Path.ROOT, key.id(), null)
                : new Operation.Shred(Path.ROOT, null, key.proof());
    }

    private Operation operation(OracleState state) {
        if (random.nextInt(6 * seldom) == 0) {
            return random.nextBoolean() ? role() : shred();
        }
        Path path = any(paths);
        if (path.equals(Path.ROOT) && random.nextInt(3) > 0) {
            path = any(paths);
        }
        if (path.equals(Path.ROOT) && draft.end > 0 && (draft.end == draft.start || seldom())) {
            Made of = draft;
            for (int i = random.nextInt(4); i >= 0 && of.prev != null; i--) {
                of = of.prev;
            }
            Ref own = seldom() ? name(null) : Ref.own(Math.min(of.start, draft.end - 1));
            return random.nextBoolean()
                    ? new Operation.Undo(path, own)
                    : new Operation.Redo(path, own);
        }
        if (path.equals(Path.ROOT)) {
            return random.nextInt(3) == 0
                    ? new Operation.Clear(path)
                    : random.nextBoolean()
                            ? new Operation.Note(path)
                            : new Operation.Clear(Path.ROOT.map("m"));
        }
        if (random.nextInt(12) == 0) {
            return new Operation.Clear(path);
        }
        return switch (path.type()) {
            case MAP -> new Operation.Put(path);
            case REGISTER, MULTI_REGISTER -> new Operation.Set(path, scalar());
            case COUNTER -> new Operation.AddNumber(path, random.nextInt(9) - 4);
            case ESCROW -> escrow(path);
            case FLAG_ENABLE_WINS, FLAG_DISABLE_WINS ->
                    random.nextBoolean() ? new Operation.Enable(path) : new Operation.Disable(path);
            case SET_ADD_WINS, SET_REMOVE_WINS ->
                    random.nextBoolean()
                            ? new Operation.Add(path, scalar())
                            : new Operation.Remove(path, scalar());
            case TEXT -> text(path, state);
            case LIST -> list(path, state);
            case TREE -> tree(path, state);
            case TASKS -> task(path, state);
        };
    }

    private Operation escrow(Path path) {
        long amount = 1 + random.nextInt(5);
        if (random.nextInt(20) == 0) {
            amount = Oracle.MAX_MINTED - random.nextInt(3);
        }
        return switch (random.nextInt(4)) {
            case 0, 1 -> new Operation.Mint(path, amount);
            case 2 -> new Operation.Spend(path, amount);
            default -> new Operation.Transfer(path, author(), amount);
        };
    }

    /** A name for it, mostly the right one. */
    private Ref name(@Nullable Dot dot) {
        Dot named = dot;
        if (named == null || seldom()) {
            if (oracle.all.isEmpty() || random.nextInt(4) == 0) {
                return draft.end == 0
                        ? new Ref(new AgentName(Replicas.author(7), ""), null, 0)
                        : Ref.own(random.nextInt(draft.end));
            }
            Made made = any(oracle.all);
            named = new Dot(made, made.start + random.nextInt(made.end - made.start + 1));
        }
        for (Made at = draft; at != null; at = at.prev) {
            if (at == named.made()) {
                return Ref.own(Math.min(named.number(), Math.max(0, draft.end - 1)));
            }
        }
        AgentName agent = named.made().agent;
        List<Made> of = oracle.ofIn(agent, draft.past);
        Dot target = named;
        List<Made> ways =
                of.stream().filter(it -> Oracle.line(it).contains(target.made())).toList();
        boolean forked = Oracle.isForked(of) != seldom();
        if (!forked || ways.isEmpty()) {
            return new Ref(
                    agent, agent.equals(draft.agent) ? target.made().id : null, target.number());
        }
        return new Ref(agent, any(ways).id, target.number());
    }

    private List<Dot> made(Path path, OracleState state, Predicate<Operation> kind) {
        List<Dot> made = new ArrayList<>();
        for (Op op : state.ops(path, Operation.class)) {
            if (kind.test(op.operation())) {
                made.add(new Dot(op.made(), op.number()));
            }
        }
        for (Op op : drafted) {
            if (op.operation().path().equals(path) && kind.test(op.operation())) {
                for (int i = 0; i < op.operation().length(); i++) {
                    made.add(new Dot(draft, op.number() + i));
                }
            }
        }
        return made;
    }

    private Ref name(Path path, OracleState state, Predicate<Operation> kind) {
        List<Dot> made = made(path, state, kind);
        return name(made.isEmpty() ? null : any(made));
    }

    private Operation.Origins origins(Path path, OracleState state) {
        List<Dot> order = new ArrayList<>(state.order(path));
        List<Dot> own =
                made(path, state, it -> Oracle.isElement(new Op(draft, 0, it))).stream()
                        .filter(it -> it.made() == draft)
                        .toList();
        if (!own.isEmpty() && random.nextInt(3) == 0) {
            order.addAll(random.nextInt(order.size() + 1), own);
        }
        int left = random.nextInt(order.size() + 1) - 1;
        int right = left + 1;
        if (random.nextInt(4) == 0) {
            right = left + 1 + random.nextInt(order.size() - left);
        }
        if (seldom() && !order.isEmpty()) {
            right = random.nextInt(order.size());
        }
        return new Operation.Origins(
                left < 0 ? null : name(order.get(left)),
                right == order.size() ? null : name(order.get(right)));
    }

    private Operation text(Path path, OracleState state) {
        List<Dot> there = made(path, state, it -> it instanceof Operation.Insert);
        if (there.isEmpty() || random.nextInt(3) > 0) {
            String text = "abcdefgh".substring(random.nextInt(4), 4 + random.nextInt(3) + 1);
            return new Operation.Insert(path, origins(path, state), text, text.length());
        }
        Dot dot = any(there);
        Ref first = name(new Dot(dot.made(), dot.number() + random.nextInt(2)));
        int run = 1 + random.nextInt(4);
        boolean down = random.nextBoolean() && first.number() + 1 >= run;
        if (!down && first.agent() == null) {
            run = Math.max(1, Math.min(run, draft.end - first.number()));
        }
        return new Operation.Delete(path, first, down ? -run : run);
    }

    private Operation list(Path path, OracleState state) {
        Predicate<Operation> elements = it -> it instanceof Operation.PlaceCell;
        if (made(path, state, elements).isEmpty() || random.nextInt(3) == 0) {
            return new Operation.PlaceCell(path, origins(path, state), scalar());
        }
        Ref element = name(path, state, elements);
        return switch (random.nextInt(5)) {
            case 0, 1, 2 -> new Operation.MoveCell(path, element, origins(path, state));
            case 3 -> new Operation.Replace(path, element, scalar());
            default -> new Operation.Drop(path, element);
        };
    }

    private Operation tree(Path path, OracleState state) {
        Predicate<Operation> nodes = it -> it instanceof Operation.Grow;
        Ref parent =
                random.nextInt(3) == 0 || made(path, state, nodes).isEmpty()
                        ? null
                        : name(path, state, nodes);
        Operation.Place place = new Operation.Place(parent, "" + "1AVz".charAt(random.nextInt(4)));
        if (made(path, state, nodes).size() < 2 || random.nextInt(3) == 0) {
            return new Operation.Grow(path, place, scalar());
        }
        Ref node = name(path, state, nodes);
        return switch (random.nextInt(6)) {
            case 0 -> new Operation.Fell(path, node);
            case 1 -> new Operation.Label(path, node, scalar());
            default -> new Operation.Graft(path, node, place);
        };
    }

    private Operation task(Path path, OracleState state) {
        Predicate<Operation> tasks = it -> it instanceof Operation.NewTask;
        Predicate<Operation> claims = it -> it instanceof Operation.Claim;
        if (made(path, state, tasks).isEmpty() || random.nextInt(6) == 0) {
            return new Operation.NewTask(path, "t", random.nextInt(3) == 0, author());
        }
        if (made(path, state, claims).isEmpty() || random.nextInt(3) == 0) {
            Ref task = name(path, state, tasks);
            return switch (random.nextInt(9)) {
                case 0 -> new Operation.Cancel(path, task);
                case 1 -> new Operation.Reopen(path, task);
                case 2 -> new Operation.Rename(path, task, "u" + random.nextInt(3));
                default -> new Operation.Claim(path, task, 1 + random.nextInt(3));
            };
        }
        List<Dot> all = made(path, state, claims);
        List<Dot> own =
                all.stream()
                        .filter(it -> it.made().agent.author().equals(draft.agent.author()))
                        .toList();
        Ref claim = name(any(own.isEmpty() || random.nextInt(3) == 0 ? all : own));
        return switch (random.nextInt(6)) {
            case 0 -> new Operation.Renew(path, claim, 1 + random.nextInt(4));
            case 1 -> new Operation.Release(path, claim);
            case 2 -> new Operation.Expire(path, claim);
            case 3 -> new Operation.Grant(path, claim);
            default -> new Operation.Finish(path, claim, scalar());
        };
    }
}
