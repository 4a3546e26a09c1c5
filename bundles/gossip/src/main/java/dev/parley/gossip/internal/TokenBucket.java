package dev.parley.gossip.internal;

import java.time.Duration;
import java.time.Instant;

/** How much one sender may still cost us: fills at a rate, holds at most twice a second's worth. */
final class TokenBucket {
    private final double perSecond;
    private double tokens;
    private Instant filled;

    TokenBucket(double perSecond, Instant now) {
        this.perSecond = perSecond;
        this.tokens = 2 * perSecond;
        this.filled = now;
    }

    /**
     * @return false, and nothing is taken, if there is less than this cost
     */
    boolean take(double cost, Instant now) {
        double seconds = Math.max(0, Duration.between(filled, now).toNanos() / 1e9);
        filled = now;
        tokens = Math.min(2 * perSecond, tokens + seconds * perSecond);
        if (tokens < cost) {
            return false;
        }
        tokens -= cost;
        return true;
    }
}
