package dev.parley.crdt.api;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.HexFormat;

/** The 32 bytes that name a store, an author or a change. Ordered as unsigned bytes. */
public final class Id implements Comparable<Id> {
    public static final int BYTES = 32;

    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    // Four numbers are one object, and compared faster than an array.
    private final long first;
    private final long second;
    private final long third;
    private final long fourth;

    private Id(byte[] source, int from) {
        first = (long) LONGS.get(source, from);
        second = (long) LONGS.get(source, from + 8);
        third = (long) LONGS.get(source, from + 16);
        fourth = (long) LONGS.get(source, from + 24);
    }

    /**
     * @throws IllegalArgumentException if there are not 32 bytes
     */
    public static Id of(byte[] bytes) {
        return of(bytes, 0, bytes.length);
    }

    public static Id of(byte[] source, int from, int length) {
        if (length != BYTES) {
            throw new IllegalArgumentException("an id has 32 bytes, found " + length);
        }
        return new Id(source, from);
    }

    public static Id parse(String hex) {
        return of(HexFormat.of().parseHex(hex));
    }

    public byte[] bytes() {
        byte[] bytes = new byte[BYTES];
        copyTo(bytes, 0);
        return bytes;
    }

    /** Copies the bytes without an array of their own. */
    public void copyTo(byte[] target, int at) {
        LONGS.set(target, at, first);
        LONGS.set(target, at + 8, second);
        LONGS.set(target, at + 16, third);
        LONGS.set(target, at + 24, fourth);
    }

    /** Whether the same bytes stand there. */
    public boolean equalsAt(byte[] source, int at) {
        return first == (long) LONGS.get(source, at)
                && second == (long) LONGS.get(source, at + 8)
                && third == (long) LONGS.get(source, at + 16)
                && fourth == (long) LONGS.get(source, at + 24);
    }

    public String hex() {
        return HexFormat.of().formatHex(bytes());
    }

    @Override
    public int compareTo(Id other) {
        int order = Long.compareUnsigned(first, other.first);
        order = order != 0 ? order : Long.compareUnsigned(second, other.second);
        order = order != 0 ? order : Long.compareUnsigned(third, other.third);
        return order != 0 ? order : Long.compareUnsigned(fourth, other.fourth);
    }

    @Override
    public boolean equals(Object other) {
        return other == this
                || other instanceof Id id
                        && first == id.first
                        && second == id.second
                        && third == id.third
                        && fourth == id.fourth;
    }

    /** What {@link #hashCode} says of the id that stands there. */
    public static int hashAt(byte[] source, int at) {
        return (int) ((long) LONGS.get(source, at) >>> 32);
    }

    /** An id is a hash or a key already, so four of its bytes serve. */
    @Override
    public int hashCode() {
        return (int) (first >>> 32);
    }

    @Override
    public String toString() {
        return hex().substring(0, 12);
    }
}
