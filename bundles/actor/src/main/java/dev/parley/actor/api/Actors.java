package dev.parley.actor.api;

import dev.parley.actor.internal.ThreadActor;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes actors and pools; the only place that makes threads. */
public final class Actors {
    private Actors() {}

    /**
     * @param name the thread's name, for example {@code parley-gossip}
     * @param capacity how many inputs may wait
     */
    public static Actor create(String name, int capacity) {
        return new ThreadActor(name, capacity);
    }

    /**
     * A pool for slow or blocking work. Its threads are daemons and end after ten idle seconds.
     *
     * @param queue how many tasks may wait; one more is refused with {@link
     *     java.util.concurrent.RejectedExecutionException}
     */
    public static ExecutorService pool(String name, int threads, int queue) {
        AtomicInteger count = new AtomicInteger();
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(
                        threads,
                        threads,
                        10,
                        TimeUnit.SECONDS,
                        new ArrayBlockingQueue<>(queue),
                        task -> daemon(name + "-" + count.incrementAndGet(), task));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /** A daemon thread that is not started yet, for a loop that blocks on one reader. */
    public static Thread daemon(String name, Runnable loop) {
        Thread thread = new Thread(loop, name);
        thread.setDaemon(true);
        return thread;
    }
}
