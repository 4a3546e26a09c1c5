package dev.parley.crdt.internal;

import dev.parley.crdt.api.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What one change cleared so far. When it clears the same once more, only what it touched in
 * between can have anything that the first time did not take; so a change that clears a large map
 * again and again costs no more than one that does it once.
 */
final class Cleared {
    private final View view;

    /** Of each object that was cleared: what was touched since, itself and below it. */
    private Map<Path, Set<Path>> touched = Map.of();

    Cleared(View view) {
        this.view = view;
    }

    void clear(Path path, At at) {
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
            ObjectState object = view.orCreate(each);
            if (object instanceof MapState map) {
                map.clearPuts(at);
            } else {
                object.clear(at);
            }
        }
        since.clear();
    }

    /** Notes that an operation other than a clearing was on the object. */
    void touch(Path path) {
        if (touched.isEmpty()) {
            return;
        }
        List<Path.Segment> segments = path.segments();
        for (int depth = segments.size(); depth >= 0; depth--) {
            Path above = depth == segments.size() ? path : new Path(segments.subList(0, depth));
            Set<Path> since = touched.get(above);
            if (since != null) {
                since.add(path);
            }
        }
    }
}
