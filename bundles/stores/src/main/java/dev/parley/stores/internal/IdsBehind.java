package dev.parley.stores.internal;

import dev.parley.actor.api.Actor;
import dev.parley.crdt.api.Checkpoint;
import dev.parley.crdt.api.IdsApart;
import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.api.Replica;
import dev.parley.identity.api.MachineId;
import dev.parley.network.api.Network;
import dev.parley.network.api.Peer;
import dev.parley.storage.api.PartialBlob;
import dev.parley.storage.api.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * Gets the ids that lie apart from a snapshot, for stores that began without them ({@code
 * docs/protocols/0011-store-sync}, Compaction): in parts, which are on disk as they come, so that
 * it goes on after a restart; from one peer after the other, until one has them. Runs on the room's
 * thread, and its disk work on a pool.
 */
final class IdsBehind {
    private static final System.Logger LOG = System.getLogger(IdsBehind.class.getName());

    private final Actor actor;
    private final Network network;
    private final Requests requests;
    private final ExecutorService disk;
    private final Adoption adoption;
    private final Consumer<OpenStore> changed;

    /**
     * @param changed told when something was taken in, to be forced to disk
     */
    IdsBehind(
            Actor actor,
            Network network,
            Requests requests,
            ExecutorService disk,
            Adoption adoption,
            Consumer<OpenStore> changed) {
        this.actor = actor;
        this.network = network;
        this.requests = requests;
        this.disk = disk;
        this.adoption = adoption;
        this.changed = changed;
    }

    /**
     * One store's ids being fetched.
     *
     * @param replica that lacks them; another one would lack others
     * @param peers who were not asked yet
     * @param beginning where the ids begin in the file of who is asked
     */
    private record Job(
            OpenStore store,
            Replica replica,
            Checkpoint checkpoint,
            IdsApart ids,
            Deque<MachineId> peers,
            Beginning beginning,
            int number) {
        boolean isOver() {
            return store.idsJob != number || !isWanted();
        }

        /** Whether the ids are still missing, whoever gets them. */
        boolean isWanted() {
            return store.replica() == replica
                    && replica.lacksIds()
                    && store.damage().isEmpty()
                    && !store.files().isDeleted();
        }

        /** Nobody is asked any more, unless another one has begun. */
        void end() {
            if (store.idsJob == number) {
                store.fetchingIds = false;
            }
        }
    }

    /** As in the file here, until it is found that the other one has other approvals or keys. */
    private static final class Beginning {
        private final int here;
        private int there;
        private boolean isLearnt;

        Beginning(int here) {
            this.here = here;
            this.there = here;
        }

        /** Somebody else is asked. */
        void reset() {
            there = here;
            isLearnt = false;
        }
    }

    /** Somebody has connected; what it was asked before gets no answer. */
    void connected(Collection<OpenStore> stores, MachineId peer) {
        for (OpenStore store : stores) {
            MachineId asked = store.idsFrom;
            if (asked != null && asked.equals(peer)) {
                store.fetchingIds = false;
            }
        }
        fetch(stores);
    }

    /** Goes on, for those stores that lack ids and get none at the moment. */
    void fetch(Collection<OpenStore> stores) {
        stores.forEach(this::fetch);
    }

    void fetch(OpenStore store) {
        Optional<IdsApart> ids = store.replica().idsApart();
        if (ids.isEmpty() || store.fetchingIds || store.checkpoint().isEmpty()) {
            return;
        }
        List<MachineId> connected = new ArrayList<>();
        network.peers().stream().map(Peer::machine).forEach(connected::add);
        if (connected.isEmpty()) {
            return;
        }
        // Who gives false parts is not always the first one.
        Collections.shuffle(connected);
        store.fetchingIds = true;
        store.idsJob++;
        Checkpoint checkpoint = store.checkpoint().get().checkpoint();
        Job job =
                new Job(
                        store,
                        store.replica(),
                        checkpoint,
                        ids.get(),
                        new ArrayDeque<>(connected),
                        new Beginning(store.fileBeginning()),
                        store.idsJob);
        onDisk(job, () -> keep(job, 0, new byte[0]));
    }

    /** Work that says which chunk is missing next, if one is. */
    private interface Work {
        Optional<Integer> run() throws StorageException;
    }

