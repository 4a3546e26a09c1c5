package dev.parley.crdt.internal;

import dev.parley.crdt.api.ElementId;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.KeyId;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.internal.Oracle.Dot;
import dev.parley.crdt.internal.Oracle.Made;
import dev.parley.crdt.internal.Oracle.Op;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a closed set of changes shows, object by object, as the table of types says. */
final class OracleState {
    private final Oracle oracle;
    private final Set<KeyId> shredded;
    private final List<Op> ops = new ArrayList<>();
    private final Map<Path, List<Dot>> orders = new HashMap<>();

    OracleState(Oracle oracle, BitSet set) {
        this(oracle, set, Set.of());
    }

    /**
     * @param shredded keys whose values are shown as expunged
     */
    OracleState(Oracle oracle, BitSet set, Set<KeyId> shredded) {
        this.oracle = oracle;
        this.shredded = shredded;
        set.stream()
                .mapToObj(oracle.all::get)
                .filter(it -> !it.isVoid)
                .forEach(it -> ops.addAll(it.ops));
    }

    private List<Op> ops(Path path) {
        return ops.stream().filter(it -> it.operation().path().equals(path)).toList();
    }

    List<Op> ops(Path path, Class<? extends Operation> kind) {
        return ops(path).stream().filter(it -> kind.isInstance(it.operation())).toList();
    }

    private List<Op> standing(Path path, Class<? extends Operation> kind) {
        return ops(path, kind).stream().filter(it -> !isCleared(it)).toList();
    }

    /** Whether a CLEAR of the object, or of a map above it, has it in its past. */
    boolean isCleared(Op op) {
        List<Path.Segment> segments = op.operation().path().segments();
        return ops.stream()
                .filter(it -> it.operation() instanceof Operation.Clear)
                .filter(
                        it -> {
                            List<Path.Segment> above = it.operation().path().segments();
                            return above.size() <= segments.size()
                                    && segments.subList(0, above.size()).equals(above);
                        })
                .anyMatch(it -> it.knows(op));
    }

    Scalar shown(Scalar value) {
        return oracle.seals.shown(value, shredded);
    }

    // ---- small types ----

    private List<Scalar> register(Path path) {
        List<Op> sets = standing(path, Operation.Set.class);
        return sets.stream()
                .filter(it -> sets.stream().noneMatch(after -> after.knows(it)))
                .sorted(Comparator.comparing((Op it) -> it, Oracle::later).reversed())
                .map(it -> shown(((Operation.Set) it.operation()).value()))
                .toList();
    }

    /** Enable wins: one that nobody disabled. Disable wins: none that nobody enabled after. */
    private static boolean isOn(List<Op> on, List<Op> off, boolean disableWins) {
        return disableWins
                ? !on.isEmpty()
                        && off.stream().allMatch(it -> on.stream().anyMatch(up -> up.knows(it)))
                : on.stream().anyMatch(it -> off.stream().noneMatch(down -> down.knows(it)));
    }

    private boolean flag(Path path) {
        return isOn(
                standing(path, Operation.Enable.class),
                standing(path, Operation.Disable.class),
                path.type() == ObjectType.FLAG_DISABLE_WINS);
    }

    private Set<String> set(Path path) {
        Map<Scalar, List<Op>> adds = new HashMap<>();
        Map<Scalar, List<Op>> removes = new HashMap<>();
        for (Op op : ops(path)) {
            if (!isCleared(op) && op.operation() instanceof Operation.Add add) {
                adds.computeIfAbsent(add.value(), it -> new ArrayList<>()).add(op);
            } else if (!isCleared(op) && op.operation() instanceof Operation.Remove remove) {
                removes.computeIfAbsent(remove.value(), it -> new ArrayList<>()).add(op);
            }
        }
        Set<String> there = new TreeSet<>();
        adds.forEach(
                (value, on) -> {
                    List<Op> off = removes.getOrDefault(value, List.of());
                    if (isOn(on, off, path.type() == ObjectType.SET_REMOVE_WINS)) {
                        there.add(shown(value).toString());
                    }
                });
        return there;
    }

