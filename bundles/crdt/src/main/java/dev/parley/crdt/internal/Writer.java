package dev.parley.crdt.internal;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.Scalar;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Appends what {@link Reader} reads. Not thread-safe. */
public final class Writer {
    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LITTLE_INTS =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private byte[] bytes;
    private int length;

    public Writer(int capacity) {
        bytes = new byte[capacity];
    }

    private void room(int more) {
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }

    /** Forgets what was written from a place on. */
    void back(int to) {
        length = to;
    }

    /** What was written from a place on. */
    byte[] since(int from) {
        return Arrays.copyOfRange(bytes, from, length);
    }

    public int length() {
        return length;
    }

    public void u8(int value) {
        room(1);
        bytes[length++] = (byte) value;
    }

    public void u32(int value) {
        room(Integer.BYTES);
        for (int shift = 24; shift >= 0; shift -= 8) {
            bytes[length++] = (byte) (value >>> shift);
        }
    }

    public void u64(long value) {
        room(8);
        LONGS.set(bytes, length, value);
        length += 8;
    }

    /** Unsigned: a negative number is a large one. */
    public void uint(long value) {
        room(10);
        if (value >= 0 && value < 0x80) {
            bytes[length++] = (byte) value;
            return;
        }
        if (value >>> 28 == 0) {
            upToFour((int) value);
            return;
        }
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            bytes[length++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[length++] = (byte) rest;
    }

    /** All at once: a processor cannot foresee where a loop would end. */
    private void upToFour(int value) {
        int more = (31 - Integer.numberOfLeadingZeros(value)) / 7;
        int spread =
                value & 0x7f
                        | (value & 0x3f80) << 1
                        | (value & 0x1fc000) << 2
                        | (value & 0xfe00000) << 3;
        LITTLE_INTS.set(bytes, length, spread | 0x808080 & (1 << 8 * more) - 1);
        length += more + 1;
    }

    public void zigzag(long value) {
        uint(value << 1 ^ value >> 63);
    }

    public void bytes(byte[] value) {
        bytes(value, 0, value.length);
    }

    public void bytes(byte[] value, int from, int count) {
        room(count);
        System.arraycopy(value, from, bytes, length, count);
        length += count;
    }

    public void id(Id id) {
        room(Id.BYTES);
        id.copyTo(bytes, length);
        length += Id.BYTES;
    }

    public void text(String text) {
        int chars = text.length();
        room(3 * chars + 5);
        if (chars < 0x80 && ascii(text)) {
            bytes[length++] = (byte) chars;
            for (int i = 0; i < chars; i++) {
                bytes[length++] = (byte) text.charAt(i);
            }
            return;
        }
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        uint(utf8.length);
        bytes(utf8);
    }

    private static boolean ascii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    public void scalar(Scalar scalar) {
        if (scalar instanceof Scalar.Null) {
            u8(0);
        } else if (scalar instanceof Scalar.Bool bool) {
            u8(bool.value() ? 2 : 1);
        } else if (scalar instanceof Scalar.Int number) {
            u8(3);
            zigzag(number.value());
        } else if (scalar instanceof Scalar.Real real) {
            u8(4);
            u64(Double.doubleToLongBits(real.value()));
        } else if (scalar instanceof Scalar.Text text) {
            u8(5);
            text(text.value());
        } else if (scalar instanceof Scalar.Bytes binary) {
            u8(6);
            uint(binary.value().length);
            bytes(binary.value());
        } else if (scalar instanceof Scalar.Sealed sealed && !sealed.isLeftOut()) {
            u8(7);
            bytes(sealed.key().bytes());
            uint(sealed.content().length);
            bytes(sealed.content());
        } else {
            withoutContent(scalar);
        }
    }

    /**
     * As {@link #scalar}, but of a sealed value what stays of it when its content is left out: so
     * states are compared and hashed, with it and without it.
     */
    void withoutContent(Scalar scalar) {
        if (scalar instanceof Scalar.Sealed sealed) {
            u8(8);
            bytes(sealed.key().bytes());
            id(sealed.digest());
        } else if (scalar instanceof Scalar.Expunged) {
            throw new IllegalArgumentException("an expunged value cannot be written");
        } else {
            scalar(scalar);
        }
    }

    /** What was written so far, to be read before more is written. */
    byte[] array() {
        return bytes;
    }

    /** Of what was written from a place on, to be used before more is written. */
    public Reader reader(int from) {
        return new Reader(bytes, from, length);
    }

    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, length);
    }
}
