package dev.parley.identity.api;

import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.MalformedException.Reason;
import java.util.Arrays;

/** Both signatures of a hybrid key over the same bytes: Ed25519 and then ML-DSA-65. Immutable. */
public final class Signature {
    public static final int ED25519_BYTES = 64;
    public static final int ML_DSA_BYTES = 3309;
    public static final int BYTES = ED25519_BYTES + ML_DSA_BYTES;

    private final byte[] encoded;

    private Signature(byte[] encoded) {
        this.encoded = encoded;
    }

    public static Signature decode(byte[] encoded) throws MalformedException {
        if (encoded.length != BYTES) {
            throw new MalformedException(
                    Reason.BAD_VALUE,
                    "signature: "
                            + encoded.length
                            + " bytes, expected "
                            + BYTES
                            + " (Ed25519 and ML-DSA-65)");
        }
        return new Signature(encoded.clone());
    }

    public byte[] encode() {
        return encoded.clone();
    }

    public byte[] ed25519() {
        return Arrays.copyOf(encoded, ED25519_BYTES);
    }

    public byte[] mlDsa() {
        return Arrays.copyOfRange(encoded, ED25519_BYTES, BYTES);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Signature that && Arrays.equals(encoded, that.encoded);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(encoded);
    }
}
