package dev.parley.identity.api;

import dev.parley.identity.internal.HybridKey;
import dev.parley.wire.api.ByteWriter;

/**
 * Checks hybrid signatures. What is signed is {@code block(context) || block(network id) ||
 * block(body)}, each block a varint length and the bytes; both halves sign it, and both must
 * verify.
 */
public final class Signatures {
    private Signatures() {}

    public static byte[] signedBytes(NetworkId network, String context, byte[] body) {
        return new ByteWriter(body.length + 96)
                .text(context)
                .text(network.name())
                .block(body)
                .toByteArray();
    }

    /**
     * @return whether both halves verify; false also for a key or signature that is no valid
     *     encoding
     */
    public static boolean verify(
            PublicKey key, NetworkId network, String context, byte[] body, Signature signature) {
        byte[] signed = signedBytes(network, context, body);
        return HybridKey.verifyEd25519(key.ed25519(), signed, signature.ed25519())
                && HybridKey.verifyMlDsa(key.mlDsa(), signed, signature.mlDsa());
    }
}
