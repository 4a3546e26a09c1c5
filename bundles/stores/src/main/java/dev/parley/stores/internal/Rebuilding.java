package dev.parley.stores.internal;

import dev.parley.actor.api.Actor;
import dev.parley.crdt.api.MalformedException;
import dev.parley.storage.api.StorageException;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Has a worker give stores a replica that begins with a checkpoint, one at a time for each. */
final class Rebuilding {
    private static final System.Logger LOG = System.getLogger(Rebuilding.class.getName());

    private final Actor actor;
    private final Background work;
    private final BiConsumer<OpenStore, Runnable> whenQuiet;
    private final Consumer<OpenStore> renumbered;

    /**
     * @param whenQuiet runs something once nothing of a store is on its way to the disk
     * @param renumbered told of a store whose changes have other numbers
     */
    Rebuilding(
            Actor actor,
            Background work,
            BiConsumer<OpenStore, Runnable> whenQuiet,
            Consumer<OpenStore> renumbered) {
        this.actor = actor;
        this.work = work;
        this.whenQuiet = whenQuiet;
        this.renumbered = renumbered;
    }

    /**
     * On the room's thread.
     *
     * @param made called when the store is quiet and nothing else rebuilds it
     * @param then told why it was not done; of an empty text if it was
     */
    void run(OpenStore store, Made made, Consumer<String> then) {
        if (store.rebuilding) {
            then.accept("another checkpoint is being taken");
            return;
        }
        store.rebuilding = true;
        Consumer<String> over =
                why -> {
                    store.rebuilding = false;
                    then.accept(why);
                };
        whenQuiet.accept(store, () -> start(store, made, over));
    }

    /** What is to be done. */
    interface Made {
        Rebuild rebuild();
    }

    private void start(OpenStore store, Made made, Consumer<String> over) {
        if (!store.damage().isEmpty()) {
            over.accept(store.damage());
            return;
        }
        Rebuild rebuild = made.rebuild();
        work.run(
                "a checkpoint of store " + store.id().hex(),
                () -> prepare(rebuild),
                why -> {
                    if (why.isPresent() && why.get().isEmpty()) {
                        whenQuiet.accept(store, () -> finish(store, rebuild, over));
                    } else {
                        over.accept(why.orElse("the disk failed, or too much waits"));
                    }
                });
    }

    private static String prepare(Rebuild rebuild) throws StorageException {
        try {
            rebuild.prepare();
            return "";
        } catch (MalformedException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private void finish(OpenStore store, Rebuild rebuild, Consumer<String> over) {
        String why;
        try {
            boolean done = rebuild.finish(actor.time().now().toEpochMilli());
            why = done ? "" : "the store is not what it was before";
        } catch (StorageException | LogHistory.DiskException e) {
            LOG.log(System.Logger.Level.ERROR, "store " + store.id().hex(), e);
            why = Optional.ofNullable(e.getMessage()).orElse("the disk failed");
        }
        store.rebuilding = false;
        if (why.isEmpty()) {
            renumbered.accept(store);
        }
        over.accept(why);
    }
}
