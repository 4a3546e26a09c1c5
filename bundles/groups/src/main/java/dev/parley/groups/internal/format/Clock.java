package dev.parley.groups.internal.format;

import java.time.Duration;
import java.time.Instant;

/**
 * A hybrid logical clock: milliseconds since 1970 shifted by 16, and a counter. What is said after
 * something was read has the higher reading. Not thread-safe.
 */
public final class Clock {
    private static final long MAX_AHEAD = Duration.ofMinutes(5).toMillis();

    private long last;

    /** The next reading. */
    public long next(Instant now) {
        last = Math.max(last + 1, now.toEpochMilli() << 16);
        return last;
    }

    /** Somebody else's reading; one that is far ahead moves nothing. */
    public void saw(long reading, Instant now) {
        if (reading >>> 16 <= now.toEpochMilli() + MAX_AHEAD) {
            last = Math.max(last, reading);
        }
    }

    public static Instant time(long reading) {
        return Instant.ofEpochMilli(reading >>> 16);
    }
}
