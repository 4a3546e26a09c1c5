package dev.parley.mls.api;

import java.util.Arrays;

/**
 * One member of a group in one epoch.
 *
 * @param leafIndex its place in the tree; stable until it leaves, used anew afterwards
 * @param id who it is, as {@link IdentityPolicy} says; stable through key rotation
 * @param signatureKey what its messages verify with, in the form of the cipher suite
 */
public record Member(int leafIndex, MemberId id, MlsCredential credential, byte[] signatureKey) {
    @Override
    public boolean equals(Object other) {
        return other instanceof Member that
                && leafIndex == that.leafIndex
                && id.equals(that.id)
                && credential.equals(that.credential)
                && Arrays.equals(signatureKey, that.signatureKey);
    }

    @Override
    public int hashCode() {
        return 31 * leafIndex + id.hashCode();
    }
}
