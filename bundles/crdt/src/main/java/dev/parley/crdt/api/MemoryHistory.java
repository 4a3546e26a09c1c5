package dev.parley.crdt.api;

import dev.parley.crdt.internal.Reader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps changes in memory, as bytes in large pieces: a change of one keystroke is a few hundred
 * bytes, and as objects of its own each would be looked at by every collection. What is given up is
 * freed when all of its piece is.
 */
public final class MemoryHistory implements History {
    private static final int PIECE_BYTES = 1 << 14;
    private static final int FIRST_BYTES = 1 << 10;

    /** Of a change, beside its body and signature: two lengths of at most five bytes. */
    private static final int HEAD_BYTES = Id.BYTES + 10;

    private static final class Piece {
        private byte[] bytes;
        private int length;
        private int kept;

        Piece(int capacity) {
            bytes = new byte[capacity];
        }

        void uint(int value) {
            int rest = value;
            while (rest >= 0x80) {
                bytes[length++] = (byte) (rest | 0x80);
                rest >>>= 7;
            }
            bytes[length++] = (byte) rest;
        }

        void bytes(byte[] value) {
            uint(value.length);
            System.arraycopy(value, 0, bytes, length, value.length);
            length += value.length;
        }
    }

    private final List<@Nullable Piece> pieces = new ArrayList<>(1);

    /** The last of them, which grows. */
    private Piece open = new Piece(FIRST_BYTES);

    /** Of each change: its piece, and where it begins there; -1 if it was given up. */
    private long[] places = new long[16];

    private int size;

    public MemoryHistory() {
        pieces.add(open);
    }

    @Override
    public void append(SignedChange change) {
        byte[] body = change.body();
        byte[] signature = change.signature();
        Piece piece = withRoom(HEAD_BYTES + body.length + signature.length);
        if (size == places.length) {
            places = Arrays.copyOf(places, size + (size >> 1));
        }
        places[size++] = (long) (pieces.size() - 1) << 32 | piece.length;
        change.id().copyTo(piece.bytes, piece.length);
        piece.length += Id.BYTES;
        piece.bytes(body);
        piece.bytes(signature);
        piece.kept++;
    }

    private Piece withRoom(int more) {
        int needed = open.length + more;
        if (needed > open.bytes.length) {
            if (needed <= PIECE_BYTES || open.length == 0) {
                int larger = Math.min(PIECE_BYTES, 4 * open.bytes.length);
                open.bytes = Arrays.copyOf(open.bytes, Math.max(needed, larger));
            } else {
                if (open.kept == 0) {
                    pieces.set(pieces.size() - 1, null);
                }
                open = new Piece(Math.max(PIECE_BYTES, more));
                pieces.add(open);
            }
        }
        return open;
    }

    @Override
    public SignedChange get(int index) {
        long place = index < size ? places[index] : -1;
        Piece piece = place < 0 ? null : pieces.get((int) (place >>> 32));
        if (piece == null) {
            throw new IllegalArgumentException("change " + index + " is not kept");
        }
        Reader in = new Reader(piece.bytes, (int) place, piece.length);
        try {
            Id id = in.id();
            byte[] body = in.bytes(in.uint());
            return SignedChange.of(id, body, in.bytes(in.uint()));
        } catch (MalformedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void forget(int index) {
        long place = places[index];
        places[index] = -1;
        int number = (int) (place >>> 32);
        Piece piece = place < 0 ? null : pieces.get(number);
        if (piece != null && --piece.kept == 0 && piece != open) {
            pieces.set(number, null);
        }
    }
}
