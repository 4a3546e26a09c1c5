package dev.parley.wire.internal;

import dev.parley.wire.api.ByteWriter;
import dev.parley.wire.api.Value;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Map;

/** Writes the one deterministic encoding of a value (RFC 8949 section 4.2.1). */
public final class CborWriter {
    private final ByteWriter out = new ByteWriter(256);

    public byte[] toByteArray() {
        return out.toByteArray();
    }

    public CborWriter write(Value value) {
        if (value instanceof Value.Int number) {
            long n = number.value();
            head(n >= 0 ? 0 : 1, n >= 0 ? n : ~n);
        } else if (value instanceof Value.Bytes bytes) {
            head(2, bytes.length());
            out.bytes(bytes.value());
        } else if (value instanceof Value.Text text) {
            byte[] utf8 = text.value().getBytes(StandardCharsets.UTF_8);
            head(3, utf8.length);
            out.bytes(utf8);
        } else if (value instanceof Value.List list) {
            head(4, list.items().size());
            list.items().forEach(this::write);
        } else if (value instanceof Value.Map map) {
            writeMap(map);
        } else if (value instanceof Value.Bool bool) {
            out.u8(bool.value() ? 0xf5 : 0xf4);
        } else if (value instanceof Value.Real real) {
            writeReal(real.value());
        } else {
            out.u8(0xf6);
        }
        return this;
    }

    private void writeMap(Value.Map map) {
        record Entry(byte[] key, Value value) {}
        var entries = new ArrayList<Entry>(map.entries().size());
        for (Map.Entry<Value, Value> entry : map.entries().entrySet()) {
            entries.add(
                    new Entry(
                            new CborWriter().write(entry.getKey()).toByteArray(),
                            entry.getValue()));
        }
        entries.sort((a, b) -> Arrays.compareUnsigned(a.key(), b.key()));
        head(5, entries.size());
        for (Entry entry : entries) {
            out.bytes(entry.key());
            write(entry.value());
        }
    }

    private void head(int major, long argument) {
        int top = major << 5;
        if (argument < 24) {
            out.u8(top | (int) argument);
        } else if (argument <= 0xff) {
            out.u8(top | 24).u8((int) argument);
        } else if (argument <= 0xffff) {
            out.u8(top | 25).u16((int) argument);
        } else if (argument <= 0xffffffffL) {
            out.u8(top | 26).u32(argument);
        } else {
            out.u8(top | 27).i64(argument);
        }
    }

    private void writeReal(double value) {
        float single = (float) value;
        if (Double.isNaN(value)) {
            out.u8(0xf9).u16(0x7e00);
        } else if (Double.compare(single, value) != 0) {
            out.u8(0xfb).i64(Double.doubleToRawLongBits(value));
        } else if (HalfFloat.fits(single)) {
            out.u8(0xf9).u16(HalfFloat.bits(single));
        } else {
            out.u8(0xfa).u32(Float.floatToRawIntBits(single) & 0xffffffffL);
        }
    }
}
