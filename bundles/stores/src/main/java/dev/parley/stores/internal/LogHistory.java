package dev.parley.stores.internal;

import dev.parley.crdt.api.History;
import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.api.SignedChange;
import dev.parley.storage.api.AppendLog;
import dev.parley.storage.api.Storage;
import dev.parley.storage.api.StorageException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * A store's changes in a log on disk; in memory is where each one stands. {@link #replay} reads the
 * log from its start and gives every change to the replica again; until it is through, what the
 * replica appends is what is there already. A replica that begins with an index of the log reads
 * the rest by itself, and {@link #isRead} ends that.
 */
final class LogHistory implements History {
    private static final System.Logger LOG = System.getLogger(LogHistory.class.getName());
    private static final long FORGOTTEN = -1;

    private volatile AppendLog log;
    private long[] places = new long[64];
    private int stored;
    private int size;

    /** Hears of damage before the log is cut off there. */
    interface Damage {
        /**
         * @param behind changes that are whole, and will not be in the log
         */
        void found(List<SignedChange> behind) throws StorageException;
    }

    LogHistory(Storage storage, String name) throws StorageException {
        this(storage, name, behind -> {});
    }

    LogHistory(Storage storage, String name, Damage damage) throws StorageException {
        this.log =
                storage.log(
                        name,
                        new AppendLog.Reader() {
                            @Override
                            public void record(long place, byte[] record) {
                                add(place);
                            }

                            @Override
                            public void damaged(List<byte[]> after) throws StorageException {
                                damage.found(changes(after));
                            }
                        });
    }

    private static List<SignedChange> changes(List<byte[]> records) {
        List<SignedChange> changes = new ArrayList<>();
        for (byte[] record : records) {
            try {
                changes.add(SignedChange.decode(record));
            } catch (MalformedException e) {
                LOG.log(System.Logger.Level.DEBUG, "behind damage: {0}", e.getMessage());
            }
        }
        return changes;
    }

    private LogHistory(AppendLog log, long[] kept) {
        this.log = log;
        this.places = Arrays.copyOf(kept, Math.max(64, kept.length));
        this.stored = kept.length;
    }

    /**
     * What is in it now and was not given up, for another replica on another thread. Nothing may be
     * added to it before it was moved to another log.
     */
    LogHistory reader() {
        return new LogHistory(
                log, Arrays.stream(places, 0, size).filter(it -> it != FORGOTTEN).toArray());
    }

    private void add(long place) {
        if (stored == places.length) {
            places = Arrays.copyOf(places, stored * 2);
        }
        places[stored++] = place;
    }

    /** A failure of the disk that comes out of a replica's call. */
    static final class DiskException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        DiskException(StorageException cause) {
            super(cause.getMessage(), cause);
        }
    }

    /**
     * Gives each change to {@code taker}, who must append it.
     *
     * @throws StorageException if one cannot be read or is not appended
     */
    void replay(Consumer<SignedChange> taker) throws StorageException {
        for (int i = 0; i < stored; i++) {
            try {
                taker.accept(get(i));
            } catch (DiskException | IllegalStateException e) {
                throw damaged(i, String.valueOf(e.getMessage()));
            }
            if (size != i + 1) {
                throw damaged(i, "the store does not take it");
            }
        }
    }

    /** Each change that is stored, in order. */
    void forEach(Consumer<SignedChange> taker) {
        for (int i = 0; i < stored; i++) {
            taker.accept(get(i));
        }
    }

    /** How many changes the log has. */
    int stored() {
        return stored;
    }

    /** All that is stored is in the replica. */
    void isRead() {
        size = stored;
    }

    @Override
    public void forget(int index) {
        places[index] = FORGOTTEN;
    }

    /** Those that were not given up, in order, read as they are asked for. */
    Iterable<SignedChange> kept() {
        return () ->
                IntStream.range(0, size)
                        .filter(index -> places[index] != FORGOTTEN)
                        .mapToObj(this::get)
                        .iterator();
    }

    /** Goes on in a log that has just what is kept; everything keeps its index. */
    void moveTo(LogHistory next) {
        int moved = 0;
        for (int i = 0; i < size; i++) {
            if (places[i] != FORGOTTEN) {
                places[i] = next.places[moved++];
            }
        }
        log = next.log;
    }

    private static StorageException damaged(int index, String why) {
        return new StorageException(
                StorageException.Reason.IO, "change " + index + " of the log: " + why);
    }

    @Override
    public void append(SignedChange change) {
        if (size == stored) {
            try {
                add(log.append(change.encode()));
            } catch (StorageException e) {
                throw new DiskException(e);
            }
        }
        size++;
    }

    @Override
    public SignedChange get(int index) {
        try {
            return SignedChange.decode(log.read(places[index]));
        } catch (StorageException e) {
            throw new DiskException(e);
        } catch (MalformedException e) {
            throw new IllegalStateException("no change: " + e.getMessage(), e);
        }
    }

    /** Blocks until all that was appended is on disk. Any thread may call. */
    void force() throws StorageException {
        log.force();
    }

    void close() throws StorageException {
        log.close();
    }
}
