package dev.parley.stores.internal;

import dev.parley.crdt.api.ChangeEvent;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.StoreInfo;
import dev.parley.storage.api.StorageException;
import java.util.function.Consumer;

/**
 * A store as it was at one moment. It is taken on the room's thread, and read on another one while
 * the store goes on.
 *
 * @param history the changes there were at that moment
 */
record StoreCopy(StoreInfo info, StoreFiles files, LogHistory history) {
    /**
     * A replica of its own, which must not be given anything. It takes as long as opening the
     * store.
     *
     * @throws StorageException if the disk failed, or the store was compacted or left meanwhile
     */
    Replica open() throws StorageException {
        return open(event -> {});
    }

    /** The same, and the listener hears of what is read. */
    Replica open(Consumer<ChangeEvent> listener) throws StorageException {
        return StoredReplica.read(info, files, history, listener).replica();
    }
}
