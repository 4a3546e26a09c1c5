package dev.parley.storage.api;

import java.nio.file.Path;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Immutable files by the SHA-256 of their content. Any thread may call; calls block on the disk.
 */
@ProviderType
public interface BlobStore {
    /** Stores the bytes; does nothing if they are there. */
    Hash put(byte[] content) throws StorageException;

    Optional<Path> path(Hash hash);

    void delete(Hash hash) throws StorageException;

    /** Opens, or opens again, an unfinished blob; one writer at a time for one hash. */
    PartialBlob partial(Hash hash, long size) throws StorageException;
}
