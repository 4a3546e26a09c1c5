package dev.parley.groups.api;

import java.util.Arrays;
import java.util.HexFormat;

/** The 32 bytes that its creator drew for a group. Immutable. */
public final class GroupId implements Comparable<GroupId> {
    public static final int BYTES = 32;

    private final byte[] value;

    private GroupId(byte[] value) {
        this.value = value;
    }

    /**
     * @throws IllegalArgumentException unless there are 32 bytes
     */
    public static GroupId of(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException(
                    "a group id has " + BYTES + " bytes, found " + bytes.length);
        }
        return new GroupId(bytes.clone());
    }

    /**
     * @throws IllegalArgumentException unless these are 64 lowercase hex digits
     */
    public static GroupId parse(String hex) {
        if (!hex.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException(
                    "a group id is 64 lowercase hex digits, found '" + hex + "'");
        }
        return new GroupId(HexFormat.of().parseHex(hex));
    }

    /** A copy. */
    public byte[] bytes() {
        return value.clone();
    }

    /** 64 lowercase hex digits. */
    public String hex() {
        return HexFormat.of().formatHex(value);
    }

    @Override
    public int compareTo(GroupId other) {
        return Arrays.compareUnsigned(value, other.value);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof GroupId that && Arrays.equals(value, that.value);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(value);
    }

    /** The hex form. */
    @Override
    public String toString() {
        return hex();
    }
}
