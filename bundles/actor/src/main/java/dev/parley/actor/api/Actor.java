package dev.parley.actor.api;

import java.time.Duration;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The owner of one piece of state: runs inputs one at a time, in order of arrival, on one thread of
 * its own.
 *
 * <p><b>Threads:</b> any thread may call; no call blocks. An input that throws is logged and
 * counted and the next one runs. <b>Nulls:</b> none.
 */
@ProviderType
public interface Actor extends AutoCloseable {
    /**
     * @return false if the mailbox is full or the actor is closed; the input then never runs
     */
    boolean tell(Runnable input);

    /**
     * Runs an input once, after at least this delay; a full mailbox delays it further, never drops
     * it.
     */
    Timer after(Duration delay, Runnable input);

    /**
     * Runs an input again and again, the first time after one period; late rounds are not made up
     * for.
     */
    Timer every(Duration period, Runnable input);

    TimeSource time();

    /**
     * @return how many inputs were refused because the mailbox was full
     */
    long refused();

    /**
     * Runs no further input, stops all timers and waits up to two seconds for the running input.
     */
    @Override
    void close();

    /** A timer that can be called off; calling it off twice, or after it ran, does nothing. */
    @ProviderType
    interface Timer {
        void cancel();
    }
}
