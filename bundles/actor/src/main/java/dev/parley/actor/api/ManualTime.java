package dev.parley.actor.api;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** A time that stands still until it is turned; for tests and simulations. */
public final class ManualTime implements TimeSource {
    private final Instant start;
    private final AtomicLong nanos = new AtomicLong();

    public ManualTime(Instant start) {
        this.start = start;
    }

    public void advance(Duration by) {
        nanos.addAndGet(by.toNanos());
    }

    @Override
    public Instant now() {
        return start.plusNanos(nanos.get());
    }

    @Override
    public long nanos() {
        return nanos.get();
    }
}
