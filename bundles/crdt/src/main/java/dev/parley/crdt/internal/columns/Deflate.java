package dev.parley.crdt.internal.columns;

import dev.parley.crdt.internal.columns.MalformedException.Reason;
import java.util.Arrays;
import java.util.zip.Deflater;

/**
 * DEFLATE without a header (RFC 1951), level 6 unless said. Its output may differ between runtimes,
 * so only uncompressed bytes are ever hashed or compared.
 */
public final class Deflate {
    private static final int LEVEL = 6;

    private Deflate() {}

    public static byte[] deflate(byte[] raw) {
        return deflate(raw, LEVEL);
    }

    /**
     * @param level 1 to 9, the last one for files that are written once
     */
    public static byte[] deflate(byte[] raw, int level) {
        return deflate(raw, 0, raw.length, level);
    }

    /** As the other one, of a part of an array. */
    static byte[] deflate(byte[] raw, int from, int length, int level) {
        Deflater deflater = new Deflater(level, true);
        try {
            deflater.setInput(raw, from, length);
            deflater.finish();
            byte[] out = new byte[Math.max(64, length / 2)];
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
        if (rawLength < 0 || rawLength > maxRawBytes) {
            throw new MalformedException(
                    Reason.TOO_LONG, "inflated: " + rawLength + ", at most " + maxRawBytes);
        }
        try (Inflation out = new Inflation(rawLength, deflated.length)) {
            out.inflate(new ByteReader(deflated), deflated.length, rawLength);
            return out.finish();
        }
    }
}
