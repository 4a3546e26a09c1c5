package dev.parley.crdt.api;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keeps changes in memory. */
public final class MemoryHistory implements History {
    private final List<@Nullable SignedChange> changes = new ArrayList<>();

    @Override
    public void append(SignedChange change) {
        changes.add(change);
    }

    @Override
    public SignedChange get(int index) {
        SignedChange change = changes.get(index);
        if (change == null) {
            throw new IllegalArgumentException("change " + index + " was given up");
        }
        return change;
    }

    @Override
    public void forget(int index) {
        changes.set(index, null);
    }
}
