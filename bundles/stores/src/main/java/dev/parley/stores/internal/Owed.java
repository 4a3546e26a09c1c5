package dev.parley.stores.internal;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.SignedChange;
import dev.parley.crdt.api.Summary;
import dev.parley.storage.api.StorageException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What this agent wrote to a store and has to get back before it writes there again, or it would
 * say two things under one number. The room's actor owns it.
 */
final class Owed {
    private static final System.Logger LOG = System.getLogger(Owed.class.getName());
    private static final int MAX_OWED = 1024;

    private final Id store;
    private final Id self;
    private final StoreList list;
    private final Set<Id> changes;

    /**
     * @param changes what is known of it already
     */
    Owed(Id store, Id self, StoreList list, Set<Id> changes) {
        this.store = store;
        this.self = self;
        this.list = list;
        this.changes = new HashSet<>(changes);
    }

    /**
     * The log is damaged. What was behind the damage was perhaps given to others, so this agent
     * must have it back. Of what was in the damage nothing is known but that others may have it.
     *
     * @param behind what can be read behind the damage
     */
    void addBehindDamage(List<SignedChange> behind) throws StorageException {
        LOG.log(
                System.Logger.Level.WARNING,
                "store {0}: its log is damaged; {1} changes behind that are taken in again, the"
                        + " rest has to come from others",
                store.hex(),
                behind.size());
        List<Id> own =
                behind.stream()
                        .filter(it -> ChangeSeal.author(it).filter(self::equals).isPresent())
                        .map(SignedChange::id)
                        .toList();
        changes.add(StoreList.UNKNOWN);
        changes.addAll(own.subList(Math.max(0, own.size() - MAX_OWED), own.size()));
        list.owe(store, changes);
    }

    /** The log has fewer changes than the index was of, which were on disk: it lost its end. */
    void addLostEnd(int wasIndexed, int size) throws StorageException {
        if (changes.add(StoreList.UNKNOWN)) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "store {0}: its log had {1} changes, and has {2}; the rest has to come from"
                            + " others",
                    store.hex(),
                    wasIndexed,
                    size);
            list.owe(store, changes);
        }
    }

    /** Whether some of it is still missing, or may be. */
    boolean isMissing(Replica replica) {
        changes.removeIf(replica::has);
        return !changes.isEmpty();
    }

    /** Somebody gave all it has, or has the same. */
    void heardAll(Replica replica) {
        if (replica.size() > 0 && changes.remove(StoreList.UNKNOWN)) {
            try {
                list.owe(store, changes);
            } catch (StorageException e) {
                LOG.log(System.Logger.Level.WARNING, "store " + store.hex(), e);
            }
        }
    }

    /** The last changes of this agent, which it has to get back should it leave and come again. */
    Set<Id> tips(Replica replica) {
        Set<Id> tips = new HashSet<>(changes);
        for (Summary.Tip tip : replica.summary().tips()) {
            if (tip.author().equals(self)) {
                tips.add(tip.change());
            }
        }
        return tips;
    }
}
