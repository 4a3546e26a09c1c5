package dev.parley.crdt.internal.columns;

import dev.parley.crdt.internal.columns.MalformedException.Reason;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Puts together bytes of which some come deflated; its memory grows with what really arrives. */
final class Inflation implements AutoCloseable {
    private static final int FIRST_BUFFER_BYTES = 1 << 16;

    /** What becomes longer than that is copied to a larger buffer on the way. */
    private static final int LIKELY_RATIO = 4;

    private final Inflater inflater = new Inflater(true);
    private final int length;
    private byte[] out;
    private int size;

    /**
     * @param length of all, as stated by the sender
     * @param received how many bytes arrived
     */
    Inflation(int length, int received) {
        this.length = length;
        long likely = Math.max(FIRST_BUFFER_BYTES, (long) LIKELY_RATIO * received);
        out = new byte[(int) Math.min(length, likely)];
    }

    int size() {
        return size;
    }

    /** Takes the next bytes as they are; the caller sees to it that they are not too many. */
    void copy(ByteReader in, int count) throws MalformedException {
        if (count <= in.remaining()) {
            ensure(count);
        }
        in.readBytes(out, size, count);
        size += count;
    }

    /**
     * Inflates the next bytes.
     *
     * @param stored how many they are
     * @param raw how many they must become
     */
    void inflate(ByteReader in, int stored, int raw) throws MalformedException {
        inflater.reset();
        in.giveTo(inflater, stored);
        int end = size + raw;
        try {
            while (size < end) {
                ensure(1);
                int got = inflater.inflate(out, size, Math.min(end, out.length) - size);
                if (got == 0 && (inflater.finished() || inflater.needsInput())) {
                    throw new MalformedException(
                            Reason.TRUNCATED,
                            "inflated: " + (raw - end + size) + ", " + raw + " expected");
                }
                size += got;
            }
            if (!inflater.finished() && inflater.inflate(new byte[1]) > 0) {
                throw new MalformedException(
                        Reason.TRAILING_BYTES, "inflated: more than " + raw + " expected");
            }
        } catch (DataFormatException e) {
            throw new MalformedException(Reason.BAD_VALUE, "deflated: not in the format");
        }
        if (!inflater.finished()) {
            throw new MalformedException(Reason.TRUNCATED, "deflated: no end mark");
        }
        if (inflater.getRemaining() > 0) {
            throw new MalformedException(
                    Reason.TRAILING_BYTES,
                    "deflated: " + inflater.getRemaining() + " bytes too many");
        }
    }

    /** Room for so many more; for one more, as much as has come. */
    private void ensure(int more) {
        if (out.length - size < more) {
            long larger = Math.max((long) size + more, 2L * out.length);
            out = Arrays.copyOf(out, (int) Math.min(length, larger));
        }
    }

    /** All bytes, of which there must be as many as were stated. */
    byte[] finish() throws MalformedException {
        if (size != length) {
            throw new MalformedException(
                    Reason.TRUNCATED, "inflated: " + size + ", " + length + " expected");
        }
        return out;
    }

    @Override
    public void close() {
        inflater.end();
    }
}
