package dev.parley.stores.internal;

import dev.parley.crdt.api.ChangeEvent;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.KeyId;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.SignedChange;
import dev.parley.storage.api.StorageException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which keys of a store's sealed values are here, are missing, or must go. The room's actor owns
 * it.
 */
final class StoreKeys {
    private final KeyRing ring;

    /** Keys that values were sealed with, and that nobody was asked for yet. */
    private final Set<KeyId> fresh = new LinkedHashSet<>();

    /** Those that did not come when they were asked for, in the order of asking. */
    private final Set<KeyId> asked = new LinkedHashSet<>();

    /** How many shreds were seen to. */
    private int shreds;

    StoreKeys(KeyRing ring) {
        this.ring = ring;
    }

    KeyRing ring() {
        return ring;
    }

    /** Keys that values were sealed with, and that have not come. */
    Set<KeyId> missing() {
        Set<KeyId> missing = new LinkedHashSet<>(fresh);
        missing.addAll(asked);
        return missing;
    }

    int missingCount() {
        return fresh.size() + asked.size();
    }

    /**
     * Keys to ask for next. Half of them at least are new, if so many are, so that ids that
     * somebody made up, which nobody has a key for, keep no other key from being asked for.
     */
    List<KeyId> ask(int most) {
        List<KeyId> next = new ArrayList<>(most);
        take(fresh, Math.max(most / 2, most - asked.size()), next);
        take(asked, most - next.size(), next);
        asked.addAll(next);
        return next;
    }

    private static void take(Set<KeyId> from, int most, List<KeyId> into) {
        Iterator<KeyId> each = from.iterator();
        for (int i = 0; i < most && each.hasNext(); i++) {
            into.add(each.next());
            each.remove();
        }
    }

    /** A replica that was read opens values with the keys that are here. */
    void begin(Replica replica) {
        replica.unsealWith(ring);
        shreds = 0;
        noteShreds(replica);
        replica.visitSealed((path, value) -> miss(replica, value.key()));
    }

    private void miss(Replica replica, KeyId key) {
        if (ring.has(key) || replica.isShredded(key) || asked.contains(key)) {
            return;
        }
        if (missingCount() >= KeyRing.MAX_KEYS) {
            // Somebody was asked for these, and did not have them.
            take(asked, 1, new ArrayList<>(1));
        }
        if (missingCount() < KeyRing.MAX_KEYS) {
            fresh.add(key);
        }
    }

    /** A change was taken in. What is void shows nothing, so nothing is asked for. */
    void met(Replica replica, SignedChange change) {
        Set<KeyId> keys = Replica.keysOf(change);
        if (!keys.isEmpty() && replica.has(change.id()) && !replica.isVoid(change.id())) {
            keys.forEach(key -> miss(replica, key));
        }
    }

    /**
     * Forgets keys that were shredded. Their files go once the shreds are on disk.
     *
     * @return what listeners hear, if one was here
     */
    Optional<ChangeEvent> noteShreds(Replica replica) {
        if (replica.shredded().size() == shreds) {
            return Optional.empty();
        }
        Set<KeyId> all = new HashSet<>(ring.files());
        all.addAll(fresh);
        all.addAll(asked);
        Set<KeyId> gone = new HashSet<>();
        for (KeyId key : all) {
            if (replica.isShredded(key)) {
                fresh.remove(key);
                asked.remove(key);
                if (ring.has(key)) {
                    gone.add(key);
                }
                if (ring.hasFile(key)) {
                    ring.forget(key);
                }
            }
        }
        shreds = replica.shredded().size();
        return shownAnew(replica, gone);
    }

    /**
     * Uses keys that came and are on disk, those that were not shredded meanwhile.
     *
     * @return what listeners hear, if one was missing
     */
    Optional<ChangeEvent> came(Replica replica, List<KeyRing.Held> came) throws StorageException {
        Set<KeyId> used = new HashSet<>();
        for (KeyRing.Held each : came) {
            KeyId key = each.key().id();
            if (replica.isShredded(key)) {
                ring.discard(each);
            } else {
                ring.add(each);
                if (fresh.remove(key) | asked.remove(key)) {
                    used.add(key);
                }
            }
        }
        return shownAnew(replica, used);
    }

    /**
     * What is said when values of the main line can be read, or not any more: the last change, and
     * where they are.
     */
    private static Optional<ChangeEvent> shownAnew(Replica replica, Set<KeyId> keys) {
        Set<Path> paths = new HashSet<>();
        if (keys.isEmpty()) {
            return Optional.empty();
        }
        replica.visitSealed(
                (path, value) -> {
                    if (keys.contains(value.key())) {
                        paths.add(path);
                    }
                });
        if (paths.isEmpty()) {
            return Optional.empty(); // on branches alone, or in what was
        }
        Id head = replica.heads("").get(0);
        Id author = replica.author(replica.indexOf(head));
        return Optional.of(new ChangeEvent(head, author, false, false, paths));
    }
}
