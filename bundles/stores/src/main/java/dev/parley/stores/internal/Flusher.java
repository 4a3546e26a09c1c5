package dev.parley.stores.internal;

import dev.parley.actor.api.Actor;
import dev.parley.crdt.api.ChangeEvent;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.SignedChange;
import dev.parley.storage.api.StorageException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Puts on disk what stores took in, at most every few milliseconds: makes changes of the writes
 * that wait, forces them on a pool, and then acknowledges them and tells whoever listens. Makes
 * indexes now and then. Its methods run on the room's thread.
 */
final class Flusher {
    private static final System.Logger LOG = System.getLogger(Flusher.class.getName());
    private static final Duration COMMIT = Duration.ofMillis(5);

    /** How many changes come before a new index when the room ends. */
    private static final int INDEX_AT_END = 256;

    private final Actor actor;
    private final ExecutorService disk;
    private final ExecutorService work;
    private final Id self;
    private final int every;
    private final BiConsumer<OpenStore, List<SignedChange>> published;

    /**
     * @param work makes indexes
     * @param every how many changes come before a new index is made
     * @param published takes changes of this agent that are on disk
     */
    Flusher(
            Actor actor,
            ExecutorService disk,
            ExecutorService work,
            Id self,
            int every,
            BiConsumer<OpenStore, List<SignedChange>> published) {
        this.actor = actor;
        this.disk = disk;
        this.work = work;
        this.self = self;
        this.every = every;
        this.published = published;
    }

    /** At the next commit, if there is something to put on disk. */
    void schedule(OpenStore store) {
        if (store.flushing || store.scheduled || store.writes.isEmpty() && !store.unforced) {
            return;
        }
        long wait = store.flushedAtNanos + COMMIT.toNanos() - actor.time().nanos();
        if (wait <= 0) {
            flush(store);
        } else {
            store.scheduled = true;
            actor.after(
                    Duration.ofNanos(wait),
                    () -> {
                        store.scheduled = false;
                        flush(store);
                    });
        }
    }

    /**
     * Runs it once nothing of the store is on its way to the disk: between two commits, also while
     * it is written to all the time.
     */
    void whenQuiet(OpenStore store, Runnable then) {
        if (store.isQuiet() || !store.damage().isEmpty()) {
            then.run();
            return;
        }
        store.whenQuiet.add(then);
        flush(store);
    }

    private static void runWaiting(OpenStore store) {
        List<Runnable> waiting = List.copyOf(store.whenQuiet);
        store.whenQuiet.clear();
        waiting.forEach(Runnable::run);
    }

    /** Makes the changes, then forces them with what came from others. */
    void flush(OpenStore store) {
        if (store.flushing) {
            return;
        }
        store.flushedAtNanos = actor.time().nanos();
        List<Commits.Done> done = Commits.run(store, self, actor.time().now().toEpochMilli());
        List<SignedChange> made = store.takeMade();
        List<ChangeEvent> events = store.takeEvents();
        if (!store.unforced) {
            schedule(store);
            return;
        }
        store.unforced = false;
        store.flushing = true;
        force(store, done, made, events, store.replica().size());
    }

    private void force(
            OpenStore store,
            List<Commits.Done> done,
            List<SignedChange> made,
            List<ChangeEvent> events,
            int size) {
        try {
            disk.execute(
                    () -> {
                        @Nullable StorageException failure = null;
                        try {
                            store.history().force();
                            store.sealKeys().ring().destroyForgotten();
                        } catch (StorageException e) {
                            failure = e;
                        }
                        StorageException found = failure;
                        if (found == null) {
                            store.onDisk = size;
                        }
                        done.forEach(it -> acknowledge(it, found));
                        actor.after(Duration.ZERO, () -> forced(store, made, events, size, found));
                    });
        } catch (RejectedExecutionException e) {
            // Too many stores at once: nothing is wrong, it is only later.
            actor.after(COMMIT, () -> force(store, done, made, events, size));
        }
    }

    private static void acknowledge(Commits.Done done, @Nullable StorageException failure) {
        if (failure == null) {
            done.write().done().complete(done.change());
        } else {
            done.write().done().completeExceptionally(Failures.of(failure));
        }
    }

    private void forced(
            OpenStore store,
            List<SignedChange> made,
            List<ChangeEvent> events,
            int size,
            @Nullable StorageException failure) {
        store.flushing = false;
        if (failure != null) {
            store.diskFailed(failure);
            LOG.log(System.Logger.Level.ERROR, "store " + store.id().hex(), failure);
        } else {
            events.forEach(event -> tell(store.listeners(), event));
            tell(store.watchers(), size);
            published.accept(store, made);
            index(store);
        }
        runWaiting(store);
        schedule(store);
    }

    /** So that the next start does not read the whole log. */
    void index(OpenStore store) {
        Optional<Indexing.Disk> index = store.indexing().next(every);
        if (index.isEmpty()) {
            return;
        }
        try {
            work.execute(
                    () -> {
                        keep(store, index.get());
                        actor.after(Duration.ZERO, store.indexing()::isOver);
                    });
        } catch (RejectedExecutionException e) {
            store.indexing().isOver();
        }
    }

    private static void keep(OpenStore store, Indexing.Disk work) {
        try {
            work.run();
        } catch (StorageException | RuntimeException e) {
            // The log is what counts: without an index the next start takes longer.
            LOG.log(System.Logger.Level.WARNING, "the index of store " + store.id().hex(), e);
        }
    }

    /** Once nothing runs any more: the last index, on this thread. */
    void end(OpenStore store) {
        keep(store, () -> store.indexing().atEnd(Math.min(INDEX_AT_END, every)));
    }

    /** Each of them, whatever one of them throws. */
    static <T> void tell(List<? extends Consumer<T>> listeners, T what) {
        for (Consumer<T> listener : List.copyOf(listeners)) {
            try {
                listener.accept(what);
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "a listener of a store failed", e);
            }
        }
    }
}
