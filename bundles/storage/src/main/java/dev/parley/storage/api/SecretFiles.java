package dev.parley.storage.api;

import java.util.Map;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Small secrets, each in a file of its own that only its owner may read, so that one can be
 * destroyed. A log cannot do that: what was deleted stays in its segments.
 *
 * <p><b>Promise:</b> when {@link #put} returns the secret is on disk; when {@link #destroy} returns
 * its bytes were overwritten there and its file is gone, also after a power cut. What a disk moves
 * elsewhere by itself, as flash and some file systems do, is beyond this. <b>Threads:</b> any.
 * <b>Nulls:</b> none. <b>Failure:</b> {@link StorageException}.
 */
@ProviderType
public interface SecretFiles {
    int MAX_BYTES = 4096;

    /** All of them by name; what a crash left of one that was not yet there is destroyed. */
    Map<String, byte[]> all() throws StorageException;

    /**
     * Keeps a secret.
     *
     * @param name {@code [a-z0-9-]{1,64}}
     * @param secret at most {@link #MAX_BYTES}
     * @throws IllegalStateException if there is one of this name
     */
    void put(String name, byte[] secret) throws StorageException;

    /** Destroys a secret; does nothing if there is none. */
    void destroy(String name) throws StorageException;

    /** Destroys all of them. */
    void destroyAll() throws StorageException;
}
