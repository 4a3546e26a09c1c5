package dev.parley.wire.api;

import dev.parley.wire.api.MalformedException.Reason;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/**
 * Values over a pipe between two processes: {@code u32 magic || u32 length || CBOR} ({@code
 * docs/protocols/0009-isolate-ipc.md}). The magic finds out at once when something else was written
 * to the pipe.
 */
public final class PipeFrames {
    public static final int MAGIC = 0x50_4c_59_31;
    public static final int MAX_BYTES = 1 << 20;

    private PipeFrames() {}

    /**
     * @throws MalformedException TOO_LONG if the value needs more than {@link #MAX_BYTES}
     */
    public static byte[] encode(Value value) throws MalformedException {
        byte[] body = Cbor.encode(value);
        if (body.length > MAX_BYTES) {
            throw new MalformedException(
                    Reason.TOO_LONG, "frame: " + body.length + " bytes, at most " + MAX_BYTES);
        }
        return ByteBuffer.allocate(8 + body.length)
                .putInt(MAGIC)
                .putInt(body.length)
                .put(body)
                .array();
    }

    /** Writes and flushes one frame. One thread at a time. */
    public static void write(OutputStream out, Value value) throws IOException {
        try {
            out.write(encode(value));
        } catch (MalformedException e) {
            throw new IOException(e.getMessage(), e);
        }
        out.flush();
    }

    /**
     * Reads one frame; blocks until it is here.
     *
     * @throws EOFException if the other end is gone
     */
    public static Value.Map read(InputStream from) throws IOException, MalformedException {
        DataInputStream in = new DataInputStream(from);
        int magic = in.readInt();
        int length = in.readInt();
        if (magic != MAGIC) {
            throw new MalformedException(
                    Reason.BAD_VALUE, String.format("pipe: found %08x, expected a frame", magic));
        }
        if (length < 1 || length > MAX_BYTES) {
            throw new MalformedException(
                    Reason.TOO_LONG, "pipe: a frame of " + length + " bytes, at most " + MAX_BYTES);
        }
        byte[] body = in.readNBytes(length);
        if (body.length < length) {
            throw new EOFException("the other end is gone");
        }
        if (Cbor.decode(body, MAX_BYTES) instanceof Value.Map map) {
            return map;
        }
        throw new MalformedException(Reason.WRONG_TYPE, "pipe: expected a map");
    }
}
