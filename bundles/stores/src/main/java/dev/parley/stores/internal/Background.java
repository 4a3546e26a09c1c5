package dev.parley.stores.internal;

import dev.parley.actor.api.Actor;
import dev.parley.storage.api.StorageException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/** Slow work on a bounded pool, which comes back to the room's thread with its result. */
final class Background {
    private static final System.Logger LOG = System.getLogger(Background.class.getName());

    private final Actor actor;
    private final ExecutorService pool;

    Background(Actor actor, ExecutorService pool) {
        this.actor = actor;
        this.pool = pool;
    }

    /** What is done on the pool. */
    interface Work<T> {
        T run() throws StorageException;
    }

    /**
     * @param then told on the room's thread; of nothing, if it failed, or too much waits
     */
    <T> void run(String what, Work<T> work, Consumer<Optional<T>> then) {
        try {
            pool.execute(
                    () -> {
                        Optional<T> result = result(what, work);
                        actor.after(Duration.ZERO, () -> then.accept(result));
                    });
        } catch (RejectedExecutionException e) {
            LOG.log(System.Logger.Level.WARNING, "{0}: too much waits", what);
            then.accept(Optional.empty());
        }
    }

    private static <T> Optional<T> result(String what, Work<T> work) {
        try {
            return Optional.of(work.run());
        } catch (StorageException | RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, what, e);
            return Optional.empty();
        }
    }
}
