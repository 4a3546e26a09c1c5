package dev.parley.crdt.api;

import java.util.ArrayList;
import java.util.List;

/** Keeps changes in memory. */
public final class MemoryHistory implements History {
    private final List<SignedChange> changes = new ArrayList<>();

    @Override
    public void append(SignedChange change) {
        changes.add(change);
    }

    @Override
    public SignedChange get(int index) {
        return changes.get(index);
    }
}