    private void onDisk(Job job, Work work) {
        try {
            disk.execute(
                    () -> {
                        try {
                            Optional<Integer> next = work.run();
                            Optional<byte[]> all = next.isPresent() ? Optional.empty() : all(job);
                            actor.after(Duration.ZERO, () -> went(job, next, all));
                        } catch (StorageException | IOException e) {
                            LOG.log(
                                    System.Logger.Level.WARNING,
                                    "the ids of store " + job.store().id().hex(),
                                    e);
                            actor.after(Duration.ZERO, () -> another(job));
                        }
                    });
        } catch (RejectedExecutionException e) {
            job.end();
        }
    }

    private void went(Job job, Optional<Integer> missing, Optional<byte[]> all) {
        if (!job.isOver() && missing.isPresent()) {
            ask(job, missing.get());
            return;
        }
        job.end();
        if (job.isWanted() && all.isPresent()) {
            take(job.store(), all.get());
        }
    }

    private static Optional<Integer> keep(Job job, int from, byte[] content)
            throws StorageException {
        return job.store().ids().keep(job.ids(), from, content);
    }

    /** Puts them behind the checkpoint's file; before that nothing may be taken up. */
    private static Optional<byte[]> all(Job job) throws StorageException, IOException {
        StoreFiles files = job.store().files();
        Optional<Path> file = files.idsFile(job.ids());
        if (file.isEmpty()) {
            return Optional.empty();
        }
        byte[] all = Files.readAllBytes(file.get());
        return files.complete(job.checkpoint(), job.ids(), all)
                ? Optional.of(all)
                : Optional.empty();
    }

    private void ask(Job job, int chunk) {
        MachineId from = job.peers().element();
        job.store().idsFrom = from;
        int beginning = job.beginning().there;
        int at = chunk * PartialBlob.CHUNK_BYTES;
        int most = Math.min(SyncMessage.MAX_IDS_BYTES, job.ids().bytes() - at);
        requests.send(
                from,
                new SyncMessage.AskPart(job.store().id(), job.checkpoint().id(), beginning + at),
                answer -> {
                    boolean fits =
                            answer instanceof SyncMessage.Part part
                                    && part.length() == beginning + job.ids().bytes()
                                    && part.content().length == most;
                    if (job.isOver()) {
                        job.end();
                    } else if (fits && answer instanceof SyncMessage.Part part) {
                        onDisk(job, () -> keep(job, chunk, part.content()));
                    } else {
                        learn(job, chunk);
                    }
                },
                code -> {
                    if (code.equals("MALFORMED")) {
                        learn(job, chunk);
                        return;
                    }
                    if (code.equals("NO_SUCH_CHECKPOINT")) {
                        askHigher(job, from);
                    }
                    another(job);
                });
    }

    /** Finds out where the ids begin in another's file, and asks once more. */
    private void learn(Job job, int chunk) {
        if (job.isOver() || job.beginning().isLearnt) {
            another(job);
            return;
        }
        job.beginning().isLearnt = true;
        requests.send(
                job.peers().element(),
                new SyncMessage.AskPart(job.store().id(), job.checkpoint().id(), 0),
                answer -> {
                    if (!job.isOver()
                            && answer instanceof SyncMessage.Part part
                            && part.length() > job.ids().bytes()) {
                        job.beginning().there = part.length() - job.ids().bytes();
                        ask(job, chunk);
                    } else {
                        another(job);
                    }
                },
                code -> another(job));
    }

    private void another(Job job) {
        job.peers().poll();
        job.beginning().reset();
        if (job.isOver() || job.peers().isEmpty()) {
            job.end();
        } else {
            onDisk(job, () -> keep(job, 0, new byte[0]));
        }
    }

    /** Who has compacted again has a later checkpoint, with the ids of both. */
    private void askHigher(Job job, MachineId from) {
        requests.send(
                from,
                new SyncMessage.AskCheckpoint(job.store().id()),
                answer -> {
                    if (answer instanceof SyncMessage.Checkpointed heard && !job.isOver()) {
                        adoption.adopt(
                                job.store(), from, heard, done -> changed.accept(job.store()));
                    }
                },
                code -> {});
    }

    private void take(OpenStore store, byte[] ids) {
        try {
            store.addIds(ids, actor.time().now().toEpochMilli());
        } catch (MalformedException | LogHistory.DiskException e) {
            store.diskFailed(e);
            LOG.log(System.Logger.Level.ERROR, "store " + store.id().hex(), e);
        }
        changed.accept(store);
    }
}
