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
 * Which stores are followed, on disk; and of those that were left, what this agent wrote last: it
 * must not number its changes anew when it comes back.
 */
final class StoreList {
    private static final System.Logger LOG = System.getLogger(StoreList.class.getName());
    private static final String FOLLOWED = "store/";
    private static final String LEFT = "left/";

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
            byte[] tips = new byte[ownTips.size() * Id.BYTES];
            int at = 0;
            for (Id tip : ownTips) {
                tip.copyTo(tips, at);
                at += Id.BYTES;
            }
            kept.put(LEFT + store.hex(), tips);
        }
        kept.delete(FOLLOWED + store.hex());
    }

    /** The last changes that this agent made before it left; none if it never did. */
    Set<Id> owed(Id store) {
        Set<Id> owed = new HashSet<>();
        byte[] tips = kept.get(LEFT + store.hex()).orElse(new byte[0]);
        for (int at = 0; at + Id.BYTES <= tips.length; at += Id.BYTES) {
            owed.add(Id.of(tips, at, Id.BYTES));
        }
        return owed;
    }
}
