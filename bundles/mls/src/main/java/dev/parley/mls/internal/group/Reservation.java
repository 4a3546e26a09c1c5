package dev.parley.mls.internal.group;

import dev.parley.mls.api.SendReservation;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Decoder;
import dev.parley.mls.internal.codec.Encodable;
import dev.parley.mls.internal.codec.TlsReader;
import dev.parley.mls.internal.codec.TlsWriter;
import dev.parley.mls.internal.schedule.EpochKeys.Kind;
import dev.parley.wire.api.MalformedException;

/**
 * Generations that are set aside: all before these two ends.
 *
 * @param epoch names the epoch of one branch and one member, see {@link Epoch#reservationId}
 */
record Reservation(Bytes epoch, long handshake, long application) implements Encodable {
    static final int VERSION = 1;
    static final int ID_BYTES = 16;
    private static final long MAX_END = 1L << 32;

    @Override
    public void write(TlsWriter out) {
        out.u8(VERSION).fixed(epoch).u64(handshake).u64(application);
    }

    static Reservation decode(byte[] bytes) throws MalformedException {
        return Decoder.decode(Reservation::read, bytes, "reservation");
    }

    static Reservation read(TlsReader in) throws MalformedException {
        int version = in.u8();
        if (version != VERSION) {
            throw in.unexpected("version", version);
        }
        return new Reservation(Bytes.wrap(in.fixed(ID_BYTES)), end(in), end(in));
    }

    Reservation further(int count) {
        return new Reservation(
                epoch,
                Math.min(handshake + count, MAX_END),
                Math.min(application + count, MAX_END));
    }

    /** The further of each end. */
    Reservation furthest(Reservation other) {
        return new Reservation(
                epoch,
                Math.max(handshake, other.handshake),
                Math.max(application, other.application));
    }

    long end(Kind kind) {
        return kind == Kind.HANDSHAKE ? handshake : application;
    }

    private static long end(TlsReader in) throws MalformedException {
        long end = in.u64();
        if (end < 0 || end > MAX_END) {
            throw in.unexpected("generation", end);
        }
        return end;
    }

    /** As the caller sees it. */
    SendReservation with(Runnable whenDurable) {
        byte[] encoded = encode();
        return new SendReservation() {
            @Override
            public byte[] encoded() {
                return encoded.clone();
            }

            @Override
            public void durable() {
                whenDurable.run();
            }
        };
    }
}
