package dev.parley.storage.api;

import org.osgi.annotation.versioning.ProviderType;

/** The container's disk. Any thread may call. */
@ProviderType
public interface Storage {
    BlobStore blobs();

    /**
     * @param name {@code [a-z0-9-]{1,64}}; the same name is the same store
     */
    KeyValueStore keyValue(String name) throws StorageException;

    /**
     * @param name {@code [a-z0-9-]{1,64}}; the same name is the same secrets, and only one may use
     *     them at a time
     */
    SecretFiles secrets(String name);

    /**
     * Opens a log, which stays its opener's until it is closed.
     *
     * @param name {@code [a-z0-9-]{1,64}}
     * @param reader is handed every record that is there, oldest first, before this returns; if it
     *     fails the log is not opened
     * @throws IllegalStateException if the log is open
     */
    AppendLog log(String name, AppendLog.Reader reader) throws StorageException;

    /**
     * Removes a log with all that is in it; does nothing if there is none.
     *
     * @throws IllegalStateException if the log is open
     */
    void deleteLog(String name) throws StorageException;
}
