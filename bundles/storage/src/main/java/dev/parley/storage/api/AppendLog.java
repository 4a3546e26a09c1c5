package dev.parley.storage.api;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Records in the order in which they were appended, for ever. What {@link #force} has returned for
 * survives a crash; of what came after it, a crash leaves the first part. Where its last part is
 * damaged otherwise it ends before the damage, and {@link Reader#damaged} is told.
 *
 * <p><b>Threads:</b> any thread may call; all calls block on the disk, {@code append} only until
 * the system has the bytes. Threads that force at the same time share one flush. <b>Nulls:</b>
 * none.
 */
@ProviderType
public interface AppendLog extends AutoCloseable {
    int MAX_RECORD_BYTES = 8 << 20;

    /** Takes what is in the log when it is opened. */
    interface Reader {
        void record(long place, byte[] record) throws StorageException;

        /**
         * The log is damaged, and ends before that from now on. Told once, after the records before
         * it and before anything is cut off; if this fails, nothing is.
         *
         * @param after the whole records that were found behind the damage; what else was there is
         *     not known
         */
        default void damaged(List<byte[]> after) throws StorageException {}
    }

    /**
     * On failure the log is as it was.
     *
     * @param record 1 to {@link #MAX_RECORD_BYTES} bytes
     * @return the place to {@link #read} it from, also after a restart
     */
    long append(byte[] record) throws StorageException;

    /**
     * @param place what {@link #append} returned, or a {@link Reader} was told
     */
    byte[] read(long place) throws StorageException;

    /** Waits until everything that was appended before this call is on disk. */
    void force() throws StorageException;

    /** Forces, and ends. */
    @Override
    void close() throws StorageException;
}
