package dev.parley.crdt.internal.columns;

import dev.parley.crdt.internal.columns.MalformedException.Reason;

/**
 * Bytes in parts, each deflated if that makes it much smaller, else as it is: inflating what is
 * hardly smaller takes longest. A count, then for each part its length, its length as it stands
 * here, and its bytes; both lengths are equal if it is not deflated.
 */
public final class PackedBytes {
    /** The most parts. */
    public static final int MAX_PARTS = 64;

    private static final int BLOCK = 1 << 12;

    /** A block stands as it is unless deflating takes off more than a part in so many. */
    private static final int WORTH = 16;

    private PackedBytes() {}

    public static byte[] write(byte[] raw) {
        int block = Math.max(BLOCK, raw.length / (MAX_PARTS - 1));
        ByteWriter parts = new ByteWriter(raw.length / 2);
        int count = 0;
        for (int from = 0; from < raw.length; ) {
            boolean deflate = isWorthIt(raw, from, block);
            int to = Math.min(raw.length, from + block);
            while (to < raw.length && isWorthIt(raw, to, block) == deflate) {
                to = Math.min(raw.length, to + block);
            }
            writePart(raw, from, to - from, deflate, parts);
            count++;
            from = to;
        }
        return new ByteWriter(parts.size() + 1).writeVarint(count).writeAll(parts).toBytes();
    }

    private static boolean isWorthIt(byte[] raw, int from, int block) {
        int length = Math.min(block, raw.length - from);
        return Deflate.deflate(raw, from, length, 1).length < length - length / WORTH;
    }

    private static void writePart(
            byte[] raw, int from, int length, boolean deflate, ByteWriter out) {
        byte[] deflated = deflate ? Deflate.deflate(raw, from, length, 9) : raw;
        out.writeVarint(length);
        if (deflate && deflated.length < length) {
            out.writeVarint(deflated.length).writeBytes(deflated);
        } else {
            out.writeVarint(length).writeBytes(raw, from, length);
        }
    }

    /**
     * All that is left in the reader, which must be what {@link #write} may have made of so many
     * bytes.
     *
     * @param rawLength as stated by the sender; memory grows with what really arrives
     */
    public static byte[] read(ByteReader in, int rawLength) throws MalformedException {
        int count = in.readLength(MAX_PARTS, "parts");
        try (Inflation out = new Inflation(rawLength, in.remaining())) {
            for (int i = 0; i < count; i++) {
                int raw = in.readLength(rawLength - out.size(), "part");
                int stored = in.readLength(raw, "part as it stands");
                if (raw == 0) {
                    throw new MalformedException(
                            Reason.NOT_CANONICAL, "part: empty, left out expected");
                }
                if (stored == raw) {
                    out.copy(in, raw);
                } else {
                    out.inflate(in, stored, raw);
                }
            }
            in.finish();
            return out.finish();
        }
    }
}
