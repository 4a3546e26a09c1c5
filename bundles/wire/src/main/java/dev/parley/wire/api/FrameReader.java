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
    private int size;

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
        add(bytes);
        List<Frame> frames = new ArrayList<>();
        int at = 0;
        while (at < size) {
            int prefix = 1 << ((buffer[at] & 0xff) >>> 6);
            if (size - at < prefix) {
                break;
            }
            long length =
                    new ByteReader(Arrays.copyOfRange(buffer, at, at + prefix), "frame length")
                            .varint();
            if (length < 1 || length > maxFrameBytes) {
                throw new MalformedException(
                        Reason.TOO_LONG,
                        "frame: " + length + " bytes, expected 1 to " + maxFrameBytes);
            }
            int end = at + prefix + (int) length;
            if (size < end) {
                break;
            }
            frames.add(
                    new Frame(
                            buffer[at + prefix] & 0xff,
                            Arrays.copyOfRange(buffer, at + prefix + 1, end)));
            at = end;
        }
        keepFrom(at);
        return frames;
    }

    /** Grows by doubling, so that a frame in many small pieces is not copied once for each. */
    private void add(byte[] bytes) {
        if (buffer.length - size < bytes.length) {
            buffer = Arrays.copyOf(buffer, Math.max(2 * size, size + bytes.length));
        }
        System.arraycopy(bytes, 0, buffer, size, bytes.length);
        size += bytes.length;
    }

    private void keepFrom(int at) {
        if (at > 0) {
            buffer = at == size ? new byte[0] : Arrays.copyOfRange(buffer, at, size);
            size -= at;
        }
    }

    /**
     * @return how many bytes of an unfinished frame are held
     */
    public int pending() {
        return size;
    }
}
