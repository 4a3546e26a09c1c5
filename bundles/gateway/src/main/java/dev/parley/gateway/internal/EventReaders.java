package dev.parley.gateway.internal;

import dev.parley.gateway.api.Arguments;
import dev.parley.gateway.api.OperationException;
import dev.parley.gateway.api.OperationException.Kind;
import dev.parley.wire.api.Value;
import java.time.Duration;
import java.util.concurrent.Semaphore;

/** Lets so many at once read events of one kind, each for a limited time. Thread-safe. */
final class EventReaders {
    static final int MAX_STREAMS = 8;

    /** Below the time after which the server ends every answer. */
    static final int MAX_SECONDS = 840;

    static final Duration PING = Duration.ofSeconds(15);

    private final Semaphore streams = new Semaphore(MAX_STREAMS);

    /** One reader, on the thread that asked. */
    interface Reading {
        Value run() throws OperationException, InterruptedException;
    }

    /** How long somebody wishes to read. */
    static Duration limit(Arguments arguments) throws OperationException {
        long seconds = arguments.integer("seconds", MAX_SECONDS);
        if (seconds < 1 || seconds > MAX_SECONDS) {
            throw OperationException.invalid(
                    "seconds is " + seconds, "expected 1 to " + MAX_SECONDS);
        }
        return Duration.ofSeconds(seconds);
    }

    Value read(Reading reading) throws OperationException {
        if (!streams.tryAcquire()) {
            throw new OperationException(
                    Kind.UNAVAILABLE,
                    "BUSY",
                    MAX_STREAMS + " readers of events are here already",
                    "end one of them");
        }
        try {
            return reading.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperationException(
                    Kind.UNAVAILABLE, "STOPPING", "the container is stopping", "");
        } finally {
            streams.release();
        }
    }

    /** Ends what listened for a reader. */
    static void close(AutoCloseable listening) {
        try {
            listening.close();
        } catch (Exception e) {
            System.getLogger(EventReaders.class.getName())
                    .log(System.Logger.Level.WARNING, "a listener did not end", e);
        }
    }
}
