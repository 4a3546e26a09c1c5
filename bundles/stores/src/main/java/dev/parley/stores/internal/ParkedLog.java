package dev.parley.stores.internal;

import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.api.SignedChange;
import dev.parley.storage.api.AppendLog;
import dev.parley.storage.api.Storage;
import dev.parley.storage.api.StorageException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Changes that came ahead of their time, on disk until that has come: their author may be gone by
 * then. It grows until it has twice what can wait, and is then written anew. It is not forced, and
 * its loss costs asking again. Opened when there is something to keep.
 */
final class ParkedLog {
    private static final int MAX_RECORDS = 8192;

    private final Storage storage;
    private final String name;
    private @Nullable AppendLog log;
    private int records;

    ParkedLog(Storage storage, String name) {
        this.storage = storage;
        this.name = name;
    }

    /** All that were ever kept and not removed, in order; opens it. */
    List<SignedChange> read() throws StorageException {
        List<SignedChange> read = new ArrayList<>();
        log =
                storage.log(
                        name,
                        (place, record) -> {
                            try {
                                read.add(SignedChange.decode(record));
                            } catch (MalformedException e) {
                                throw new StorageException(
                                        StorageException.Reason.IO,
                                        "a parked change: " + e.getMessage());
                            }
                        });
        records = read.size();
        return read;
    }

    /** Whether there are so many old ones in it that it should be written anew. */
    boolean isFull() {
        return records >= MAX_RECORDS;
    }

    void add(SignedChange change) throws StorageException {
        AppendLog open = log;
        if (open == null) {
            read();
            open = log;
        }
        if (open != null) {
            open.append(change.encode());
            records++;
        }
    }

    /** Keeps just these. */
    void replace(List<SignedChange> changes) throws StorageException {
        delete();
        for (SignedChange change : changes) {
            add(change);
        }
    }

    void delete() throws StorageException {
        close();
        storage.deleteLog(name);
        records = 0;
    }

    void close() throws StorageException {
        AppendLog open = log;
        log = null;
        if (open != null) {
            open.close();
        }
    }
}
