package dev.parley.stores.internal;

import dev.parley.storage.api.AppendLog;
import dev.parley.storage.api.BlobStore;
import dev.parley.storage.api.Hash;
import dev.parley.storage.api.KeyValueStore;
import dev.parley.storage.api.PartialBlob;
import dev.parley.storage.api.SecretFiles;
import dev.parley.storage.api.Storage;
import dev.parley.storage.api.StorageException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A storage that counts reads of logs, and steps: changes of the pointer, files and logs. It ends
 * the process before a step of one's choice, and fails to write logs if it is told to.
 */
final class CountingStorage implements Storage {
    final AtomicInteger reads = new AtomicInteger();
    final AtomicInteger steps = new AtomicInteger();

    /** The log whose disk fails; none if it is empty. */
    volatile String failing = "";

    /** Runs before each read of a log, on the thread that reads. */
    volatile Runnable beforeRead = () -> {};

    /** Runs before each forcing of a log, on the thread that forces. */
    volatile Runnable beforeForce = () -> {};

    private final Storage storage;
    private final int last;

    CountingStorage(Storage storage) {
        this(storage, Integer.MAX_VALUE);
    }

    /**
     * @param last the process ends instead of the step after this one
     */
    CountingStorage(Storage storage, int last) {
        this.storage = storage;
        this.last = last;
    }

    private void write(String name) throws StorageException {
        if (name.equals(failing)) {
            throw new StorageException(StorageException.Reason.IO, "the disk fails");
        }
    }

    private void step() {
        if (steps.incrementAndGet() > last) {
            Runtime.getRuntime().halt(9);
        }
    }

    @Override
    public BlobStore blobs() {
        BlobStore blobs = storage.blobs();
        return new BlobStore() {
            @Override
            public Hash put(byte[] content) throws StorageException {
                step();
                return blobs.put(content);
            }

            @Override
            public Optional<Path> path(Hash hash) {
                return blobs.path(hash);
            }

            @Override
            public void delete(Hash hash) throws StorageException {
                step();
                blobs.delete(hash);
            }

            @Override
            public PartialBlob partial(Hash hash, long size) throws StorageException {
                return blobs.partial(hash, size);
            }
        };
    }

    @Override
    public KeyValueStore keyValue(String name) throws StorageException {
        KeyValueStore store = storage.keyValue(name);
        return new KeyValueStore() {
            @Override
            public Optional<byte[]> get(String key) {
                return store.get(key);
            }

            @Override
            public void put(String key, byte[] value) throws StorageException {
                step();
                store.put(key, value);
            }

            @Override
            public void delete(String key) throws StorageException {
                step();
                store.delete(key);
            }

            @Override
            public List<String> keys(String prefix) {
                return store.keys(prefix);
            }
        };
    }

    @Override
    public SecretFiles secrets(String name) {
        SecretFiles secrets = storage.secrets(name);
        return new SecretFiles() {
            @Override
            public Map<String, byte[]> all() throws StorageException {
                return secrets.all();
            }

            @Override
            public void put(String key, byte[] secret) throws StorageException {
                step();
                secrets.put(key, secret);
            }

            @Override
            public void destroy(String key) throws StorageException {
                step();
                secrets.destroy(key);
            }

            @Override
            public void destroyAll() throws StorageException {
                step();
                secrets.destroyAll();
            }
        };
    }

    @Override
    public AppendLog log(String name, AppendLog.Reader reader) throws StorageException {
        AppendLog log = storage.log(name, reader);
        return new AppendLog() {
            @Override
            public long append(byte[] record) throws StorageException {
                write(name);
                return log.append(record);
            }

            @Override
            public byte[] read(long place) throws StorageException {
                reads.incrementAndGet();
                beforeRead.run();
                return log.read(place);
            }

            @Override
            public void force() throws StorageException {
                write(name);
                beforeForce.run();
                log.force();
            }

            @Override
            public void close() throws StorageException {
                log.close();
                write(name);
            }
        };
    }

    @Override
    public void deleteLog(String name) throws StorageException {
        step();
        storage.deleteLog(name);
    }
}
