package dev.parley.stores.api;

import dev.parley.crdt.api.ChangeInfo;
import dev.parley.crdt.api.Path;
import java.util.Set;

/**
 * A change as it was taken in here.
 *
 * @param index as how many-th
 * @param forgotten whether its operations were given up; then {@code paths} is empty
 * @param paths the objects it is about; the root if it changes roles
 */
public record LoggedChange(int index, ChangeInfo info, boolean forgotten, Set<Path> paths) {
    public LoggedChange {
        paths = Set.copyOf(paths);
    }
}
