package dev.parley.actor.api;

import java.time.Instant;

/** Where time comes from. Any thread may call; no call blocks. */
public interface TimeSource {
    /** The system's time. */
    TimeSource SYSTEM =
            new TimeSource() {
                @Override
                public Instant now() {
                    return Instant.now();
                }

                @Override
                public long nanos() {
                    return System.nanoTime();
                }
            };

    /** Wall-clock time: for records and for people, never for measuring. */
    Instant now();

    /** Monotonic nanoseconds from an arbitrary start: for deadlines. */
    long nanos();
}
