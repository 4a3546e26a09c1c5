package dev.parley.crdt.internal;

import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.RefusedException.Code;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.internal.sequence.Sequence;
import dev.parley.crdt.internal.sequence.VisibleChanges;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A list whose elements can move without being copied: places in Fugue order, and for each element
 * the last move says which place is its own (Kleppmann, "Moving elements in list CRDTs", 2020).
 */
final class ListState extends ObjectState {
    private static final class Element {
        private final List<Long> writes = new ArrayList<>(1);
        private final List<Scalar> values = new ArrayList<>(1);
        private long place;
        private boolean dropped;
    }

    private final ChangeGraph graph;
    private Sequence places;
    private final Map<Long, Element> elements = new HashMap<>();

    /** Of each place, whose it is or was. */
    private final Map<Long, Long> owners = new HashMap<>();

    ListState(ChangeGraph graph) {
        this.graph = graph;
        this.places = Sequence.ofCells(graph.agents()::compare);
    }

    @Override
    void check(Operation operation, At at, Earlier earlier) throws VoidException {
        if (operation instanceof Operation.PlaceCell place) {
            insert(place.path(), place.origins(), at, earlier);
            earlier.add(new Made(place.path(), at.number()), 1);
        } else if (operation instanceof Operation.MoveCell move) {
            element(move.path(), move.element(), at, earlier);
            insert(move.path(), move.origins(), at, earlier);
        } else if (operation instanceof Operation.Replace replace) {
            element(replace.path(), replace.element(), at, earlier);
        } else if (operation instanceof Operation.Drop drop) {
            element(drop.path(), drop.element(), at, earlier);
        }
    }

    /** An element that the change that is checked made. */
    private record Made(Path path, int number) {}

    private void insert(Path path, Operation.Origins origins, At at, Earlier earlier)
            throws VoidException {
        ElementRuns.checkOrigins(places, path, origins, at, earlier);
        earlier.insert(path, at.number(), 1);
    }

    private void element(Path path, Ref ref, At at, Earlier earlier) throws VoidException {
        long dot = at.resolve(ref);
        boolean there =
                dot != At.NOWHERE
                        && (elements.containsKey(dot)
                                || At.agent(dot) == at.agent()
                                        && earlier.amount(new Made(path, At.number(dot))) > 0);
        if (!there) {
            throw ElementRuns.notThere("the element");
        }
    }

    @Override
    void apply(Operation operation, At at) {
        if (operation instanceof Operation.PlaceCell place) {
            addPlace(place.origins(), at);
        } else if (operation instanceof Operation.MoveCell move) {
            addPlace(move.origins(), at);
        }
        placed(operation, at);
    }

    /** The rest of an operation whose place is there. */
    void placed(Operation operation, At at) {
        if (operation instanceof Operation.PlaceCell place) {
            Element element = new Element();
            element.place = at.dot();
            element.writes.add(at.dot());
            element.values.add(place.value());
            elements.put(at.dot(), element);
            owners.put(at.dot(), at.dot());
        } else if (operation instanceof Operation.MoveCell move) {
            long dot = at.resolve(move.element());
            owners.put(at.dot(), dot);
            Element element = element(move.element(), at);
            boolean later = at.compare(at.dot(), element.place) > 0;
            hide(later ? element.place : at.dot(), at);
            if (later) {
                element.place = at.dot();
            }
            if (element.dropped) {
                hide(element.place, at);
            }
        } else if (operation instanceof Operation.Replace replace) {
            write(element(replace.element(), at), at, replace.value());
        } else if (operation instanceof Operation.Drop drop) {
            drop(element(drop.element(), at), at);
        } else {
            throw unexpected(operation);
        }
    }

    private void drop(Element element, At at) {
        element.dropped = true;
        hide(element.place, at);
    }

    /** A place that is no element's, or a dropped one's, never becomes one again. */
    private void hide(long place, At at) {
        if (places.isVisible(At.agent(place), At.number(place))) {
            places.integrateDelete(
                    at.agent(),
                    at.number(),
                    At.agent(place),
                    At.number(place),
                    1,
                    false,
                    VisibleChanges.NONE);
        }
    }

    private Element element(Ref ref, At at) {
        Element element = elements.get(at.resolve(ref));
        if (element == null) {
            throw new IllegalStateException("an element that was checked");
        }
        return element;
    }

    private void addPlace(Operation.Origins origins, At at) {
        long left = ElementRuns.resolve(origins.left(), at);
        long right = ElementRuns.resolve(origins.right(), at);
        places.integrateInsertCells(
                at.agent(),
                at.number(),
                ElementRuns.agent(left),
                ElementRuns.number(left),
                ElementRuns.agent(right),
                ElementRuns.number(right),
                1,
                VisibleChanges.NONE);
    }

    /** As a register: only those count that nobody knew who wrote later; the last is first. */
    private static void write(Element element, At at, Scalar value) {
        for (int i = element.writes.size() - 1; i >= 0; i--) {
            if (at.knows(element.writes.get(i))) {
                element.writes.remove(i);
                element.values.remove(i);
            }
        }
        int index = 0;
        while (index < element.writes.size()
                && at.compare(element.writes.get(index), at.dot()) > 0) {
            index++;
        }
        element.writes.add(index, at.dot());
        element.values.add(index, value);
    }

