package dev.parley.stores.internal;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.KeyId;
import dev.parley.crdt.api.SealKey;
import dev.parley.storage.api.StorageException;
import dev.parley.stores.api.SealStatus;
import dev.parley.stores.api.StoreException;
import dev.parley.stores.api.StoreException.Code;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The keys of a store's sealed values: makes them, and says how they are. On the room's thread. */
final class Sealing {
    private static final SecureRandom RANDOM = new SecureRandom();

    private Sealing() {}

    /**
     * The key with this label, which is made and put on disk if there is none.
     *
     * @param self whose key a new one is
     */
    static SealKey key(OpenStore store, Id self, String label)
            throws StoreException, StorageException {
        checkLabel(label);
        KeyRing ring = store.sealKeys().ring();
        Optional<KeyRing.Held> there = ring.labelled(label);
        if (there.isPresent()) {
            return there.get().key();
        }
        if (ring.isFull()) {
            throw new StoreException(
                    Code.TOO_LARGE, "the store has " + KeyRing.MAX_KEYS + " keys already");
        }
        if (!store.damage().isEmpty()) {
            throw new StoreException(Code.DISK, store.damage());
        }
        byte[] secret = new byte[SealKey.BYTES];
        RANDOM.nextBytes(secret);
        KeyRing.Held made = new KeyRing.Held(SealKey.of(store.id(), self, secret), label);
        Arrays.fill(secret, (byte) 0);
        ring.keep(made);
        ring.add(made);
        return made.key();
    }

    private static void checkLabel(String label) throws StoreException {
        int bytes = label.getBytes(StandardCharsets.UTF_8).length;
        if (label.isBlank()
                || bytes > KeyRing.MAX_LABEL_BYTES
                || label.matches("[0-9a-f]{32}")
                || label.chars().anyMatch(Character::isISOControl)) {
            throw new StoreException(
                    Code.INVALID,
                    "a label has 1 to "
                            + KeyRing.MAX_LABEL_BYTES
                            + " bytes without control characters, and is no key's id");
        }
    }

    private static Map<KeyId, Integer> values(OpenStore store) {
        Map<KeyId, Integer> values = new HashMap<>();
        store.replica().visitSealed((path, value) -> values.merge(value.key(), 1, Integer::sum));
        return values;
    }

    /** Those with a label first, then by id. */
    static List<SealStatus> describe(OpenStore store) {
        Map<KeyId, Integer> values = values(store);
        Set<KeyId> all = new HashSet<>(values.keySet());
        all.addAll(store.replica().shredded());
        all.addAll(store.sealKeys().missing());
        store.sealKeys().ring().all().forEach(held -> all.add(held.key().id()));
        Map<KeyId, KeyRing.Held> held = new HashMap<>();
        store.sealKeys().ring().all().forEach(each -> held.put(each.key().id(), each));
        List<SealStatus> described = new ArrayList<>();
        for (KeyId key : all) {
            KeyRing.Held here = held.get(key);
            described.add(
                    new SealStatus(
                            key,
                            here == null ? "" : here.label(),
                            here == null ? Optional.empty() : Optional.of(here.key().author()),
                            values.getOrDefault(key, 0),
                            status(store, key, here != null)));
        }
        described.sort(
                Comparator.comparing((SealStatus it) -> it.label().isEmpty())
                        .thenComparing(SealStatus::label)
                        .thenComparing(SealStatus::key));
        return List.copyOf(described);
    }

    private static SealStatus.Status status(OpenStore store, KeyId key, boolean isHere) {
        if (store.replica().isShredded(key)) {
            return SealStatus.Status.EXPUNGED;
        }
        return isHere ? SealStatus.Status.HELD : SealStatus.Status.MISSING;
    }

    /** So that a mistyped id does not end in a change for ever. */
    static void checkKnown(OpenStore store, KeyId key) throws StoreException {
        boolean isKnown =
                store.sealKeys().ring().has(key)
                        || store.sealKeys().missing().contains(key)
                        || store.replica().isShredded(key)
                        || values(store).containsKey(key);
        if (!isKnown) {
            throw new StoreException(
                    Code.NOT_FOUND, "nothing in the store is sealed with a key " + key.hex());
        }
    }
}
