package dev.parley.crdt.internal.columns;

import dev.parley.crdt.internal.columns.MalformedException.Reason;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * DEFLATE without a header (RFC 1951), level 6 unless said. Its output may differ between runtimes,
 * so only uncompressed bytes are ever hashed or compared.
 */
public final class Deflate {
    private static final int LEVEL = 6;
    private static final int FIRST_BUFFER_BYTES = 1 << 16;

    /** What becomes longer than that is copied to a larger buffer on the way. */
    private static final int LIKELY_RATIO = 4;

    private Deflate() {}

    public static byte[] deflate(byte[] raw) {
        return deflate(raw, LEVEL);
    }

    /**
     * @param level 1 to 9, the last one for files that are written once
     */
    public static byte[] deflate(byte[] raw, int level) {
        Deflater deflater = new Deflater(level, true);
        try {
            deflater.setInput(raw);
            deflater.finish();
            byte[] out = new byte[Math.max(64, raw.length / 2)];
            int size = 0;
            while (!deflater.finished()) {
                if (size == out.length) {
                    out = Arrays.copyOf(out, out.length + (out.length >> 1) + 64);
                }
                size += deflater.deflate(out, size, out.length - size);
            }
            return Arrays.copyOf(out, size);
        } finally {
            deflater.end();
        }
    }

    /**
     * The raw bytes, of which there must be exactly {@code rawLength}.
     *
     * @param rawLength as stated by the sender; memory grows with what really arrives
     * @param maxRawBytes a larger statement is refused before anything is allocated
     */
    public static byte[] inflate(byte[] deflated, int rawLength, int maxRawBytes)
            throws MalformedException {
        return inflate(deflated, 0, deflated.length, rawLength, maxRawBytes);
    }

    /** As the other one, of a part of an array. */
    static byte[] inflate(byte[] source, int from, int length, int rawLength, int maxRawBytes)
            throws MalformedException {
        if (rawLength < 0 || rawLength > maxRawBytes) {
            throw new MalformedException(
                    Reason.TOO_LONG, "inflated: " + rawLength + ", at most " + maxRawBytes);
        }
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(source, from, length);
            long likely = Math.max(FIRST_BUFFER_BYTES, (long) LIKELY_RATIO * length);
            byte[] out = new byte[(int) Math.min(rawLength, likely)];
            int size = 0;
            while (size < rawLength) {
                if (size == out.length) {
                    out = Arrays.copyOf(out, (int) Math.min(rawLength, 2L * out.length));
                }
                int got = inflater.inflate(out, size, out.length - size);
                if (got == 0 && (inflater.finished() || inflater.needsInput())) {
                    throw new MalformedException(
                            Reason.TRUNCATED, "inflated: " + size + ", " + rawLength + " expected");
                }
                size += got;
            }
            if (!inflater.finished() && inflater.inflate(new byte[1]) > 0) {
                throw new MalformedException(
                        Reason.TRAILING_BYTES, "inflated: more than " + rawLength + " expected");
            }
            if (!inflater.finished()) {
                throw new MalformedException(Reason.TRUNCATED, "deflated: no end mark");
            }
            if (inflater.getRemaining() > 0) {
                throw new MalformedException(
                        Reason.TRAILING_BYTES,
                        "deflated: " + inflater.getRemaining() + " bytes too many");
            }
            return out;
        } catch (DataFormatException e) {
            throw new MalformedException(Reason.BAD_VALUE, "deflated: not in the format");
        } finally {
            inflater.end();
        }
    }
}
