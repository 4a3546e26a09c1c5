package dev.parley.stores.internal;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.StoreInfo;
import dev.parley.storage.api.KeyValueStore;
import dev.parley.storage.api.StorageException;
import dev.parley.wire.api.MalformedException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which stores are followed, on disk; and of those that were left, or lost a part of their log,
 * what this agent wrote last: it must not number its changes anew when it comes back.
 */
final class StoreList {
    private static final System.Logger LOG = System.getLogger(StoreList.class.getName());
    private static final String FOLLOWED = "store/";
    private static final String LEFT = "left/";

    /**
     * Stands for changes of this agent of which it is not known which they are, or if there are
     * any.
     */
    static final Id UNKNOWN = Id.of(new byte[Id.BYTES]);

    private final KeyValueStore kept;

    StoreList(KeyValueStore kept) {
        this.kept = kept;
    }

    KeyValueStore kept() {
        return kept;
    }

    List<StoreInfo> all() {
        List<StoreInfo> all = new ArrayList<>();
        for (String key : kept.keys(FOLLOWED)) {
            try {
                all.add(SyncMessage.info(kept.get(key).orElseThrow()));
            } catch (MalformedException e) {
                LOG.log(System.Logger.Level.ERROR, key + " on disk is damaged", e);
            }
        }
        return all;
    }

    void put(StoreInfo info) throws StorageException {
        kept.put(FOLLOWED + info.id().hex(), info.encode());
    }

    void leave(Id store, Set<Id> ownTips) throws StorageException {
        if (!ownTips.isEmpty()) {
            owe(store, ownTips);
        }
        kept.delete(FOLLOWED + store.hex());
    }

    /** What this agent has to get back before it writes. */
    void owe(Id store, Set<Id> changes) throws StorageException {
        byte[] ids = new byte[changes.size() * Id.BYTES];
        int at = 0;
        for (Id change : changes) {
            change.copyTo(ids, at);
            at += Id.BYTES;
        }
        kept.put(LEFT + store.hex(), ids);
    }

    /** The changes that this agent has to get back before it writes; none if it has all. */
    Set<Id> owed(Id store) {
        Set<Id> owed = new HashSet<>();
        byte[] tips = kept.get(LEFT + store.hex()).orElse(new byte[0]);
        for (int at = 0; at + Id.BYTES <= tips.length; at += Id.BYTES) {
            owed.add(Id.of(tips, at, Id.BYTES));
        }
        return owed;
    }
}
