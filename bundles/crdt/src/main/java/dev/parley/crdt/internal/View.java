package dev.parley.crdt.internal;

import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.RefusedException.Code;
import dev.parley.crdt.api.StoreInfo;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The objects as a set of changes makes them. The set is closed: with a change its past is in it.
 */
final class View {
    private final StoreInfo info;
    private final ChangeGraph graph;
    private final MapState root;
    private final BitSet applied = new BitSet();
    private int[] heads = new int[2];
    private int headCount;

    /** Most operations are on the object of the one before. */
    private Path lastPath = Path.ROOT;

    private @Nullable ObjectState lastState;

    View(StoreInfo info, ChangeGraph graph) {
        this.info = info;
        this.graph = graph;
        this.root = new MapState(graph);
    }

    ChangeGraph graph() {
        return graph;
    }

    MapState root() {
        return root;
    }

    /** The set, by number. */
    BitSet changes() {
        return (BitSet) applied.clone();
    }

    boolean has(int change) {
        return applied.get(change);
    }

    /** Changes of the set that no other one of it builds on. */
    int[] heads() {
        return Arrays.copyOf(heads, headCount);
    }

    @Nullable ObjectState find(Path path) {
        ObjectState at = root;
        for (Path.Segment segment : path.segments()) {
            at = at instanceof MapState map ? map.child(segment) : null;
            if (at == null) {
                return null;
            }
        }
        return at;
    }

    ObjectState orCreate(Path path) {
        if (lastState != null && (path == lastPath || path.equals(lastPath))) {
            return lastState;
        }
        List<Path.Segment> segments = path.segments();
        ObjectState at = root;
        for (int i = 0; i < segments.size(); i++) {
            at = ((MapState) at).orCreate(segments.get(i));
        }
        lastPath = path;
        lastState = at;
        return at;
    }

    /**
     * Takes up a change whose past is in the set; what is not valid is void, here and everywhere.
     */
    void apply(int number, Change change) {
        At at = new At(graph, number);
        if (change.operations().size() == 1 && !graph.isVoid(number)) {
            if (!takeOnly(change.operations().get(0), at)) {
                graph.markVoid(number);
            }
            take(number);
            return;
        }
        if (!graph.isVoid(number) && !isValid(change, at)) {
            graph.markVoid(number);
        }
        take(number);
        if (graph.isVoid(number) || change.operations().get(0).isPolicy()) {
            return;
        }
        at.restart();
        Cleared cleared = new Cleared(this);
        for (Operation operation : change.operations()) {
            cleared.apply(operation, at);
            at.advance(operation.length());
        }
    }

    /** The only operation of a change. */
    private boolean takeOnly(Operation operation, At at) {
        if (operation.isPolicy()) {
            return true;
        }
        ObjectState object = orCreate(operation.path());
        try {
            if (info.appendOnly()) {
                checkAppendOnly(operation, object, at);
            }
            if (!(operation instanceof Operation.Clear)) {
                return object.take(operation, at);
            }
            object.check(operation, at, new Earlier());
        } catch (VoidException e) {
            return false;
        }
        object.clear(at);
        return true;
    }

    /** Notes that the first changes of the graph are in the set, of which these are the heads. */
    void takeBase(int count, int[] baseHeads) {
        applied.set(0, count);
        headCount = baseHeads.length;
        heads = Arrays.copyOf(baseHeads, headCount + 2);
    }

    /** Notes that the change is in the set, without looking at its operations. */
    void take(int number) {
        applied.set(number);
        int prev = graph.prev(number);
        int[] dependencies = graph.dependencies(number);
        if (headCount == 1 && heads[0] == prev && dependencies.length == 0) {
            heads[0] = number;
            return;
        }
        if (prev >= 0 || dependencies.length > 0) {
            int kept = 0;
            for (int i = 0; i < headCount; i++) {
                boolean covered = heads[i] == prev;
                for (int dependency : dependencies) {
                    covered |= heads[i] == dependency;
                }
                if (!covered) {
                    heads[kept++] = heads[i];
                }
            }
            headCount = kept;
        }
        if (headCount == heads.length) {
            heads = Arrays.copyOf(heads, headCount * 2);
        }
        heads[headCount++] = number;
    }

    void apply(Operation operation, At at) {
        ObjectState object = orCreate(operation.path());
        if (operation instanceof Operation.Clear) {
            object.clear(at);
        } else {
            object.apply(operation, at);
        }
    }

    private boolean isValid(Change change, At at) {
        try {
            check(change, at);
            return true;
        } catch (VoidException e) {
            return false;
        }
    }

    private void check(Change change, At at) throws VoidException {
        Earlier earlier = new Earlier();
        for (Operation operation : change.operations()) {
            if (!operation.isPolicy()) {
                ObjectState object = orCreate(operation.path());
                if (info.appendOnly()) {
                    checkAppendOnly(operation, object, at);
                }
                object.check(operation, at, earlier);
            }
            at.advance(operation.length());
        }
    }

    static void checkAppendOnly(Operation operation, ObjectState object, At at)
            throws VoidException {
        boolean replaces =
                operation instanceof Operation.Disable
                        || operation instanceof Operation.Remove
                        || operation instanceof Operation.Delete
                        || operation instanceof Operation.MoveCell
                        || operation instanceof Operation.Replace
                        || operation instanceof Operation.Drop
                        || operation instanceof Operation.Graft
                        || operation instanceof Operation.Label
                        || operation instanceof Operation.Fell
                        || operation instanceof Operation.Rename
                        || operation instanceof Operation.Clear
                        || operation instanceof Operation.Set && object.knownContent(at);
        if (replaces) {
            throw new VoidException(
                    Code.APPEND_ONLY, "the store only grows: nothing in it can be changed");
        }
    }

    byte[] canonical() {
        Writer out = new Writer(1024);
        root.canonical(out, graph);
        return out.toByteArray();
    }
}
