package dev.parley.crdt.internal;

import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.api.StoreInfo;
import java.util.function.IntPredicate;

/** The state of a snapshot, to begin views with on a graph that has its changes. */
final class Base {
    private final StoreInfo info;
    private final ChangeGraph graph;
    private final int[] changes;

    /** How many changes of the graph, from the first on, are in it; others by their numbers. */
    private final int count;

    private final int[] heads;
    private final int[] lines;
    private final byte[] objects;

    /**
     * @param changes those of the snapshot as the graph numbers them, ascending
     * @param lines the line that each part is on
     * @param objects the root map as the snapshot has it
     */
    Base(
            StoreInfo info,
            ChangeGraph graph,
            int[] changes,
            int[] heads,
            int[] lines,
            byte[] objects) {
        this(info, graph, changes, 0, heads, lines, objects);
    }

    /** Of a graph that began with these changes. */
    Base(StoreInfo info, ChangeGraph graph, int count, int[] heads, int[] lines, byte[] objects) {
        this(info, graph, new int[0], count, heads, lines, objects);
    }

    private Base(
            StoreInfo info,
            ChangeGraph graph,
            int[] changes,
            int count,
            int[] heads,
            int[] lines,
            byte[] objects) {
        this.info = info;
        this.graph = graph;
        this.changes = changes;
        this.count = count;
        this.heads = heads;
        this.lines = lines;
        this.objects = objects;
    }

    /** Whether all of it is in a set of which this says what is in it. */
    boolean isIn(IntPredicate set) {
        for (int head : heads) {
            if (!set.test(head)) {
                return false;
            }
        }
        return true;
    }

    /** A new view each time. */
    View view() throws MalformedException {
        try {
            View view = new View(info, graph);
            if (count > 0) {
                view.takeBase(count, heads);
            }
            for (int change : changes) {
                view.take(change);
            }
            Reader in = new Reader(objects);
            view.root().read(new StateReader(in, graph, lines));
            in.end();
            return view;
        } catch (IllegalArgumentException | IndexOutOfBoundsException | MissingIdException e) {
            throw new MalformedException("objects that nobody can have made: " + e.getMessage());
        }
    }
}
