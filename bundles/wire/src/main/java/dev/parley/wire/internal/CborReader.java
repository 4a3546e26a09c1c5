package dev.parley.wire.internal;

import dev.parley.wire.api.ByteReader;
import dev.parley.wire.api.Cbor;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.MalformedException.Reason;
import dev.parley.wire.api.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads deterministic CBOR and nothing else (RFC 8949 section 4.2.1). */
public final class CborReader {
    private final byte[] bytes;
    private final ByteReader in;

    private CborReader(byte[] bytes) {
        this.bytes = bytes;
        this.in = new ByteReader(bytes, "CBOR");
    }

    public static Value read(byte[] bytes) throws MalformedException {
        CborReader reader = new CborReader(bytes);
        Value value = reader.value(0);
        reader.in.end();
        return value;
    }

    private Value value(int depth) throws MalformedException {
        if (depth > Cbor.MAX_DEPTH) {
            throw new MalformedException(
                    Reason.TOO_DEEP, "CBOR: nested deeper than " + Cbor.MAX_DEPTH);
        }
        int first = in.u8();
        int major = first >>> 5;
        if (major == 7) {
            return simple(first & 0x1f);
        }
        long argument = argument(first & 0x1f);
        return switch (major) {
            case 0 -> new Value.Int(argument);
            case 1 -> new Value.Int(~argument);
            case 2 -> new Value.Bytes(in.bytes(count(argument, 1)));
            case 3 -> new Value.Text(ByteReader.utf8(in.bytes(count(argument, 1)), "CBOR text"));
            case 4 -> list(count(argument, 1), depth);
            case 5 -> map(count(argument, 2), depth);
            default ->
                    throw new MalformedException(
                            Reason.UNSUPPORTED, "CBOR: tags are not used here");
        };
    }

    private Value list(int size, int depth) throws MalformedException {
        List<Value> items = new ArrayList<>(Math.min(size, 1024));
        for (int i = 0; i < size; i++) {
            items.add(value(depth + 1));
        }
        return new Value.List(items);
    }

    private Value map(int size, int depth) throws MalformedException {
        Map<Value, Value> entries = new LinkedHashMap<>();
        int lastStart = -1;
        int lastEnd = -1;
        for (int i = 0; i < size; i++) {
            int start = in.position();
            Value key = value(depth + 1);
            int end = in.position();
            if (!(key instanceof Value.Int) && !(key instanceof Value.Text)) {
                throw new MalformedException(
                        Reason.UNSUPPORTED, "CBOR: a map key is an integer or a text");
            }
            if (lastStart >= 0) {
                int order = Arrays.compareUnsigned(bytes, lastStart, lastEnd, bytes, start, end);
                if (order == 0) {
                    throw new MalformedException(
                            Reason.DUPLICATE_KEY, "CBOR: the map key " + key + " stands twice");
                }
                if (order > 0) {
                    throw new MalformedException(
                            Reason.NOT_CANONICAL, "CBOR: the map key " + key + " is out of order");
                }
            }
            lastStart = start;
            lastEnd = end;
            entries.put(key, value(depth + 1));
        }
        return new Value.Map(entries);
    }

    private Value simple(int info) throws MalformedException {
        switch (info) {
            case 20:
                return Value.FALSE;
            case 21:
                return Value.TRUE;
            case 22:
                return Value.NULL;
            case 25:
                int half = in.u16();
                float small = HalfFloat.value(half);
                if (Float.isNaN(small) && half != 0x7e00) {
                    throw notShortest();
                }
                return new Value.Real(small);
            case 26:
                float single = Float.intBitsToFloat((int) in.u32());
                if (Float.isNaN(single) || HalfFloat.fits(single)) {
                    throw notShortest();
                }
                return new Value.Real(single);
            case 27:
                double real = Double.longBitsToDouble(in.i64());
                if (Double.isNaN(real) || Double.compare((float) real, real) == 0) {
                    throw notShortest();
                }
                return new Value.Real(real);
            default:
                throw new MalformedException(
                        Reason.UNSUPPORTED, "CBOR: simple value " + info + " is not used here");
        }
    }

    private long argument(int info) throws MalformedException {
        if (info < 24) {
            return info;
        }
        long value;
        boolean shortest;
        switch (info) {
            case 24 -> {
                value = in.u8();
                shortest = value >= 24;
            }
            case 25 -> {
                value = in.u16();
                shortest = value > 0xff;
            }
            case 26 -> {
                value = in.u32();
                shortest = value > 0xffff;
            }
            case 27 -> {
                value = in.i64();
                if (value < 0) {
                    throw new MalformedException(
                            Reason.UNSUPPORTED, "CBOR: a number beyond 64 bits signed");
                }
                shortest = value > 0xffffffffL;
            }
            case 31 ->
                    throw new MalformedException(
                            Reason.NOT_CANONICAL,
                            "CBOR: an indefinite length, expected a definite one");
            default ->
                    throw new MalformedException(
                            Reason.UNSUPPORTED, "CBOR: reserved length form " + info);
        }
        if (!shortest) {
            throw notShortest();
        }
        return value;
    }

    /**
     * Refuses a count that the rest of the input cannot hold, before anything is allocated for it.
     */
    private int count(long announced, int bytesEach) throws MalformedException {
        if (announced > in.remaining() / bytesEach) {
            throw new MalformedException(
                    Reason.TRUNCATED,
                    "CBOR: "
                            + announced
                            + " items or bytes announced, "
                            + in.remaining()
                            + " bytes left");
        }
        return (int) announced;
    }

    private static MalformedException notShortest() {
        return new MalformedException(
                Reason.NOT_CANONICAL, "CBOR: a number is not in its shortest form");
    }
}
