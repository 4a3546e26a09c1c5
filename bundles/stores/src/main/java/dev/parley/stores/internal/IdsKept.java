package dev.parley.stores.internal;

import dev.parley.crdt.api.IdsApart;
import dev.parley.storage.api.PartialBlob;
import dev.parley.storage.api.StorageException;
import java.util.Arrays;
import java.util.Optional;

/**
 * What came of the ids that lie apart, on disk for as long as the store lacks them: work that was
 * begun before it got them, or was left, keeps nothing afterwards. Any thread may call.
 */
final class IdsKept {
    private final StoreFiles files;
    private Optional<IdsApart> lacked = Optional.empty();

    IdsKept(StoreFiles files) {
        this.files = files;
    }

    /** From now on it lacks these; what came of others is removed. */
    synchronized void lacks(Optional<IdsApart> ids) throws StorageException {
        Optional<IdsApart> before = lacked;
        lacked = ids;
        if (before.isPresent() && !before.equals(ids)) {
            files.discard(before.get());
        }
    }

    /**
     * Keeps what came, from this chunk on.
     *
     * @return the first chunk that is missing; empty if all are there, or are not lacked any more
     */
    synchronized Optional<Integer> keep(IdsApart ids, int from, byte[] content)
            throws StorageException {
        if (!lacked.equals(Optional.of(ids)) || files.idsFile(ids).isPresent()) {
            return Optional.empty();
        }
        PartialBlob partial = files.ids(ids);
        boolean isWhole = false;
        try {
            for (int at = 0; at < content.length; at += PartialBlob.CHUNK_BYTES) {
                int to = Math.min(content.length, at + PartialBlob.CHUNK_BYTES);
                partial.write(
                        from + at / PartialBlob.CHUNK_BYTES, Arrays.copyOfRange(content, at, to));
            }
            int missing = partial.present().nextClearBit(0);
            isWhole = (long) missing * PartialBlob.CHUNK_BYTES >= ids.bytes();
            if (isWhole) {
                partial.commit();
            }
            return isWhole ? Optional.empty() : Optional.of(missing);
        } finally {
            if (!isWhole) {
                partial.close();
            }
        }
    }
}
