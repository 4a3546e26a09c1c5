package dev.parley.direct.api;

import dev.parley.storage.api.Hash;

/**
 * A blob to fetch, as its publisher signed it.
 *
 * @param merkleRoot see {@link MerkleTree}
 */
public record BlobRequest(Hash sha256, long size, Hash merkleRoot) {
    public static final long MAX_BYTES = 32L << 20;

    public BlobRequest {
        if (size < 1 || size > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "a blob has 1 to " + MAX_BYTES + " bytes, found " + size);
        }
    }
}
