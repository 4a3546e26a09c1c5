package dev.parley.mls.internal.codec;

import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.MalformedException.Reason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A strict cursor over an encoding in the TLS presentation language with the variable-size vectors
 * of RFC 9420 section 2.1.2.
 *
 * <p>A length is checked against what is really there before anything is allocated, a vector's
 * length has its shortest form and at most 30 bits, and an element never reaches beyond its vector.
 * So memory is bounded by a small multiple of the input, which has at most {@link #MAX_BYTES}. Not
 * thread-safe.
 */
public final class TlsReader {
    /** The longest input: a tree of some thousand members with post-quantum keys fits. */
    public static final int MAX_BYTES = 64 << 20;

    /** The most elements of a vector of structures; a tree of 65,536 leaves fits. */
    public static final int MAX_ITEMS = 1 << 17;

    private final byte[] in;
    private final String what;
    private int at;
    private int end;

    private TlsReader(byte[] in, String what) {
        this.in = in;
        this.what = what;
        this.end = in.length;
    }

    /**
     * @param what names the structure in messages, for example "key package"
     * @throws MalformedException if there are more than {@link #MAX_BYTES} bytes
     */
    public static TlsReader of(byte[] bytes, String what) throws MalformedException {
        if (bytes.length > MAX_BYTES) {
            throw new MalformedException(
                    Reason.TOO_LONG, what + ": " + bytes.length + " bytes, at most " + MAX_BYTES);
        }
        return new TlsReader(bytes, what);
    }

    public int remaining() {
        return end - at;
    }

    public int position() {
        return at;
    }

    public int u8() throws MalformedException {
        need(1);
        return in[at++] & 0xff;
    }

    public int u16() throws MalformedException {
        return u8() << 8 | u8();
    }

    public long u32() throws MalformedException {
        return (long) u16() << 16 | u16();
    }

    /** An unsigned number of 64 bits in a long; compare it with {@link Long#compareUnsigned}. */
    public long u64() throws MalformedException {
        return u32() << 32 | u32();
    }

    /** A length of section 2.1.2: 1, 2 or 4 bytes in the shortest form. */
    public int length() throws MalformedException {
        need(1);
        int bytes = 1 << ((in[at] & 0xff) >>> 6);
        if (bytes == 8) {
            throw new MalformedException(
                    Reason.BAD_VALUE, what + ": a length starts with the bits 11");
        }
        need(bytes);
        int value = in[at++] & 0x3f;
        for (int i = 1; i < bytes; i++) {
            value = value << 8 | in[at++] & 0xff;
        }
        if (TlsWriter.lengthBytes(value) != bytes) {
            throw new MalformedException(
                    Reason.NOT_CANONICAL,
                    what + ": the length " + value + " is written in " + bytes + " bytes");
        }
        return value;
    }

    /** An {@code opaque<V>}. */
    public Bytes opaque() throws MalformedException {
        return Bytes.wrap(fixed(length()));
    }

    public byte[] fixed(int length) throws MalformedException {
        need(length);
        byte[] out = Arrays.copyOfRange(in, at, at + length);
        at += length;
        return out;
    }

    /** A vector of structures: {@code T list<V>}. */
    public <T> List<T> list(Decoder<? extends T> element) throws MalformedException {
        int length = length();
        need(length);
        int outerEnd = end;
        end = at + length;
        List<T> items = new ArrayList<>(Math.min(16, length));
        while (at < end) {
            if (items.size() == MAX_ITEMS) {
                throw new MalformedException(
                        Reason.TOO_LONG,
                        what + ": a vector of more than " + MAX_ITEMS + " elements");
            }
            items.add(element.read(this));
        }
        end = outerEnd;
        return List.copyOf(items);
    }

    /** An {@code optional<T>} of section 2.1.1. */
    public <T> Optional<T> optional(Decoder<? extends T> element) throws MalformedException {
        int present = u8();
        if (present > 1) {
            throw unexpected("presence octet", present);
        }
        return present == 1 ? Optional.of(element.read(this)) : Optional.empty();
    }

    /** The bytes between an earlier {@link #position} and here. */
    public Bytes since(int position) {
        return Bytes.wrap(Arrays.copyOfRange(in, position, at));
    }

    /** Refuses trailing bytes. */
    public void end() throws MalformedException {
        if (at < end) {
            throw new MalformedException(
                    Reason.TRAILING_BYTES,
                    what + ": " + (end - at) + " bytes after its end, expected none");
        }
    }

    /** For a field that has a value which the specification does not define. */
    public MalformedException unexpected(String field, long value) {
        return new MalformedException(Reason.BAD_VALUE, what + ": unknown " + field + " " + value);
    }

    private void need(int length) throws MalformedException {
        if (end - at < length) {
            throw new MalformedException(
                    Reason.TRUNCATED,
                    what + ": " + length + " bytes announced, " + (end - at) + " there");
        }
    }
}
