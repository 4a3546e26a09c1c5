package dev.parley.crdt.internal;

import dev.parley.crdt.api.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Applies the operations of one change, and knows what it cleared so far. When it clears the same
 * once more, only what it wrote in between can be in its past and still there; so a change that
 * clears a large object again and again costs no more than one that does it once.
 */
final class Cleared {
    private final View view;

    /** Of each object that was cleared: what was written to since, itself and below it. */
    private Map<Path, Set<Path>> touched = Map.of();

    /** Of each of these, its operations since it was cleared last. */
    private final Map<Path, List<ObjectState.Written>> written = new HashMap<>();

    Cleared(View view) {
        this.view = view;
    }

    /** The next one of the change. */
    void apply(Operation operation, At at) {
        if (operation instanceof Operation.Clear) {
            clear(operation.path(), at);
            return;
        }
        view.apply(operation, at);
        if (!touched.isEmpty()) {
            note(operation, at);
        }
    }

    private void clear(Path path, At at) {
        Set<Path> since = touched.get(path);
        if (since == null) {
            if (touched.isEmpty()) {
                touched = new HashMap<>();
            }
            touched.put(path, new LinkedHashSet<>());
            view.orCreate(path).clear(at);
            return;
        }
        for (Path each : since) {
            List<ObjectState.Written> operations = written.remove(each);
            if (operations != null) {
                view.orCreate(each).clearAgain(at, operations);
            }
        }
        since.clear();
    }

    private void note(Operation operation, At at) {
        Path path = operation.path();
        List<Path.Segment> segments = path.segments();
        boolean isBelow = false;
        for (int depth = segments.size(); depth >= 0; depth--) {
            Path above = depth == segments.size() ? path : new Path(segments.subList(0, depth));
            Set<Path> since = touched.get(above);
            if (since != null) {
                since.add(path);
                isBelow = true;
            }
        }
        if (isBelow) {
            written.computeIfAbsent(path, it -> new ArrayList<>())
                    .add(new ObjectState.Written(operation, at.dot()));
        }
    }
}
