package dev.parley.mls.api;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * Who a member is, whatever its keys are at the moment: up to 255 bytes that the application chose.
 * Immutable.
 */
public final class MemberId implements Comparable<MemberId> {
    private final byte[] value;

    private MemberId(byte[] value) {
        this.value = value;
    }

    /** Copies these bytes. */
    public static MemberId of(byte[] bytes) {
        if (bytes.length > 255) {
            throw new IllegalArgumentException(
                    "member id: " + bytes.length + " bytes, at most 255");
        }
        return new MemberId(bytes.clone());
    }

    /** A copy. */
    public byte[] bytes() {
        return value.clone();
    }

    @Override
    public int compareTo(MemberId other) {
        return Arrays.compareUnsigned(value, other.value);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof MemberId that && Arrays.equals(value, that.value);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(value);
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(value);
    }
}
