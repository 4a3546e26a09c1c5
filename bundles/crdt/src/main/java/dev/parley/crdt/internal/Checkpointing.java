package dev.parley.crdt.internal;

import dev.parley.crdt.api.Checkpoint;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.api.RefusedException;
import dev.parley.crdt.api.RefusedException.Code;
import dev.parley.crdt.api.Snapshot;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;

/**
 * Finds where a checkpoint may be, and makes and checks its snapshot. On the thread that uses the
 * replica.
 */
final class Checkpointing {
    private static final int NONE = -1;

    private Checkpointing() {}

    /** Opens a snapshot, which must be the one that a checkpoint is of. */
    static StoreSnapshotReader checked(Checkpoint checkpoint, byte[] snapshot)
            throws MalformedException {
        StoreSnapshotReader reader = new StoreSnapshotReader(snapshot);
        if (!reader.hash().equals(checkpoint.snapshot())
                || !reader.info().id().equals(checkpoint.store())) {
            throw new MalformedException("another snapshot than the checkpoint is of");
        }
        return reader;
    }

    /**
     * The snapshot of the main line after these changes.
     *
     * @param numbers the changes; are sorted
     */
    static Snapshot snapshot(
            Integration integration, Branches branches, int[] numbers, boolean deletedText)
            throws RefusedException {
        View view = cut(integration, branches, numbers);
        StoreSnapshotWriter.Written written = written(integration, view, deletedText);
        return new Snapshot(checkpoint(integration, view, written), written.packed());
    }

    /** The checkpoint of that snapshot, which takes less than to pack it. */
    static Checkpoint checkpoint(
            Integration integration, Branches branches, int[] numbers, boolean deletedText)
            throws RefusedException {
        View view = cut(integration, branches, numbers);
        return checkpoint(integration, view, written(integration, view, deletedText));
    }

    private static Checkpoint checkpoint(
            Integration integration, View view, StoreSnapshotWriter.Written written) {
        return new Checkpoint(
                integration.store(),
                integration.graph().ids(view.heads()),
                Sha256.of(written.raw()));
    }

    /** The state after these changes of the main line. */
    private static View cut(Integration integration, Branches branches, int[] numbers)
            throws RefusedException {
        View main = integration.main();
        int[] now = main.heads();
        Arrays.sort(numbers);
        Arrays.sort(now);
        for (int number : numbers) {
            if (!main.has(number)) {
                throw new RefusedException(
                        Code.NOT_FOUND, "a checkpoint is of the main line, and that is elsewhere");
            }
        }
        return Arrays.equals(numbers, now) ? main : branches.view(numbers);
    }

    private static StoreSnapshotWriter.Written written(
            Integration integration, View view, boolean deletedText) throws RefusedException {
        try {
            return StoreSnapshotWriter.write(
                    integration.info(),
                    integration.graph(),
                    integration.roles(),
                    integration.seals(),
                    view,
                    deletedText);
        } catch (MissingIdException e) {
            throw new RefusedException(Code.NOT_FOUND, MissingIdException.MESSAGE);
        } catch (IllegalStateException e) {
            throw new RefusedException(Code.NOT_FOUND, "the text of deleted elements was given up");
        }
    }

    /** The last changes of the main line that are in the past of all frontiers. */
    static List<Id> stableCut(Integration integration, Collection<List<Id>> frontiers) {
        ChangeGraph graph = integration.graph();
        BitSet stable = integration.main().changes();
        for (List<Id> frontier : frontiers) {
            int[] known =
                    frontier.stream().mapToInt(graph::find).filter(it -> it != NONE).toArray();
            stable.and(graph.closure(known));
        }
        BitSet heads = (BitSet) stable.clone();
        for (int i = stable.nextSetBit(0); i >= 0; i = stable.nextSetBit(i + 1)) {
            if (graph.prev(i) != NONE) {
                heads.clear(graph.prev(i));
            }
            for (int dependency : graph.dependencies(i)) {
                heads.clear(dependency);
            }
        }
        return graph.ids(heads.stream().toArray());
    }
}
