package dev.parley.crdt.internal;

import dev.parley.crdt.api.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one change did so far, while it is checked and nothing of it is applied. */
final class Earlier {
    /** Elements that the change inserts. */
    record Inserted(Path path, int from, int length) {
        boolean has(int number) {
            return number >= from && number < from + length;
        }
    }

    private List<Inserted> inserted = List.of();
    private Map<Object, Long> amounts = Map.of();

    /** Insertions come in the order of their numbers; those that follow one another are one. */
    void insert(Path path, int from, int length) {
        if (inserted.isEmpty()) {
            inserted = new ArrayList<>(2);
        } else {
            Inserted last = inserted.get(inserted.size() - 1);
            if (last.has(from - 1) && last.path().equals(path)) {
                inserted.set(
                        inserted.size() - 1,
                        new Inserted(path, last.from(), last.length() + length));
                return;
            }
        }
        inserted.add(new Inserted(path, from, length));
    }

    /**
     * @return the insertions into this object that have the element, if this change made it
     */
    @Nullable Inserted find(Path path, int number) {
        int low = 0;
        int high = inserted.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            Inserted it = inserted.get(middle);
            if (it.has(number)) {
                return it.path().equals(path) ? it : null;
            }
            if (it.from() > number) {
                high = middle - 1;
            } else {
                low = middle + 1;
            }
        }
        return null;
    }

    /** Remembers an amount under a key. */
    void add(Object key, long amount) {
        if (amounts.isEmpty()) {
            amounts = new HashMap<>();
        }
        amounts.merge(key, amount, Long::sum);
    }

    long amount(Object key) {
        return amounts.getOrDefault(key, 0L);
    }
}
