package dev.parley.mls.api;

import java.time.Duration;

/**
 * What bounds the memory and trust that others can take.
 *
 * @param maxForward generations that a message may be ahead of the last one of its sender
 * @param maxSkipped keys kept of one sender and kind for late messages
 * @param maxSkippedTotal such keys of one epoch, but for a few of each sender
 * @param maxQueued proposals queued in one epoch
 * @param maxLifetime of a key package that is added; {@link Long#MAX_VALUE} seconds for any
 */
public record MlsLimits(
        int maxForward, int maxSkipped, int maxSkippedTotal, int maxQueued, Duration maxLifetime) {
    public static final MlsLimits DEFAULT =
            new MlsLimits(1024, 1024, 16_384, 1024, Duration.ofDays(400));
}
