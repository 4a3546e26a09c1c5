package dev.parley.crdt.internal;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.KeyId;
import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.internal.columns.ByteReader;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads strictly: one encoding of a thing, each length checked before it is used. */
public final class Reader {
    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LITTLE_INTS =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    /** Texts of one character; what is typed comes one by one. */
    private static final String[] SHORT = new String[0x80];

    static {
        for (char c = 0; c < SHORT.length; c++) {
            SHORT[c] = String.valueOf(c);
        }
    }

    private byte[] bytes;
    private int end;
    private int at;

    public Reader(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    public Reader(byte[] bytes, int from, int end) {
        this.bytes = bytes;
        this.at = from;
        this.end = end;
    }

    /** Goes to the start of other bytes. */
    void restart(byte[] others) {
        bytes = others;
        end = others.length;
        at = 0;
    }

    public int position() {
        return at;
    }

    public int left() {
        return end - at;
    }

    /** Goes on behind these bytes if they are next. */
    boolean skip(byte[] expected) {
        if (expected.length > end - at
                || !Arrays.equals(bytes, at, at + expected.length, expected, 0, expected.length)) {
            return false;
        }
        at += expected.length;
        return true;
    }

    /** What was read from a place on. */
    byte[] since(int from) {
        return Arrays.copyOfRange(bytes, from, at);
    }

    private void need(int count) throws MalformedException {
        if (count > end - at) {
            throw new MalformedException(
                    "it ends at byte " + end + ", expected " + count + " more from byte " + at);
        }
    }

    public void expect(String what, int expected, int found) throws MalformedException {
        if (expected != found) {
            throw new MalformedException(what + " " + found + ", expected " + expected);
        }
    }

    public int u8() throws MalformedException {
        need(1);
        return bytes[at++] & 0xff;
    }

    public long u64() throws MalformedException {
        need(8);
        at += 8;
        return (long) LONGS.get(bytes, at - 8);
    }

    /** All 64 bits. */
    public long uint64() throws MalformedException {
        if (end - at >= Integer.BYTES) {
            int word = (int) LITTLE_INTS.get(bytes, at);
            int ends = ~word & 0x80808080;
            if (ends != 0) {
                return upToFour(word, Integer.numberOfTrailingZeros(ends));
            }
        }
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            need(1);
            int next = bytes[at++];
            if (shift == 63 && (next & 0xfe) != 0) {
                throw new MalformedException("a number has more than 64 bits at byte " + at);
            }
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                if (next == 0 && shift > 0) {
                    throw new MalformedException("a number is longer than needed at byte " + at);
                }
                return value;
            }
        }
    }

    /** All at once: a processor cannot foresee where a loop would end. */
    private int upToFour(int word, int lastBit) throws MalformedException {
        int own = word & -1 >>> 31 - lastBit;
        at += (lastBit >>> 3) + 1;
        if (lastBit > 7 && own >>> lastBit - 7 == 0) {
            throw new MalformedException("a number is longer than needed at byte " + at);
        }
        return own & 0x7f
                | (own & 0x7f00) >>> 1
                | (own & 0x7f0000) >>> 2
                | (own & 0x7f000000) >>> 3;
    }

    /** At most 2^31-1. */
    public int uint() throws MalformedException {
        return uint("a number", Integer.MAX_VALUE);
    }

    public int uint(String what, int max) throws MalformedException {
        if (at < end && bytes[at] >= 0 && bytes[at] <= max) {
            return bytes[at++];
        }
        long value = uint64();
        if (value < 0 || value > max) {
            throw new MalformedException(
                    what + ": " + Long.toUnsignedString(value) + ", at most " + max);
        }
        return (int) value;
    }

    /** A count of things that have at least one byte each. */
    public int count(String what, int min, int max) throws MalformedException {
        int count = uint(what, max);
        if (count < min) {
            throw new MalformedException(what + ": " + count + ", at least " + min);
        }
        need(count);
        return count;
    }

    /** A count of things that have so many bytes each, or more. */
    public int count(String what, int min, int max, int bytesEach) throws MalformedException {
        int count = uint(what, max);
        if (count < min || (long) count * bytesEach > end - at) {
            throw new MalformedException(
                    what + ": " + count + ", at least " + min + ", in " + (end - at) + " bytes");
        }
        return count;
    }

    public long zigzag() throws MalformedException {
        long value = uint64();
        return value >>> 1 ^ -(value & 1);
    }

    public byte[] bytes(int count) throws MalformedException {
        need(count);
        at += count;
        return Arrays.copyOfRange(bytes, at - count, at);
    }

    /** A reader of the next bytes, without a copy; this one goes on behind them. */
    ByteReader slice(int count) throws MalformedException {
        need(count);
        at += count;
        return new ByteReader(bytes, at - count, count);
    }

    public Id id() throws MalformedException {
        need(Id.BYTES);
        at += Id.BYTES;
        return Id.of(bytes, at - Id.BYTES, Id.BYTES);
    }

    /** As the other one; the likely id itself if it is that. */
    public Id id(Id likely) throws MalformedException {
        if (end - at >= Id.BYTES && likely.equalsAt(bytes, at)) {
            at += Id.BYTES;
            return likely;
        }
        return id();
    }

    public String text(String what, int min, int max) throws MalformedException {
        int length = count(what, min, max);
        if (length == 0) {
            return "";
        }
        int from = at;
        at += length;
        if (length == 1 && bytes[from] >= 0) {
            return SHORT[bytes[from]];
        }
        for (int i = from; i < at; i++) {
            if (bytes[i] < 0) {
                return decode(what, from, length);
            }
        }
        return new String(bytes, from, length, StandardCharsets.ISO_8859_1);
    }

    private String decode(String what, int from, int length) throws MalformedException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes, from, length))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new MalformedException(what + " is not UTF-8");
        }
    }

    public Scalar scalar() throws MalformedException {
        int tag = u8();
        return switch (tag) {
            case 0 -> Scalar.NULL;
            case 1 -> new Scalar.Bool(false);
            case 2 -> new Scalar.Bool(true);
            case 3 -> new Scalar.Int(zigzag());
            case 4 -> real(u64());
            case 5 -> new Scalar.Text(text("a text", 0, Scalar.MAX_BYTES));
            case 6 -> new Scalar.Bytes(bytes(count("bytes", 0, Scalar.MAX_BYTES)));
            case 7 ->
                    Scalar.Sealed.of(
                            keyId(),
                            bytes(
                                    count(
                                            "a sealed value",
                                            Scalar.MIN_SEALED_BYTES,
                                            Scalar.MAX_SEALED_BYTES)));
            default ->
                    throw new MalformedException("a scalar of kind " + tag + ", expected 0 to 7");
        };
    }

    /** As it stands in a snapshot, where the content of a sealed value may be left out. */
    Scalar storedScalar() throws MalformedException {
        if (at < end && bytes[at] == 8) {
            at++;
            return new Scalar.Sealed(keyId(), id(), new byte[0]);
        }
        return scalar();
    }

    KeyId keyId() throws MalformedException {
        return KeyId.of(bytes(KeyId.BYTES), 0);
    }

    private static Scalar real(long bits) throws MalformedException {
        double value = Double.longBitsToDouble(bits);
        if (Double.doubleToLongBits(value) != bits) {
            throw new MalformedException("a NaN with other bits than 7ff8000000000000");
        }
        return new Scalar.Real(value);
    }

    public void end() throws MalformedException {
        if (at != end) {
            throw new MalformedException((end - at) + " bytes more than expected");
        }
    }
}
