package dev.parley.stores.internal;

import dev.parley.crdt.api.ChangeEvent;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.KeyId;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.SignedChange;
import dev.parley.storage.api.StorageException;
import java.util.HashSet;
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

    /** Keys that values were sealed with, and that have not come. */
    private final Set<KeyId> missing = new LinkedHashSet<>();

    /** How many shreds were seen to. */
    private int shreds;

    StoreKeys(KeyRing ring) {
        this.ring = ring;
    }

    KeyRing ring() {
        return ring;
    }

    /** Keys to ask for; those that are asked for next stand first. */
    Set<KeyId> missing() {
        return missing;
    }

    /** A replica that was read opens values with the keys that are here. */
    void begin(Replica replica) {
        replica.unsealWith(ring);
        shreds = 0;
        noteShreds(replica);
        replica.visitSealed((path, value) -> miss(replica, value.key()));
    }

    private void miss(Replica replica, KeyId key) {
        if (missing.size() < KeyRing.MAX_KEYS && !ring.has(key) && !replica.isShredded(key)) {
            missing.add(key);
        }
    }

    /** A change was taken in. */
    void met(Replica replica, SignedChange change) {
        Replica.keysOf(change).forEach(key -> miss(replica, key));
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
        Set<KeyId> gone = new HashSet<>();
        for (KeyId key : replica.shredded()) {
            missing.remove(key);
            if (ring.has(key)) {
                ring.forget(key);
                gone.add(key);
            }
        }
        shreds = replica.shredded().size();
        return gone.isEmpty() ? Optional.empty() : Optional.of(shownAnew(replica, gone));
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
                if (missing.remove(key)) {
                    used.add(key);
                }
            }
        }
        return used.isEmpty() ? Optional.empty() : Optional.of(shownAnew(replica, used));
    }

    /**
     * What is said when values can be read, or not any more: the last change, and where they are.
     */
    private static ChangeEvent shownAnew(Replica replica, Set<KeyId> keys) {
        Set<Path> paths = new HashSet<>();
        replica.visitSealed(
                (path, value) -> {
                    if (keys.contains(value.key())) {
                        paths.add(path);
                    }
                });
        Id head = replica.heads("").get(0);
        return new ChangeEvent(head, head, false, false, paths);
    }
}
