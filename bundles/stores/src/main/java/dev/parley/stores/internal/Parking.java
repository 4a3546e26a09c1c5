package dev.parley.stores.internal;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.SignedChange;
import dev.parley.storage.api.StorageException;
import java.util.function.Consumer;

/**
 * Brings what waits for its time over a restart. What the disk does not take or give is logged, and
 * costs asking others again. The room's actor owns it.
 */
final class Parking {
    private static final System.Logger LOG = System.getLogger(Parking.class.getName());

    private final Id store;
    private final StoreFiles files;
    private final ParkedLog log;

    Parking(Id store, StoreFiles files) {
        this.store = store;
        this.files = files;
        this.log = files.parkedLog();
    }

    /** Keeps one more of those that wait in the replica. */
    void keep(SignedChange change, Replica replica) {
        try {
            files.hasParked(true);
            if (log.isFull()) {
                log.replace(replica.parkedChanges());
            } else {
                log.add(change);
            }
        } catch (StorageException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "store " + store.hex() + ": a change that is ahead of its time is not kept",
                    e);
        }
    }

    /**
     * After a start: gives what waited, and keeps what still does.
     *
     * @param take gives it to the replica
     */
    void read(Replica replica, Consumer<SignedChange> take) {
        if (!files.hasParked()) {
            return;
        }
        try {
            log.read().forEach(take);
            log.replace(replica.parkedChanges());
            files.hasParked(replica.parked() > 0);
        } catch (StorageException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "store "
                            + store.hex()
                            + ": what is ahead of its time has to be asked for again",
                    e);
        }
    }

    void close() throws StorageException {
        log.close();
    }
}
