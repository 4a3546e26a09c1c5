package dev.parley.mls.internal.group;

import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsException.Reason;
import dev.parley.mls.api.SendReservation;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.TlsWriter;
import dev.parley.mls.internal.schedule.EpochKeys;
import dev.parley.mls.internal.schedule.EpochKeys.Kind;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * The keys of an epoch's messages with what of our own may be used: only generations that a durable
 * {@link Reservation} sets aside. All states of one epoch share this; the last that lets go
 * destroys the keys.
 */
final class MessageKeys {
    /** The most generations that one reservation sets aside. */
    static final int MAX_RESERVED = 1 << 16;

    /** The most generations that a restored state throws away, a few seconds of work. */
    private static final long MAX_RESTORED = 1 << 22;

    /** Uses the next key. */
    @FunctionalInterface
    interface Sending<T> {
        T send(EpochKeys keys) throws MlsException;
    }

    private final EpochKeys keys;
    private final int leaf;
    private final Bytes id;
    private int owners = 1;

    private final Sent sent;

    /** What is durable: everything before these ends, as long as it is in a range of ours. */
    private Reservation durable;

    /** Ranges that were given to this object and not used up, from their beginning to their end. */
    private final Map<Kind, TreeMap<Long, Long>> ranges = new EnumMap<>(Kind.class);

    MessageKeys(EpochKeys keys, int leaf, Bytes id, Sent sent) {
        this.keys = keys;
        this.leaf = leaf;
        this.id = id;
        this.sent = sent;
        this.durable = new Reservation(id, 0, 0);
        for (Kind kind : Kind.values()) {
            ranges.put(kind, new TreeMap<>());
        }
    }

    Sent sent() {
        return sent;
    }

    EpochKeys keys() {
        return keys;
    }

    synchronized MessageKeys retained() {
        owners++;
        return this;
    }

    synchronized void release() {
        owners--;
        if (owners == 0) {
            keys.destroy();
        }
    }

    synchronized SendReservation reserve(int count) {
        if (count < 1 || count > MAX_RESERVED) {
            throw new IllegalArgumentException(
                    "a reservation of " + count + ", expected 1 to " + MAX_RESERVED);
        }
        Reservation before = sent.give(id, count);
        Reservation made = before.further(count);
        for (Kind kind : Kind.values()) {
            if (before.end(kind) < made.end(kind)) {
                ranges(kind).put(before.end(kind), made.end(kind));
            }
        }
        return made.with(() -> markDurable(made));
    }

    private TreeMap<Long, Long> ranges(Kind kind) {
        return java.util.Objects.requireNonNull(ranges.get(kind));
    }

    private synchronized void markDurable(Reservation made) {
        durable = durable.furthest(made);
    }

    /** Writes what is durable and all keys. */
    synchronized void write(TlsWriter out) {
        out.put(durable);
        keys.write(out);
    }

    /**
     * For a state that is restored: whatever a reservation covers may have been used.
     *
     * @throws MlsException KEY_USED if all keys are gone, GENERATION_TOO_FAR if a reservation is
     *     beyond all sense
     */
    synchronized void restore(Reservation saved) throws MlsException {
        if (!saved.epoch().equals(id)) {
            sent.restored(saved);
            return;
        }
        for (Kind kind : Kind.values()) {
            long end = saved.end(kind);
            if (end > durable.end(kind)) {
                requireNear(end - keys.nextGeneration(leaf, kind), end);
                keys.discardUntil(leaf, kind, end);
            }
        }
        sent.restored(saved);
        durable = durable.furthest(saved);
    }

    private static void requireNear(long left, long end) throws MlsException {
        if (left > MAX_RESTORED) {
            throw new MlsException(
                    Reason.GENERATION_TOO_FAR, "a reservation up to generation " + end);
        }
    }

    /**
     * Sends one message, if a generation is left for it.
     *
     * @throws MlsException NOT_RESERVED, or what the sending throws
     */
    synchronized <T> T send(Kind kind, Sending<T> sending) throws MlsException {
        requireReserved(kind);
        return sending.send(keys);
    }

    /**
     * @throws MlsException NOT_RESERVED, or GENERATION_TOO_FAR if what is reserved begins beyond
     *     all sense
     */
    synchronized void requireReserved(Kind kind) throws MlsException {
        TreeMap<Long, Long> left = ranges(kind);
        long next = keys.nextGeneration(leaf, kind);
        while (!left.isEmpty() && left.firstEntry().getValue() <= next) {
            left.pollFirstEntry();
        }
        if (left.isEmpty() || left.firstEntry().getValue() > durable.end(kind)) {
            throw new MlsException(
                    Reason.NOT_RESERVED, "no generation is set aside for another message");
        }
        requireNear(left.firstKey() - next, left.firstKey());
        keys.discardUntil(leaf, kind, left.firstKey());
    }
}
