package dev.parley.stores.internal;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.SignedChange;
import dev.parley.crdt.api.Summary;
import dev.parley.identity.api.PublicKey;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the keys with which the authors of a store sign: in the changes that brought them, which
 * are read from the disk when somebody asks, or in the checkpoint's file. The room's actor owns it.
 */
final class AuthorKeys {
    private static final int MAX_READ = 256;
    private static final List<Summary.Tip> NO_TIPS = List.of();

    /** Of authors whose changes were given up. */
    private final Map<Id, PublicKey> below = new HashMap<>();

    /** Which change brings whose key. */
    private final Map<Id, Id> broughtBy = new HashMap<>();

    /** The ones used last. */
    private final Map<Id, PublicKey> read =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Id, PublicKey> eldest) {
                    return size() > MAX_READ;
                }
            };

    /** The replica begins with a checkpoint that has these. */
    void addBelow(List<PublicKey> keys) {
        keys.forEach(key -> below.put(Id.of(key.agentId().bytes()), key));
    }

    /** Learns which changes of a replica bring keys, of this one alone. */
    void begin(Replica replica) {
        broughtBy.clear();
        for (Summary.Tip first : replica.beginnings().tips()) {
            if (!replica.isForgotten(replica.indexOf(first.change()))) {
                broughtBy.putIfAbsent(first.author(), first.change());
            }
        }
    }

    /** A change was taken in, which may bring a key. */
    void note(SignedChange change) {
        ChangeSeal.key(change)
                .flatMap(key -> ChangeSeal.author(change))
                .ifPresent(author -> broughtBy.putIfAbsent(author, change.id()));
    }

    /** Those of all whose changes are here. */
    List<PublicKey> all(Replica replica) {
        Map<Id, PublicKey> all = new LinkedHashMap<>(below);
        for (Id author : broughtBy.keySet()) {
            of(author, replica).ifPresent(key -> all.put(author, key));
        }
        return List.copyOf(all.values());
    }

    /** An author's key, if a change that is here brought it. */
    Optional<PublicKey> of(Id author, Replica replica) {
        PublicKey known = read.get(author);
        if (known != null) {
            return Optional.of(known);
        }
        Id first = broughtBy.get(author);
        if (first == null) {
            return Optional.ofNullable(below.get(author));
        }
        Optional<PublicKey> found = read(first, replica);
        for (Summary.Tip other : found.isPresent() ? NO_TIPS : replica.beginnings().tips()) {
            if (found.isEmpty() && other.author().equals(author)) {
                found = read(other.change(), replica);
            }
        }
        found.ifPresent(key -> read.put(author, key));
        return found;
    }

    private static Optional<PublicKey> read(Id change, Replica replica) {
        int index = replica.indexOf(change);
        return replica.isForgotten(index)
                ? Optional.empty()
                : ChangeSeal.key(replica.change(index));
    }
}
