package dev.parley.stores.internal;

import dev.parley.storage.api.StorageException;
import java.util.Optional;

/**
 * Says when a store needs an index again, and makes it. The room's actor owns it; the index is made
 * and put on disk on another thread.
 */
final class Indexing {
    private final OpenStore store;

    /** How many changes the last index was of. */
    private int indexed;

    private boolean isRunning;

    /** Work for another thread. */
    interface Disk {
        void run() throws StorageException;
    }

    /**
     * @param indexed how many changes the index on disk is of; 0 if there is none
     */
    Indexing(OpenStore store, int indexed) {
        this.store = store;
        this.indexed = indexed;
    }

    /** The index on disk is of a replica that is not there any more. */
    void restart() {
        indexed = 0;
    }

    /**
     * An index, if enough came since the last one: so many changes, or a quarter of what is there
     * if that is more, so that a store pays for its indexes in proportion to what is written.
     *
     * @return what makes it of a copy and puts it on disk, to be run on another thread; then {@link
     *     #isOver} must be called
     */
    Optional<Disk> next(int every) {
        if (!isDue(every)) {
            return Optional.empty();
        }
        isRunning = true;
        indexed = store.replica().size();
        StoreCopy copy = store.copy();
        int size = indexed;
        return Optional.of(() -> keep(copy.open().index(), copy.history(), size));
    }

    /** What {@link #next} returned was run, or could not be. */
    void isOver() {
        isRunning = false;
    }

    /** The same at the end, when nobody uses the store any more. */
    void atEnd(int every) throws StorageException {
        isRunning = false;
        if (isDue(every)) {
            keep(store.replica().index(), store.history(), store.replica().size());
        }
    }

    private boolean isDue(int every) {
        return !isRunning
                && !store.rebuilding
                && store.damage().isEmpty()
                && !store.replica().lacksIds()
                && store.replica().size() - indexed >= Math.max(every, indexed / 4);
    }

    private void keep(byte[] made, LogHistory of, int size) throws StorageException {
        of.force();
        store.files().keepIndex(made, size);
    }
}
