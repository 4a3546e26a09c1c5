package dev.parley.crdt.api;

import dev.parley.crdt.internal.Reader;
import dev.parley.crdt.internal.Writer;
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
    private static final int PIECE_BYTES = 1 << 16;

    private static final class Piece {
        private byte[] bytes = {};
        private int kept;
    }

    private final List<@Nullable Piece> pieces = new ArrayList<>();
    private Writer open = new Writer(PIECE_BYTES);
    private int openKept;

    /** Of each change: its piece, and where it begins there; -1 if it was given up. */
    private long[] places = new long[64];

    private int size;

    @Override
    public void append(SignedChange change) {
        if (size == places.length) {
            places = Arrays.copyOf(places, size * 2);
        }
        places[size++] = (long) pieces.size() << 32 | open.length();
        open.id(change.id());
        open.uint(change.body().length);
        open.bytes(change.body());
        open.uint(change.signature().length);
        open.bytes(change.signature());
        openKept++;
        if (open.length() > PIECE_BYTES - 1024) {
            Piece piece = new Piece();
            piece.bytes = open.toByteArray();
            piece.kept = openKept;
            pieces.add(piece.kept == 0 ? null : piece);
            open = new Writer(PIECE_BYTES);
            openKept = 0;
        }
    }

    @Override
    public SignedChange get(int index) {
        long place = index < size ? places[index] : -1;
        if (place < 0) {
            throw new IllegalArgumentException("change " + index + " is not kept");
        }
        int number = (int) (place >>> 32);
        Piece piece = number < pieces.size() ? pieces.get(number) : null;
        Reader in =
                piece == null
                        ? open.reader((int) place)
                        : new Reader(piece.bytes, (int) place, piece.bytes.length);
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
        if (place < 0) {
            return;
        }
        if (number == pieces.size()) {
            openKept--;
            return;
        }
        Piece piece = pieces.get(number);
        if (piece != null && --piece.kept == 0) {
            pieces.set(number, null);
        }
    }
}
