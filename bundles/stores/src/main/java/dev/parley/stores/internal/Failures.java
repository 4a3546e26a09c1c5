package dev.parley.stores.internal;

import dev.parley.crdt.api.RefusedException;
import dev.parley.stores.api.StoreException;
import dev.parley.stores.api.StoreException.Code;

/** Names what went wrong. */
final class Failures {
    private static final System.Logger LOG = System.getLogger(Failures.class.getName());

    private Failures() {}

    static StoreException of(Exception failure) {
        String message = String.valueOf(failure.getMessage());
        if (failure instanceof StoreException known) {
            return known;
        }
        if (failure instanceof RefusedException refused) {
            return new StoreException(
                    switch (refused.code()) {
                        case NOT_ALLOWED -> Code.NOT_ALLOWED;
                        case APPEND_ONLY -> Code.APPEND_ONLY;
                        case NOT_FOUND -> Code.NOT_FOUND;
                        case NOT_ENOUGH -> Code.NOT_ENOUGH;
                        case WRONG_STATE -> Code.WRONG_STATE;
                        case TOO_LARGE -> Code.TOO_LARGE;
                    },
                    message);
        }
        if (failure instanceof LogHistory.DiskException
                || failure instanceof dev.parley.storage.api.StorageException) {
            return new StoreException(Code.DISK, message);
        }
        if (!(failure instanceof IllegalArgumentException)) {
            LOG.log(System.Logger.Level.ERROR, "a store's operation failed", failure);
        }
        return new StoreException(Code.INVALID, message);
    }
}
