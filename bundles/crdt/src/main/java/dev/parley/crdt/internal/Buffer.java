package dev.parley.crdt.internal;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.SignedChange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Changes that wait for others; bounded, the oldest goes first and can be asked for again. */
final class Buffer {
    static final int MAX_CHANGES = 4096;
    static final int MAX_BYTES = 16 << 20;

    private final Map<Id, SignedChange> waiting = new LinkedHashMap<>();
    private final Map<Id, List<Id>> byMissing = new HashMap<>();
    private int bytes;

    int size() {
        return waiting.size();
    }

    boolean contains(Id change) {
        return waiting.containsKey(change);
    }

    void add(SignedChange change, Id missing) {
        if (waiting.putIfAbsent(change.id(), change) == null) {
            bytes += change.body().length + change.signature().length;
        }
        List<Id> same = byMissing.computeIfAbsent(missing, it -> new ArrayList<>(1));
        if (!same.contains(change.id())) {
            same.add(change.id());
        }
        Iterator<SignedChange> oldest = waiting.values().iterator();
        while ((waiting.size() > MAX_CHANGES || bytes > MAX_BYTES) && oldest.hasNext()) {
            SignedChange dropped = oldest.next();
            oldest.remove();
            bytes -= dropped.body().length + dropped.signature().length;
        }
        if (byMissing.size() > 2 * MAX_CHANGES) {
            byMissing.values().forEach(it -> it.removeIf(id -> !waiting.containsKey(id)));
            byMissing.values().removeIf(List::isEmpty);
        }
    }

    /** Takes out what waited for this one. */
    List<SignedChange> release(Id arrived) {
        List<Id> ids = byMissing.remove(arrived);
        if (ids == null) {
            return List.of();
        }
        List<SignedChange> released = new ArrayList<>(ids.size());
        for (Id id : ids) {
            SignedChange change = waiting.remove(id);
            if (change != null) {
                bytes -= change.body().length + change.signature().length;
                released.add(change);
            }
        }
        return released;
    }

    /** Takes all out. */
    List<SignedChange> drain() {
        List<SignedChange> all = new ArrayList<>(waiting.values());
        waiting.clear();
        byMissing.clear();
        bytes = 0;
        return all;
    }
}
