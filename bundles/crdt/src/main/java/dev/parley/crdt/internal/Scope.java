package dev.parley.crdt.internal;

import dev.parley.crdt.api.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The objects that a change is about, those below what it clears among them. */
final class Scope {
    private final Set<Path> objects = new HashSet<>();
    private final List<Path> cleared = new ArrayList<>();

    Scope(Change change) {
        for (Operation operation : change.operations()) {
            if (!Integration.isUndo(operation)) {
                objects.add(operation.path());
            }
            if (operation instanceof Operation.Clear) {
                cleared.add(operation.path());
            }
        }
    }

    /** Those that the change names. */
    Set<Path> objects() {
        return objects;
    }

    List<Path> cleared() {
        return cleared;
    }

    boolean isCleared(Path path) {
        return cleared.stream().anyMatch(it -> isWithin(path, it));
    }

    /** Whether an operation of another change is about one of them. */
    boolean has(Operation operation) {
        Path path = operation.path();
        if (Integration.isUndo(operation) || operation.isPolicy()) {
            return false;
        }
        return objects.contains(path)
                || isCleared(path)
                || operation instanceof Operation.Clear
                        && objects.stream().anyMatch(it -> isWithin(it, path));
    }

    /** Whether it is the object or below it. */
    static boolean isWithin(Path path, Path above) {
        int depth = above.segments().size();
        return path.segments().size() >= depth
                && path.segments().subList(0, depth).equals(above.segments());
    }
}
