package dev.parley.mls.api;

import java.util.Arrays;

/**
 * A credential as the RFC encodes it after its type (section 5.3). What it means is the {@link
 * IdentityPolicy}'s to say.
 *
 * @param type 1 basic, 2 X.509, {@code 0xF000} to {@code 0xFFFF} private
 * @param body for basic the identity; for X.509 the encoded list of certificates; for others the
 *     content of their one {@code opaque<V>}
 */
public record MlsCredential(int type, byte[] body) {
    public static final int BASIC = 1;
    public static final int X509 = 2;

    @Override
    public boolean equals(Object other) {
        return other instanceof MlsCredential that
                && type == that.type
                && Arrays.equals(body, that.body);
    }

    @Override
    public int hashCode() {
        return 31 * type + Arrays.hashCode(body);
    }
}
