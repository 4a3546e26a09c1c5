package dev.parley.crdt.internal;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.SignedChange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Changes that wait for others; bounded, the oldest goes first and can be asked for again. No
 * author has more than an eighth of it: of that one's the oldest goes, and nobody else's. What has
 * gone leaves nothing behind.
 */
final class Buffer {
    static final int MAX_CHANGES = 4096;
    static final int MAX_BYTES = 16 << 20;

    /** How many parts of it one author may fill. */
    private static final int SHARES = 8;

    private record Waiting(Id author, SignedChange change, Id missing) {}

    /** What one author has here. */
    private static final class Share {
        private final Set<Id> changes = new LinkedHashSet<>();
        private int bytes;

        boolean isTooLarge() {
            return changes.size() > MAX_CHANGES / SHARES || bytes > MAX_BYTES / SHARES;
        }
    }

    private final Map<Id, Waiting> waiting = new LinkedHashMap<>();
    private final Map<Id, Set<Id>> byMissing = new HashMap<>();
    private final Map<Id, Share> byAuthor = new HashMap<>();
    private int bytes;

    int size() {
        return waiting.size();
    }

    int bytes() {
        return bytes;
    }

    /** How many changes are waited for. */
    int missing() {
        return byMissing.size();
    }

    boolean contains(Id change) {
        return waiting.containsKey(change);
    }

    void add(Id author, SignedChange change, Id missing) {
        remove(change.id());
        waiting.put(change.id(), new Waiting(author, change, missing));
        byMissing.computeIfAbsent(missing, it -> new LinkedHashSet<>(2)).add(change.id());
        Share share = byAuthor.computeIfAbsent(author, it -> new Share());
        share.changes.add(change.id());
        share.bytes += size(change);
        bytes += size(change);
        while (share.isTooLarge()) {
            remove(share.changes.iterator().next());
        }
        while (waiting.size() > MAX_CHANGES || bytes > MAX_BYTES) {
            remove(waiting.keySet().iterator().next());
        }
    }

    private static int size(SignedChange change) {
        return change.body().length + change.signature().length;
    }

    private void remove(Id change) {
        Waiting removed = waiting.remove(change);
        if (removed == null) {
            return;
        }
        uncount(removed);
        Set<Id> same = byMissing.get(removed.missing());
        if (same != null && same.remove(change) && same.isEmpty()) {
            byMissing.remove(removed.missing());
        }
    }

    private void uncount(Waiting removed) {
        bytes -= size(removed.change());
        Share share = byAuthor.get(removed.author());
        if (share != null) {
            share.bytes -= size(removed.change());
            share.changes.remove(removed.change().id());
            if (share.changes.isEmpty()) {
                byAuthor.remove(removed.author());
            }
        }
    }

    /** Takes out what waited for this one. */
    List<SignedChange> release(Id arrived) {
        Set<Id> ids = byMissing.remove(arrived);
        if (ids == null) {
            return List.of();
        }
        List<SignedChange> released = new ArrayList<>(ids.size());
        for (Id id : ids) {
            Waiting change = waiting.remove(id);
            if (change != null) {
                uncount(change);
                released.add(change.change());
            }
        }
        return released;
    }

    /** In the order they came. */
    List<SignedChange> all() {
        List<SignedChange> all = new ArrayList<>();
        waiting.values().forEach(it -> all.add(it.change()));
        return all;
    }

    /** Takes all out. */
    List<SignedChange> drain() {
        List<SignedChange> all = all();
        waiting.clear();
        byMissing.clear();
        byAuthor.clear();
        bytes = 0;
        return all;
    }
}