    long share(Path path, Id owner) {
        long share = 0;
        for (Op op : ops(path)) {
            boolean own = op.author().equals(owner);
            if (op.operation() instanceof Operation.Mint mint && own) {
                share += mint.amount();
            } else if (op.operation() instanceof Operation.Spend spend && own) {
                share -= spend.amount();
            } else if (op.operation() instanceof Operation.Transfer transfer) {
                share -= own ? transfer.amount() : 0;
                share += transfer.to().equals(owner) ? transfer.amount() : 0;
            }
        }
        return share;
    }

    long minted(Path path, Id author) {
        return ops(path, Operation.Mint.class).stream()
                .filter(it -> it.author().equals(author))
                .mapToLong(it -> ((Operation.Mint) it.operation()).amount())
                .sum();
    }

    private Map<Id, Long> shares(Path path) {
        Map<Id, Long> shares = new TreeMap<>();
        for (Op op : ops(path)) {
            Set<Id> owners = new HashSet<>(Set.of(op.author()));
            if (op.operation() instanceof Operation.Transfer transfer) {
                owners.add(transfer.to());
            }
            for (Id owner : owners) {
                if (share(path, owner) != 0) {
                    shares.put(owner, share(path, owner));
                }
            }
        }
        return shares;
    }

    // ---- texts and lists ----

    private static final class Element {
        final Dot dot;
        final @Nullable Element left;
        final @Nullable Element right;
        final List<Element> before = new ArrayList<>();
        final List<Element> behind = new ArrayList<>();

        Element(Dot dot, @Nullable Element left, @Nullable Element right) {
            this.dot = dot;
            this.left = left;
            this.right = right;
        }
    }

    /** All elements, or places, that stand or stood in it. */
    List<Dot> order(Path path) {
        return orders.computeIfAbsent(path, this::fugue);
    }

    private List<Dot> fugue(Path path) {
        Map<Dot, Element> elements = new HashMap<>();
        Element start = new Element(new Dot(new Made(-1, NOBODY, null, List.of()), 0), null, null);
        for (Op op : ops(path)) {
            Operation.Origins origins = origins(op.operation());
            if (origins == null) {
                continue;
            }
            Element left = element(elements, op, origins.left());
            Element right = element(elements, op, origins.right());
            for (int i = 0; i < op.operation().length(); i++) {
                Dot dot = new Dot(op.made(), op.number() + i);
                Element element = new Element(dot, left, right);
                List<Element> walk = new ArrayList<>();
                walk(start, walk);
                boolean isLeftChild = right != null && right.left == left;
                List<Element> among =
                        isLeftChild
                                ? Objects.requireNonNull(right).before
                                : left == null ? start.behind : left.behind;
                int place = 0;
                while (place < among.size() && compare(among.get(place), element, walk) < 0) {
                    place++;
                }
                among.add(place, element);
                elements.put(dot, element);
                left = element;
            }
        }
        List<Element> walk = new ArrayList<>();
        walk(start, walk);
        return walk.stream().skip(1).map(it -> it.dot).toList();
    }

    private static final AgentName NOBODY = new AgentName(ElementId.ROOT.change(), "");

    private static void walk(Element at, List<Element> walk) {
        at.before.forEach(it -> walk(it, walk));
        walk.add(at);
        at.behind.forEach(it -> walk(it, walk));
    }

    /** By right origins, the last one first; then by who made them. */
    private static int compare(Element a, Element b, List<Element> walk) {
        int rightA = a.right == null ? walk.size() : walk.indexOf(a.right);
        int rightB = b.right == null ? walk.size() : walk.indexOf(b.right);
        return rightA != rightB ? Integer.compare(rightB, rightA) : Oracle.siblings(a.dot, b.dot);
    }

    private static Operation.@Nullable Origins origins(Operation operation) {
        if (operation instanceof Operation.Insert insert) {
            return insert.origins();
        }
        if (operation instanceof Operation.PlaceCell place) {
            return place.origins();
        }
        return operation instanceof Operation.MoveCell move ? move.origins() : null;
    }

    private @Nullable Element element(Map<Dot, Element> elements, Op op, @Nullable Ref ref) {
        if (ref == null) {
            return null;
        }
        Dot dot = oracle.resolve(op.made(), op.number(), ref, ref.number());
        return Objects.requireNonNull(elements.get(dot), "an origin of a valid change");
    }

