package dev.parley.actor.internal;

import dev.parley.actor.api.Actor;
import dev.parley.actor.api.Actors;
import dev.parley.actor.api.TimeSource;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * An actor on a thread. Inputs wait in a bounded queue, timers in a heap of their own; both are
 * guarded by one lock that is never held while an input runs. A due timer goes before a waiting
 * input, so load cannot starve it.
 */
public final class ThreadActor implements Actor {
    private static final System.Logger LOG = System.getLogger(ThreadActor.class.getName());

    private final Object lock = new Object();
    private final ArrayDeque<Runnable> mailbox = new ArrayDeque<>();
    private final PriorityQueue<Due> timers = new PriorityQueue<>();
    private final int capacity;
    private final Thread thread;
    private boolean closed;
    private long refused;
    private long order;

    public ThreadActor(String name, int capacity) {
        this.capacity = capacity;
        this.thread = Actors.daemon(name, this::run);
        thread.start();
    }

    @Override
    public boolean tell(Runnable input) {
        synchronized (lock) {
            if (closed || mailbox.size() >= capacity) {
                refused++;
                return false;
            }
            mailbox.add(input);
            lock.notifyAll();
            return true;
        }
    }

    @Override
    public Timer after(Duration delay, Runnable input) {
        return schedule(new Due(input, 0), delay);
    }

    @Override
    public Timer every(Duration period, Runnable input) {
        return schedule(new Due(input, Math.max(1, period.toNanos())), period);
    }

    private Timer schedule(Due due, Duration delay) {
        synchronized (lock) {
            due.at = System.nanoTime() + Math.max(0, delay.toNanos());
            due.order = order++;
            if (!closed) {
                timers.add(due);
                lock.notifyAll();
            }
        }
        return due;
    }

    @Override
    public TimeSource time() {
        return TimeSource.SYSTEM;
    }

    @Override
    public long refused() {
        synchronized (lock) {
            return refused;
        }
    }

    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            mailbox.clear();
            timers.clear();
            lock.notifyAll();
        }
        if (Thread.currentThread() != thread) {
            try {
                thread.join(2000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void run() {
        for (Runnable input = next(); input != null; input = next()) {
            try {
                input.run();
            } catch (RuntimeException | Error e) {
                LOG.log(System.Logger.Level.ERROR, thread.getName() + ": an input failed", e);
            }
        }
    }

    private @Nullable Runnable next() {
        synchronized (lock) {
            while (!closed) {
                Due due = timers.peek();
                long wait = due == null ? Long.MAX_VALUE : due.at - System.nanoTime();
                if (due != null && wait <= 0) {
                    timers.remove();
                    if (due.periodNanos > 0) {
                        due.at = System.nanoTime() + due.periodNanos;
                        timers.add(due);
                    }
                    return due.input;
                }
                Runnable input = mailbox.poll();
                if (input != null) {
                    return input;
                }
                try {
                    lock.wait(
                            due == null ? 0 : wait / 1_000_000,
                            due == null ? 0 : (int) (wait % 1_000_000));
                } catch (InterruptedException e) {
                    LOG.log(
                            System.Logger.Level.DEBUG,
                            "{0}: interrupted, which stops nothing here",
                            thread.getName());
                }
            }
            return null;
        }
    }

    private final class Due implements Timer, Comparable<Due> {
        private final Runnable input;
        private final long periodNanos;
        private long at;
        private long order;

        Due(Runnable input, long periodNanos) {
            this.input = input;
            this.periodNanos = periodNanos;
        }

        @Override
        public void cancel() {
            synchronized (lock) {
                timers.remove(this);
            }
        }

        @Override
        public int compareTo(Due other) {
            int byTime = Long.signum(at - other.at);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }
}
