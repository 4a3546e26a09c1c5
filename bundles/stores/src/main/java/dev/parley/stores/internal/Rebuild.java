package dev.parley.stores.internal;

import dev.parley.crdt.api.ChangeEvent;
import dev.parley.crdt.api.Checkpoint;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.api.RefusedException;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.SignedChange;
import dev.parley.crdt.api.Snapshot;
import dev.parley.identity.api.PublicKey;
import dev.parley.storage.api.StorageException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gives a store a replica and a log that begin with a checkpoint, in two steps: {@link #prepare}
 * makes them on a worker, from the disk, while the store goes on; {@link #finish} adds on the
 * room's thread what came meanwhile, and puts them in place of the old ones. A crash leaves the old
 * ones or the new ones.
 */
final class Rebuild {
    private final OpenStore store;
    private final StoreCopy copy;
    private final Replica before;
    private final Checkpoint checkpoint;
    private final List<Seal> approvals;
    private final List<PublicKey> keys;

    /** Of others, who gave up something that is missing here; nothing if all is here. */
    private final @Nullable CheckpointFile adopted;

    private final List<Id> floor;
    private final int size;
    private @Nullable Prepared prepared;
    private volatile boolean isLive;

    /**
     * @param encoded the checkpoint's file
     */
    private record Prepared(
            Replica replica,
            LogHistory history,
            LogHistory log,
            CheckpointFile file,
            byte[] encoded) {}

    private Rebuild(
            OpenStore store,
            Checkpoint checkpoint,
            List<Seal> approvals,
            List<PublicKey> keys,
            @Nullable CheckpointFile adopted) {
        this.store = store;
        this.copy = store.copy();
        this.before = store.replica();
        this.size = before.size();
        this.checkpoint = checkpoint;
        this.approvals = approvals;
        this.keys = keys;
        this.adopted = adopted;
        this.floor = store.checkpoint().map(it -> it.checkpoint().heads()).orElse(List.of());
    }

    /** Gives up what is below a checkpoint of which all is here. On the room's thread. */
    static Rebuild below(OpenStore store, Checkpoint checkpoint, List<Seal> approvals) {
        return new Rebuild(store, checkpoint, approvals, store.allKeys(), null);
    }

    /** Begins with the file of somebody who gave up what is missing here. On the room's thread. */
    static Rebuild of(OpenStore store, CheckpointFile file) {
        return new Rebuild(store, file.checkpoint(), file.approvals(), file.keys(), file);
    }

    private void tell(ChangeEvent event) {
        if (isLive) {
            store.onEvent(event);
        }
    }

    /**
     * The long part, on any thread, once.
     *
     * @throws MalformedException if the checkpoint does not go with the store, or is not what its
     *     history makes
     */
    void prepare() throws MalformedException, StorageException {
        CheckpointFile file = adopted;
        prepared = file == null ? compacted() : begun(file);
    }

    private Prepared compacted() throws MalformedException, StorageException {
        Replica replica = copy.open(this::tell);
        CheckpointFile file = new CheckpointFile(checkpoint, approvals, keys, made(replica).file());
        replica.compact(checkpoint, file.snapshot());
        byte[] encoded = file.encode();
        LogHistory log = store.files().begin(encoded);
        boolean done = false;
        try {
            LogHistory history = copy.history();
            history.kept().forEach(log::append);
            log.force();
            history.moveTo(log);
            done = true;
            return new Prepared(replica, history, log, file, encoded);
        } finally {
            if (!done) {
                store.files().abandon(encoded, log);
            }
        }
    }

    private Snapshot made(Replica replica) throws MalformedException {
        try {
            Snapshot made = replica.snapshot(checkpoint.heads(), false);
            if (made.checkpoint().equals(checkpoint)) {
                return made;
            }
        } catch (RefusedException e) {
            throw new MalformedException("the checkpoint cannot be made here: " + e.getMessage());
        }
        throw new MalformedException("the checkpoint is not what the history here makes of it");
    }

    private Prepared begun(CheckpointFile file) throws MalformedException, StorageException {
        byte[] encoded = file.encode();
        LogHistory log = store.files().begin(encoded);
        boolean done = false;
        try {
            Replica replica = Replica.fromCheckpoint(checkpoint, file.snapshot(), log, this::tell);
            if (!replica.info().equals(before.info()) || !floor.stream().allMatch(replica::has)) {
                throw new MalformedException(
                        "a checkpoint of another store, or below the one here");
            }
            List<SignedChange> waiting = new ArrayList<>();
            copy.history()
                    .forEach(
                            change -> {
                                if (!isTaken(replica, change)) {
                                    waiting.add(change);
                                }
                            });
            if (!waiting.isEmpty()) {
                throw new MalformedException("what is here builds on ids that did not come yet");
            }
            log.force();
            done = true;
            return new Prepared(replica, log, log, file, encoded);
        } finally {
            if (!done) {
                store.files().abandon(encoded, log);
            }
        }
    }

    /**
     * Takes in what is here already.
     *
     * @return false if it waits for ids that lie apart; then it would be on the disk no more
     */
    private static boolean isTaken(Replica replica, SignedChange change) {
        replica.receive(change, StoredReplica.READ_AGAIN_MILLIS);
        return replica.has(change.id());
    }

    /**
     * The rest, on the room's thread, when nothing of the store is on its way to the disk. Takes as
     * long as what came since it was begun, and a few writes to the disk.
     *
     * @return false if the store is not what it was, because another one came first, or something
     *     came that builds on ids that are not here yet
     */
    boolean finish(long nowMillis) throws StorageException {
        Prepared made = prepared;
        if (made == null
                || store.replica() != before
                || !store.damage().isEmpty()
                || store.files().isDeleted()) {
            abandon();
            return false;
        }
        try {
            for (int i = size; i < before.size(); i++) {
                if (!isTaken(made.replica(), before.change(i))) {
                    abandon();
                    return false;
                }
            }
            made.log().force();
            store.files().finish(made.encoded(), store.history());
        } catch (StorageException | LogHistory.DiskException e) {
            store.diskFailed(e);
            throw e;
        }
        isLive = true;
        store.become(made.replica(), made.history(), made.file(), made.encoded().length);
        store.takeParked(before.parkedChanges(), nowMillis);
        return true;
    }

    /** It comes to nothing. Any thread. */
    void abandon() throws StorageException {
        Prepared made = prepared;
        prepared = null;
        if (made != null) {
            store.files().abandon(made.encoded(), made.log());
        }
    }
}
