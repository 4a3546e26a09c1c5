package dev.parley.mls.internal.group;

import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsException.Reason;
import dev.parley.mls.api.SendReservation;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.TlsWriter;
import dev.parley.mls.internal.schedule.EpochKeys;
import dev.parley.mls.internal.schedule.EpochKeys.Kind;

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

    /** Ends of what was given out, and of what is durable, by {@link Kind}. */
    private final long[] given = new long[Kind.values().length];

    private final long[] durable = new long[Kind.values().length];

    MessageKeys(EpochKeys keys, int leaf, Bytes id) {
        this.keys = keys;
        this.leaf = leaf;
        this.id = id;
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
        for (int i = 0; i < given.length; i++) {
            given[i] = Math.min(given[i] + count, 1L << 32);
        }
        Reservation made = ends(given);
        return made.with(() -> markDurable(made));
    }

    private Reservation ends(long[] of) {
        return new Reservation(id, of[Kind.HANDSHAKE.ordinal()], of[Kind.APPLICATION.ordinal()]);
    }

    private synchronized void markDurable(Reservation made) {
        raise(durable, made);
    }

    private static void raise(long[] ends, Reservation made) {
        int handshake = Kind.HANDSHAKE.ordinal();
        int application = Kind.APPLICATION.ordinal();
        ends[handshake] = Math.max(ends[handshake], made.handshake());
        ends[application] = Math.max(ends[application], made.application());
    }

    /** Writes what is durable and all keys. */
    synchronized void write(TlsWriter out) {
        out.put(ends(durable));
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
            return;
        }
        for (Kind kind : Kind.values()) {
            long end = kind == Kind.HANDSHAKE ? saved.handshake() : saved.application();
            int at = kind.ordinal();
            if (end > given[at]) {
                if (end - keys.nextGeneration(leaf, kind) > MAX_RESTORED) {
                    throw new MlsException(
                            Reason.GENERATION_TOO_FAR, "a reservation up to generation " + end);
                }
                keys.discardUntil(leaf, kind, end);
                given[at] = end;
                durable[at] = end;
            }
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
     * @throws MlsException NOT_RESERVED
     */
    synchronized void requireReserved(Kind kind) throws MlsException {
        if (keys.nextGeneration(leaf, kind) >= durable[kind.ordinal()]) {
            throw new MlsException(
                    Reason.NOT_RESERVED, "no generation is set aside for another message");
        }
    }
}
