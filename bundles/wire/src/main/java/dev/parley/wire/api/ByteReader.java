package dev.parley.wire.api;

import dev.parley.wire.api.MalformedException.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** A cursor over received bytes that checks each length before it reads. Not thread-safe. */
public final class ByteReader {
    private final ByteBuffer in;
    private final String what;

    /**
     * @param what names the format in messages, for example "gossip envelope"
     */
    public ByteReader(byte[] bytes, String what) {
        this.in = ByteBuffer.wrap(bytes);
        this.what = what;
    }

    public int remaining() {
        return in.remaining();
    }

    public int position() {
        return in.position();
    }

    public int u8() throws MalformedException {
        need(1);
        return in.get() & 0xff;
    }

    public int u16() throws MalformedException {
        need(2);
        return in.getShort() & 0xffff;
    }

    public long u32() throws MalformedException {
        need(4);
        return in.getInt() & 0xffffffffL;
    }

    public long i64() throws MalformedException {
        need(8);
        return in.getLong();
    }

    /** A variable-length integer of RFC 9000 section 16, in its shortest form only. */
    public long varint() throws MalformedException {
        need(1);
        int first = in.get(in.position()) & 0xff;
        int length = 1 << (first >>> 6);
        need(length);
        in.get();
        long value = first & 0x3f;
        for (int i = 1; i < length; i++) {
            value = value << 8 | in.get() & 0xff;
        }
        if (Varint.length(value) != length) {
            throw new MalformedException(
                    Reason.NOT_CANONICAL,
                    what + ": the number " + value + " is written in " + length + " bytes");
        }
        return value;
    }

    public byte[] bytes(int length) throws MalformedException {
        need(length);
        byte[] out = new byte[length];
        in.get(out);
        return out;
    }

    /** A varint length and that many bytes. */
    public byte[] block(int maxLength, String field) throws MalformedException {
        long length = varint();
        if (length > maxLength) {
            throw new MalformedException(
                    Reason.TOO_LONG,
                    what + ": " + field + " has " + length + " bytes, at most " + maxLength);
        }
        return bytes((int) length);
    }

    /** A block that is well-formed UTF-8. */
    public String text(int maxBytes, String field) throws MalformedException {
        return utf8(block(maxBytes, field), what + ": " + field);
    }

    public byte[] rest() {
        byte[] out = new byte[in.remaining()];
        in.get(out);
        return out;
    }

    /** Refuses trailing bytes. */
    public void end() throws MalformedException {
        if (in.hasRemaining()) {
            throw new MalformedException(
                    Reason.TRAILING_BYTES,
                    what + ": " + in.remaining() + " bytes after its end, expected none");
        }
    }

    private void need(int length) throws MalformedException {
        if (in.remaining() < length) {
            throw new MalformedException(
                    Reason.TRUNCATED,
                    what
                            + ": ends at byte "
                            + in.limit()
                            + ", "
                            + (length - in.remaining())
                            + " more expected");
        }
    }

    /** Decodes UTF-8 strictly. */
    public static String utf8(byte[] bytes, String what) throws MalformedException {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new MalformedException(Reason.BAD_VALUE, what + ": not well-formed UTF-8");
        }
    }
}
