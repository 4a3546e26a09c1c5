package dev.parley.wire.api;

import dev.parley.wire.api.MalformedException.Reason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Cuts a byte stream into frames, however the bytes arrive. Memory follows the bytes received,
 * never a length that was only announced. Not thread-safe; after an exception the stream is to be
 * ended.
 */
public final class FrameReader {
    private final int maxFrameBytes;
    private byte[] buffer = new byte[0];

    /**
     * @param maxFrameBytes the longest type and body together
     */
    public FrameReader(int maxFrameBytes) {
        this.maxFrameBytes = maxFrameBytes;
    }

    /**
     * @return the frames that these bytes completed, in order
     */
    public List<Frame> feed(byte[] bytes) throws MalformedException {
        byte[] all = bytes;
        if (buffer.length > 0) {
            all = Arrays.copyOf(buffer, buffer.length + bytes.length);
            System.arraycopy(bytes, 0, all, buffer.length, bytes.length);
        }
        List<Frame> frames = new ArrayList<>();
        int at = 0;
        while (at < all.length) {
            int prefix = 1 << ((all[at] & 0xff) >>> 6);
            if (all.length - at < prefix) {
                break;
            }
            long length =
                    new ByteReader(Arrays.copyOfRange(all, at, at + prefix), "frame length")
                            .varint();
            if (length < 1 || length > maxFrameBytes) {
                throw new MalformedException(
                        Reason.TOO_LONG,
                        "frame: " + length + " bytes, expected 1 to " + maxFrameBytes);
            }
            int end = at + prefix + (int) length;
            if (all.length < end) {
                break;
            }
            frames.add(
                    new Frame(
                            all[at + prefix] & 0xff,
                            Arrays.copyOfRange(all, at + prefix + 1, end)));
            at = end;
        }
        buffer = at == all.length ? new byte[0] : Arrays.copyOfRange(all, at, all.length);
        return frames;
    }

    /**
     * @return how many bytes of an unfinished frame are held
     */
    public int pending() {
        return buffer.length;
    }
}
