package dev.parley.identity.api;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * The 32-byte id of a public key of one kind: {@code SHA-256("parley id v1" || kind || mldsa ||
 * ed25519)}.
 */
public abstract sealed class KeyId permits AgentId, MachineId {
    public static final int BYTES = 32;

    private final byte[] value;

    KeyId(byte[] value) {
        if (value.length != BYTES) {
            throw new IllegalArgumentException(
                    "an id has " + BYTES + " bytes, found " + value.length);
        }
        this.value = value.clone();
    }

    static byte[] parse(String hex) {
        if (hex.length() != 2 * BYTES
                || !hex.chars().allMatch(c -> Character.digit(c, 16) >= 0 && c < 'g')) {
            throw new IllegalArgumentException(
                    "an id is " + 2 * BYTES + " hex digits, found '" + hex + "'");
        }
        return HexFormat.of().parseHex(hex);
    }

    public final byte[] bytes() {
        return value.clone();
    }

    /** 64 lowercase hex digits. */
    public final String hex() {
        return HexFormat.of().formatHex(value);
    }

    /**
     * The first 64 bits as four pronounceable words, for people to compare; never a key to look up
     * by.
     */
    public final String words() {
        return Proquint.of(value, 8);
    }

    /** Ids order by their bytes, unsigned. */
    protected final int compareBytes(KeyId other) {
        return Arrays.compareUnsigned(value, other.value);
    }

    @Override
    public final boolean equals(Object other) {
        return other instanceof KeyId that
                && getClass() == that.getClass()
                && Arrays.equals(value, that.value);
    }

    @Override
    public final int hashCode() {
        return Arrays.hashCode(value);
    }

    /** The hex form. */
    @Override
    public final String toString() {
        return hex();
    }
}