    @Override
    void clear(At at) {
        elements.forEach(
                (dot, element) -> {
                    if (at.knows(dot) && !element.dropped) {
                        drop(element, at);
                    }
                });
    }

    @Override
    void clearAgain(At at, List<Written> since) {
        for (Written written : since) {
            Element element = elements.get(written.dot());
            if (element != null && !element.dropped) {
                drop(element, at);
            }
        }
    }

    @Override
    boolean knownContent(At at) {
        return elements.entrySet().stream()
                .anyMatch(it -> !it.getValue().dropped && at.knows(it.getKey()));
    }

    @Override
    boolean present() {
        return elements.values().stream().anyMatch(it -> !it.dropped);
    }

    int size() {
        return places.length();
    }

    /** An element that is shown. */
    record Cell(Scalar value, long place) {}

    /** What is shown, by element, in order. */
    Map<Long, Cell> cells() {
        Map<Long, Cell> cells = new LinkedHashMap<>();
        for (Shown shown : shown()) {
            Element element = Objects.requireNonNull(elements.get(shown.element()));
            cells.put(shown.element(), new Cell(shown.value(), element.place));
        }
        return cells;
    }

    /** Null if the element is not shown. */
    @Nullable Cell cell(long element) {
        Element found = elements.get(element);
        return found == null || found.dropped ? null : new Cell(found.values.get(0), found.place);
    }

    /** Makes a place directly behind another one, which may be nobody's any more. */
    Operation.Origins placeBehind(long place, At at) {
        return ElementRuns.name(
                places.insertCellsBehind(
                        At.agent(place), At.number(place), 1, at.agent(), at.number()),
                at);
    }

    /** What is shown of an element. */
    record Shown(long element, Scalar value) {}

    List<Shown> shown() {
        List<Shown> shown = new ArrayList<>();
        places.blame(
                (position, agent, number, count, visible) -> {
                    for (int i = 0; i < count; i++) {
                        long owner = owners.getOrDefault(At.dot(agent, number + i), At.NOWHERE);
                        Element element = elements.get(owner);
                        if (element != null) {
                            shown.add(new Shown(owner, element.values.get(0)));
                        }
                    }
                });
        return shown;
    }

    /** The shown element with this index. */
    long element(int index) throws VoidException {
        if (index < 0 || index >= places.length()) {
            throw outside(index);
        }
        var place = places.idAt(index);
        return owners.getOrDefault(At.dot(place.agent(), place.seq()), At.NOWHERE);
    }

    /** Makes a place before the shown element with this index. */
    Operation.Origins place(int index, At at) throws VoidException {
        if (index < 0 || index > places.length()) {
            throw outside(index);
        }
        return ElementRuns.name(places.insertCells(index, 1, at.agent(), at.number()), at);
    }

    private VoidException outside(int index) {
        return new VoidException(
                Code.NOT_FOUND, "index " + index + ", the list has " + places.length());
    }

    @Override
    boolean isBlank() {
        return places.elements() == 0;
    }

    @Override
    void write(StateWriter out) {
        out.sequence(places);
        out.plain().uint(elements.size());
        for (long dot : out.sorted(elements.keySet())) {
            Element element = Objects.requireNonNull(elements.get(dot));
            out.dot(dot);
            // Nobody sees a dropped element's values and place again.
            out.plain().uint(element.dropped ? 0 : element.writes.size());
            if (!element.dropped) {
                for (int i = 0; i < element.writes.size(); i++) {
                    out.dot(element.writes.get(i));
                    out.scalar(element.values.get(i));
                }
                out.dot(element.place);
            }
        }
    }

    @Override
    void read(StateReader in) throws MalformedException {
        places = in.sequence(false);
        for (int i = in.plain().count("elements", 0, Integer.MAX_VALUE, 3); i > 0; i--) {
            long dot = in.dot();
            Element element = new Element();
            elements.put(dot, element);
            int writes = in.plain().count("values", 0, Integer.MAX_VALUE, 3);
            for (int write = 0; write < writes; write++) {
                element.writes.add(in.dot());
                element.values.add(in.scalar());
            }
            element.dropped = writes == 0;
            element.place = element.dropped ? dot : in.dot();
            if (!places.contains(At.agent(element.place), At.number(element.place))) {
                throw new MalformedException("an element without a place");
            }
            owners.put(element.place, dot);
        }
        if (elements.values().stream().filter(it -> !it.dropped).count() != places.length()) {
            throw new MalformedException("places without an element");
        }
    }

    @Override
    void eachScalar(Consumer<Scalar> each) {
        elements.values().forEach(element -> element.values.forEach(each));
    }

    @Override
    void canonical(Writer out, ChangeGraph graph) {
        List<Shown> shown = shown();
        out.uint(shown.size());
        for (Shown element : shown) {
            canonicalDot(out, this.graph, element.element());
            out.withoutContent(element.value());
        }
    }
}
