package dev.parley.storage.api;

import java.nio.file.Path;
import java.util.BitSet;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A blob that arrives in chunks, in any order, across restarts. Not thread-safe: one owner at a
 * time.
 */
@ProviderType
public interface PartialBlob extends AutoCloseable {
    int CHUNK_BYTES = 65_536;

    /**
     * @return a copy: the chunks that are already here
     */
    BitSet present();

    /** Writes one chunk at its place. Only what its caller has verified belongs here. */
    void write(int chunk, byte[] content) throws StorageException;

    /**
     * Checks the whole content against the hash, forces it to disk and makes it a blob.
     *
     * @throws StorageException HASH_MISMATCH if it is something else; the partial file is then
     *     removed
     */
    Path commit() throws StorageException;

    /** Forgets what came so far. */
    void discard() throws StorageException;

    /** Keeps what came so far for the next time. */
    @Override
    void close() throws StorageException;
}
