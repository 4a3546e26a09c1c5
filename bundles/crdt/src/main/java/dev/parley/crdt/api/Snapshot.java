package dev.parley.crdt.api;

import dev.parley.crdt.internal.StoreSnapshotReader;
import java.util.Arrays;

/**
 * The state at a checkpoint.
 *
 * @param file deflated, and behind it the ids of changes that nothing of it names; whoever has the
 *     same changes gets the same bytes before it is deflated
 */
public record Snapshot(Checkpoint checkpoint, byte[] file) {
    /**
     * The file without the ids that nothing of it names: 32 bytes less for most changes. Of the
     * same checkpoint. What a replica that begins with it cannot do, {@link Replica#lacksIds} says.
     */
    public byte[] withoutIds() {
        return StoreSnapshotReader.withoutIds(file);
    }

    /** What {@link #withoutIds} leaves out, as {@link Replica#addIds} takes it; may be empty. */
    public byte[] idsApart() {
        return Arrays.copyOfRange(file, withoutIds().length, file.length);
    }
}
