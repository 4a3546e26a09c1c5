package dev.parley.gossip.api;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * How long a message lives. A retained one is kept by every container and given to later joiners
 * until its time is over or its author publishes a newer one under the same key on the same topic.
 *
 * @param key at most 64 bytes of UTF-8; empty if the message is not retained
 * @param ttl at most 30 days
 */
public record Retention(String key, Duration ttl) {
    public static final Duration MAX_TTL = Duration.ofDays(30);
    public static final int MAX_KEY_BYTES = 64;
    public static final Retention NONE = new Retention("", Duration.ZERO);

    public Retention {
        if (key.getBytes(StandardCharsets.UTF_8).length > MAX_KEY_BYTES
                || ttl.isNegative()
                || ttl.compareTo(MAX_TTL) > 0) {
            throw new IllegalArgumentException(
                    "a retention has a key of at most "
                            + MAX_KEY_BYTES
                            + " bytes and lasts at most 30 days, found '"
                            + key
                            + "' for "
                            + ttl);
        }
    }

    public boolean retained() {
        return !key.isEmpty();
    }
}
