package dev.parley.crdt.internal;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.KeyId;
import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.api.SealKey;
import dev.parley.crdt.api.Unsealing;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which keys of sealed values are shredded, and what opens the others. A {@code SHRED} counts in
 * every state that is shown, also of before it: there is no going back to an expunged value.
 */
final class Seals {
    private final Id store;
    private final TreeMap<KeyId, List<Integer>> shreds = new TreeMap<>();
    private Unsealing keys = id -> Optional.empty();

    Seals(Id store) {
        this.store = store;
    }

    Unsealing keys() {
        return keys;
    }

    void keys(Unsealing given) {
        keys = given;
    }

    boolean isShredded(KeyId key) {
        return shreds.containsKey(key);
    }

    Set<KeyId> shredded() {
        return Collections.unmodifiableSet(shreds.keySet());
    }

    /** A value as people see it. */
    Scalar shown(Scalar value) {
        if (!(value instanceof Scalar.Sealed sealed)) {
            return value;
        }
        if (sealed.isLeftOut() || isShredded(sealed.key())) {
            return new Scalar.Expunged(sealed.key());
        }
        return keys.key(sealed.key()).flatMap(key -> key.open(sealed)).orElse(value);
    }

    List<Scalar> shown(List<Scalar> values) {
        return values.stream().map(this::shown).toList();
    }

    /** The key that an author's operation names. */
    KeyId named(Operation.Shred shred, Id author) {
        Id proof = shred.proof();
        KeyId key = shred.key();
        if (proof != null) {
            return SealKey.idOf(store, author, proof);
        }
        if (key == null) {
            throw new IllegalStateException("a SHRED of nothing");
        }
        return key;
    }

    /** Of a change that is not void. */
    void apply(int number, Change change) {
        if (!(change.operations().get(0) instanceof Operation.Shred)) {
            return; // they stand alone
        }
        for (Operation operation : change.operations()) {
            if (operation instanceof Operation.Shred shred) {
                List<Integer> all =
                        shreds.computeIfAbsent(
                                named(shred, change.author()), it -> new ArrayList<>(1));
                // No later number was applied; one change may name a key many times.
                if (all.isEmpty() || all.get(all.size() - 1) != number) {
                    all.add(number);
                }
            }
        }
    }

    /** Those that changes with a row shredded. */
    Set<KeyId> in(int[] rows) {
        Set<KeyId> some = new HashSet<>();
        shreds.forEach(
                (key, changes) -> {
                    if (changes.stream().anyMatch(it -> rows[it] >= 0)) {
                        some.add(key);
                    }
                });
        return some;
    }

    /** Nothing if no change with a row shredded a key. */
    void write(Writer out, int[] rows) {
        Map<KeyId, int[]> some = new TreeMap<>();
        shreds.forEach(
                (key, changes) -> {
                    int[] found =
                            changes.stream()
                                    .mapToInt(it -> rows[it])
                                    .filter(it -> it >= 0)
                                    .sorted()
                                    .toArray();
                    if (found.length > 0) {
                        some.put(key, found);
                    }
                });
        if (some.isEmpty()) {
            return;
        }
        out.uint(some.size());
        some.forEach(
                (key, found) -> {
                    out.bytes(key.bytes());
                    out.uint(found.length);
                    for (int row : found) {
                        out.uint(row);
                    }
                });
    }

    /**
     * @param numbers of the rows that {@link #write} named
     */
    void read(Reader in, int[] numbers) throws MalformedException {
        for (int i = in.count("keys", 1, Integer.MAX_VALUE, KeyId.BYTES + 2); i > 0; i--) {
            KeyId key = in.keyId();
            if (!shreds.isEmpty() && shreds.lastKey().compareTo(key) >= 0) {
                throw new MalformedException("keys are not in order");
            }
            List<Integer> all = new ArrayList<>(1);
            shreds.put(key, all);
            for (int j = in.count("changes", 1, Integer.MAX_VALUE); j > 0; j--) {
                all.add(numbers[in.uint("a change", numbers.length - 1)]);
            }
        }
    }
}
