package dev.parley.direct.api;

import dev.parley.identity.api.MachineId;
import dev.parley.storage.api.Hash;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.LongConsumer;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Talks to one connected container.
 *
 * <p><b>Threads:</b> any thread may call; no call blocks but {@link #offer}. <b>Nulls:</b> none.
 * <b>Failure:</b> stages fail with {@link RequestException}: NOT_CONNECTED, TIMEOUT, BUSY,
 * NO_SUCH_METHOD, MALFORMED, TOO_LARGE, FAILED, or the handler's own code; a fetch with
 * FETCH_NO_HOLDER, FETCH_STALLED, FETCH_BAD_CHUNK, HASH_MISMATCH, DISK_FULL, BUSY or CLOSED.
 */
@ProviderType
public interface Direct {
    int MAX_BODY_BYTES = 1 << 20;

    CompletionStage<byte[]> request(MachineId to, String method, byte[] body, Duration timeout);

    /**
     * Fetches a blob in chunks, each proved against the Merkle root, from all of these holders at
     * once. What came is kept for the next try if it fails for want of holders.
     *
     * @param progress told how many bytes are here
     */
    CompletionStage<Path> fetch(BlobRequest blob, List<MachineId> holders, LongConsumer progress);

    /**
     * Serves this blob from now on; it must be in the blob store. Blocks: the whole blob is read
     * for its tree.
     */
    void offer(Hash blob);

    void withdraw(Hash blob);
}
