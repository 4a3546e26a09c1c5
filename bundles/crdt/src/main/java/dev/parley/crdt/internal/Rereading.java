package dev.parley.crdt.internal;

import dev.parley.crdt.api.History;
import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.api.SignedChange;
import dev.parley.crdt.api.StoreInfo;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * Reads changes that were taken in from the history again, and builds of them the state at any
 * place of the graph. Used by the one thread that uses the replica.
 */
final class Rereading {
    private static final int NONE = -1;

    private final StoreInfo info;
    private final ChangeGraph graph;
    private final History history;
    private final Places places;

    /** What views begin with if they have all of it, the newest first. */
    private final List<Base> bases = new ArrayList<>();

    Rereading(StoreInfo info, ChangeGraph graph, History history, Places places) {
        this.info = info;
        this.graph = graph;
        this.history = history;
        this.places = places;
    }

    /** Views may begin with this one too, which is older than those before. */
    void add(Base base) {
        bases.add(base);
    }

    /** A change that was taken in, read again. */
    Change change(int number) {
        try {
            return ChangeCodec.decode(signed(number).body());
        } catch (MalformedException e) {
            throw new IllegalStateException("the history gave other bytes than it got", e);
        }
    }

    /** The operation with this number, of a change that was taken in. */
    Operation operation(long dot) {
        int number = graph.changeOf(At.agent(dot), At.number(dot));
        int at = graph.start(number);
        for (Operation operation : change(number).operations()) {
            at += operation.length();
            if (at > At.number(dot)) {
                return operation;
            }
        }
        throw new IllegalStateException("a change shorter than the graph has it");
    }

    /**
     * Whose a place in a list was made for; {@link At#NOWHERE} if that was given up.
     *
     * @param place an operation that placed or moved an element
     */
    long elementAt(long place) {
        int number = graph.changeOf(At.agent(place), At.number(place));
        if (places.isForgotten(number)) {
            return At.NOWHERE;
        }
        if (operation(place) instanceof Operation.MoveCell move) {
            At at = new At(graph, number);
            at.advance(At.number(place) - graph.start(number));
            return at.resolve(move.element());
        }
        return place;
    }

    /** The same as it came. */
    SignedChange signed(int number) {
        return history.get(places.of(number));
    }

    /** Whether a view has all that a change directly builds on. */
    boolean hasPast(View view, int number) {
        int prev = graph.prev(number);
        if (prev != NONE && !view.has(prev)) {
            return false;
        }
        for (int dependency : graph.dependencies(number)) {
            if (!view.has(dependency)) {
                return false;
            }
        }
        return true;
    }

    /** The change and what of its past is not in the view, in order. */
    int[] missingIn(View view, int number) {
        if (hasPast(view, number)) {
            return new int[] {number};
        }
        Set<Integer> found = new HashSet<>();
        Deque<Integer> open = new ArrayDeque<>();
        open.add(number);
        while (!open.isEmpty()) {
            int next = open.pop();
            if (next != NONE && !view.has(next) && found.add(next)) {
                open.add(graph.prev(next));
                for (int dependency : graph.dependencies(next)) {
                    open.add(dependency);
                }
            }
        }
        return found.stream().mapToInt(Integer::intValue).sorted().toArray();
    }

    /** What a state begins with of which this says what it will have. */
    View start(IntPredicate has) {
        for (Base base : bases) {
            if (base.isIn(has)) {
                try {
                    return base.view();
                } catch (MalformedException e) {
                    throw new IllegalStateException("a snapshot that was read before", e);
                }
            }
        }
        return new View(info, graph);
    }

    /**
     * The state with these changes and their past.
     *
     * @throws ForgottenException if it needs operations that were given up
     */
    View view(int[] heads) {
        Version version = graph.including(heads);
        View view = start(it -> version.contains(graph.agent(it), graph.start(it)));
        Set<Integer> all = new HashSet<>();
        for (int head : heads) {
            if (!view.has(head)) {
                for (int each : missingIn(view, head)) {
                    all.add(each);
                }
            }
        }
        all.stream().sorted().forEach(it -> view.apply(it, change(it)));
        return view;
    }

    /** The state with the changes that are in both. */
    View common(View one, View other) {
        View view = start(it -> one.has(it) && other.has(it));
        for (int i = 0; i < graph.size(); i++) {
            if (one.has(i) && other.has(i) && !view.has(i)) {
                view.apply(i, change(i));
            }
        }
        return view;
    }
}