    /** The code points that are there. */
    List<Dot> visible(Path path) {
        Set<Dot> deleted = new HashSet<>();
        for (Op op : ops(path, Operation.Delete.class)) {
            Operation.Delete delete = (Operation.Delete) op.operation();
            for (int i = 0; i < delete.length(); i++) {
                Dot dot =
                        oracle.resolve(op.made(), op.number(), delete.first(), delete.lowest() + i);
                deleted.add(Objects.requireNonNull(dot));
            }
        }
        return order(path).stream()
                .filter(it -> !deleted.contains(it) && !isCleared(insertion(it, path)))
                .toList();
    }

    private static Op insertion(Dot dot, Path path) {
        return Objects.requireNonNull(Oracle.at(dot, path));
    }

    private static int codePoint(Dot dot, Path path) {
        Op op = insertion(dot, path);
        return ((Operation.Insert) op.operation())
                .text()
                .codePoints()
                .toArray()[dot.number() - op.number()];
    }

    private List<String> list(Path path) {
        List<String> shown = new ArrayList<>();
        for (Dot place : order(path)) {
            Op op = insertion(place, path);
            Op element =
                    op.operation() instanceof Operation.MoveCell move
                            ? oracle.find(op, move.element(), move.element().number())
                            : op;
            if (element != null && isThere(element) && lastPlace(element).equals(op)) {
                shown.add(element.name() + "=" + value(element));
            }
        }
        return shown;
    }

    private boolean isThere(Op element) {
        return !isCleared(element)
                && ops(element.operation().path(), Operation.Drop.class).stream()
                        .noneMatch(
                                it -> {
                                    Ref ref = ((Operation.Drop) it.operation()).element();
                                    return element.equals(oracle.find(it, ref, ref.number()));
                                });
    }

    private Op lastPlace(Op element) {
        Op last = element;
        for (Op move : ops(element.operation().path(), Operation.MoveCell.class)) {
            Ref ref = ((Operation.MoveCell) move.operation()).element();
            if (element.equals(oracle.find(move, ref, ref.number()))
                    && Oracle.later(move, last) > 0) {
                last = move;
            }
        }
        return last;
    }

    private Scalar value(Op element) {
        Op last = element;
        Scalar value = ((Operation.PlaceCell) element.operation()).value();
        for (Op op : ops(element.operation().path(), Operation.Replace.class)) {
            Operation.Replace replace = (Operation.Replace) op.operation();
            if (element.equals(oracle.find(op, replace.element(), replace.element().number()))
                    && Oracle.later(op, last) > 0) {
                last = op;
                value = replace.value();
            }
        }
        return shown(value);
    }

    // ---- trees ----

    private static final class Where {
        @Nullable Op parent;
        String position = "";
    }

    /** Nodes that stand somewhere: under another one, or under the root. */
    private String tree(Path path) {
        Map<Op, Where> places = new HashMap<>();
        List<Op> moves =
                ops(path).stream()
                        .filter(
                                it ->
                                        it.operation() instanceof Operation.Grow
                                                || it.operation() instanceof Operation.Graft
                                                || it.operation() instanceof Operation.Fell)
                        .filter(it -> !isCleared(it))
                        .sorted(Oracle::later)
                        .toList();
        for (Op move : moves) {
            Operation it = move.operation();
            Op node = it instanceof Operation.Grow ? move : node(move, nodeOf(it));
            if (it instanceof Operation.Fell) {
                places.put(node, FELLED);
                continue;
            }
            Operation.Place to =
                    it instanceof Operation.Grow grow
                            ? grow.place()
                            : ((Operation.Graft) it).place();
            Where where = new Where();
            where.parent = to.parent() == null ? null : node(move, to.parent());
            where.position = to.position();
            boolean circle = false;
            for (Op at = where.parent; at != null && !circle; ) {
                circle = at.equals(node);
                Where above = places.get(at);
                at = above == null ? null : above.parent;
            }
            if (!circle) {
                places.put(node, where);
            }
        }
        return below(null, places, path);
    }

    private static final Where FELLED = new Where();

