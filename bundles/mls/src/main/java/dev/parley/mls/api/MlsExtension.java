package dev.parley.mls.api;

import java.util.Arrays;

/** An extension of a group's context, a leaf or a key package (RFC 9420 section 13). */
public record MlsExtension(int type, byte[] data) {
    @Override
    public boolean equals(Object other) {
        return other instanceof MlsExtension that
                && type == that.type
                && Arrays.equals(data, that.data);
    }

    @Override
    public int hashCode() {
        return 31 * type + Arrays.hashCode(data);
    }
}
