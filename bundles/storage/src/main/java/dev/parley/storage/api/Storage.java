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
}