    private static Ref nodeOf(Operation it) {
        return it instanceof Operation.Graft graft ? graft.node() : ((Operation.Fell) it).node();
    }

    private Op node(Op by, Ref ref) {
        return Objects.requireNonNull(oracle.find(by, ref, ref.number()));
    }

    private String below(@Nullable Op parent, Map<Op, Where> places, Path path) {
        return places.entrySet().stream()
                .filter(
                        it ->
                                it.getValue() != FELLED
                                        && Objects.equals(it.getValue().parent, parent))
                .sorted(
                        Comparator.comparing((Map.Entry<Op, Where> it) -> it.getValue().position)
                                .thenComparing(it -> it.getKey().made().id)
                                .thenComparing(it -> it.getKey().number()))
                .map(
                        it ->
                                it.getKey().name()
                                        + "="
                                        + label(it.getKey(), path)
                                        + below(it.getKey(), places, path))
                .collect(Collectors.joining(",", "(", ")"));
    }

    private Scalar label(Op node, Path path) {
        Op last = node;
        Scalar label = ((Operation.Grow) node.operation()).label();
        for (Op op : ops(path, Operation.Label.class)) {
            Operation.Label named = (Operation.Label) op.operation();
            if (node.equals(node(op, named.node())) && Oracle.later(op, last) > 0) {
                last = op;
                label = named.label();
            }
        }
        return shown(label);
    }

    // ---- all ----

    OracleTasks tasks(Path path) {
        return new OracleTasks(oracle, this, ops(path));
    }

    private boolean isThere(Path path) {
        return switch (path.type()) {
            case MAP -> !standing(path, Operation.Put.class).isEmpty() || !keys(path).isEmpty();
            case REGISTER, MULTI_REGISTER -> !register(path).isEmpty();
            case COUNTER -> !standing(path, Operation.AddNumber.class).isEmpty();
            case ESCROW ->
                    ops(path).stream().anyMatch(it -> !(it.operation() instanceof Operation.Clear));
            case FLAG_ENABLE_WINS, FLAG_DISABLE_WINS -> flag(path);
            case SET_ADD_WINS, SET_REMOVE_WINS -> !set(path).isEmpty();
            case TEXT -> !visible(path).isEmpty();
            case LIST -> !list(path).isEmpty();
            case TREE -> !"()".equals(tree(path));
            case TASKS -> !tasks(path).shown().isEmpty();
        };
    }

    private List<Path.Segment> keys(Path map) {
        int depth = map.segments().size();
        return ops.stream()
                .map(it -> it.operation().path())
                .filter(
                        it ->
                                it.segments().size() > depth
                                        && it.segments().subList(0, depth).equals(map.segments()))
                .map(it -> new Path(it.segments().subList(0, depth + 1)))
                .distinct()
                .filter(this::isThere)
                .map(it -> it.segments().get(depth))
                .sorted(MapState.ORDER)
                .toList();
    }

    /** As {@link OracleTest} describes what a replica shows. */
    String shown(Path path) {
        return switch (path.type()) {
            case MAP -> keys(path).toString();
            case REGISTER -> register(path).stream().limit(1).toList().toString();
            case MULTI_REGISTER -> register(path).toString();
            case COUNTER ->
                    standing(path, Operation.AddNumber.class).stream()
                                    .mapToLong(
                                            it -> ((Operation.AddNumber) it.operation()).amount())
                                    .sum()
                            + "";
            case ESCROW -> shares(path).toString();
            case FLAG_ENABLE_WINS, FLAG_DISABLE_WINS -> Boolean.toString(flag(path));
            case SET_ADD_WINS, SET_REMOVE_WINS -> set(path).toString();
            case TEXT -> text(path);
            case LIST -> list(path).toString();
            case TREE -> tree(path);
            case TASKS -> tasks(path).shown().toString();
        };
    }

    private String text(Path path) {
        StringBuilder text = new StringBuilder();
        visible(path).forEach(it -> text.appendCodePoint(codePoint(it, path)));
        return text.toString();
    }

    /** Which change wrote each code point. */
    List<Id> writers(Path path) {
        return visible(path).stream().map(it -> it.made().id).toList();
    }
}
