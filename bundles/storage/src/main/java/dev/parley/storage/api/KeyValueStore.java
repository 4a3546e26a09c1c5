package dev.parley.storage.api;

import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Values by key. When {@code put} or {@code delete} returns, the change is on disk.
 *
 * <p><b>Threads:</b> any thread may call; writes block until the disk has them, and share one flush
 * where they come together. <b>Nulls:</b> none.
 */
@ProviderType
public interface KeyValueStore {
    int MAX_KEY_CHARS = 1024;
    int MAX_VALUE_BYTES = 8 << 20;

    Optional<byte[]> get(String key);

    void put(String key, byte[] value) throws StorageException;

    /** Deleting what is not there does nothing. */
    void delete(String key) throws StorageException;

    /**
     * @return the keys that start with this prefix, in order
     */
    List<String> keys(String prefix);
}
