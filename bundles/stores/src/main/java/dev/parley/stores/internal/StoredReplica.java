package dev.parley.stores.internal;

import dev.parley.crdt.api.ChangeEvent;
import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.StoreInfo;
import dev.parley.storage.api.StorageException;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A replica as the disk has it: from the checkpoint's file, the index, and what the log has beyond
 * that; without an index, from the whole log. To read one takes as long as the store is long, on
 * whatever thread.
 *
 * @param below the checkpoint's file, if the replica begins with one
 * @param length of the checkpoint's file; 0 if there is none
 * @param indexed how many changes the index was of; 0 if none was taken
 * @param isUseless whether there was an index, and it was of no use
 */
record StoredReplica(
        Replica replica,
        Optional<CheckpointFile> below,
        int length,
        int indexed,
        boolean isUseless) {
    private static final System.Logger LOG = System.getLogger(StoredReplica.class.getName());

    /** So far ahead that nothing of our own log is parked. */
    static final long READ_AGAIN_MILLIS = 1L << 47;

    /**
     * Reads a store.
     *
     * @param listener hears also of what is read, while it is read
     * @throws StorageException if the disk fails, or the checkpoint on it is damaged
     */
    static StoredReplica read(
            StoreInfo info, StoreFiles files, LogHistory history, Consumer<ChangeEvent> listener)
            throws StorageException {
        Optional<byte[]> kept = files.checkpoint();
        Optional<CheckpointFile> below = Optional.empty();
        if (kept.isPresent()) {
            try {
                below = Optional.of(CheckpointFile.decode(kept.get()));
            } catch (dev.parley.wire.api.MalformedException e) {
                throw new StorageException(
                        StorageException.Reason.IO, "the checkpoint: " + e.getMessage());
            }
        }
        int length = kept.map(it -> it.length).orElse(0);
        boolean isUseless = false;
        Optional<byte[]> index = files.index();
        if (index.isPresent()) {
            try {
                Replica read =
                        Replica.fromIndex(
                                index.get(),
                                below.map(CheckpointFile::snapshot),
                                history,
                                history.stored(),
                                listener);
                if (!read.info().equals(info)) {
                    throw new MalformedException("an index of another store");
                }
                history.isRead();
                return new StoredReplica(read, below, length, files.indexed(), false);
            } catch (MalformedException | LogHistory.DiskException | IllegalStateException e) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "store {0}: its index is of no use, so its whole log is read: {1}",
                        info.id().hex(),
                        e.getMessage());
                isUseless = true;
            }
        }
        Replica whole =
                below.isPresent()
                        ? begin(below.get(), history, listener)
                        : Replica.create(info, history, listener);
        history.replay(change -> whole.receive(change, READ_AGAIN_MILLIS));
        return new StoredReplica(whole, below, length, 0, isUseless);
    }

    private static Replica begin(
            CheckpointFile file, LogHistory history, Consumer<ChangeEvent> listener)
            throws StorageException {
        try {
            return Replica.fromCheckpoint(file.checkpoint(), file.snapshot(), history, listener);
        } catch (MalformedException e) {
            throw new StorageException(
                    StorageException.Reason.IO, "the checkpoint: " + e.getMessage());
        }
    }
}
