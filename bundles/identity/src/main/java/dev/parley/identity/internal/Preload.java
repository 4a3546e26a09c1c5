package dev.parley.identity.internal;

/**
 * Loads the classes and computes the tables of both signatures while the container still starts.
 */
public final class Preload implements Runnable {
    private static final int ML_DSA_SIGNATURE_AT = 64;

    @Override
    public void run() {
        HybridKey key = HybridKey.of(new byte[64]);
        byte[] message = new byte[1];
        byte[] keys = key.publicKey();
        byte[] signature = key.sign(message);
        int split = keys.length - 32;
        HybridKey.verifyEd25519(
                java.util.Arrays.copyOfRange(keys, split, keys.length),
                message,
                java.util.Arrays.copyOf(signature, ML_DSA_SIGNATURE_AT));
        HybridKey.verifyMlDsa(
                java.util.Arrays.copyOf(keys, split),
                message,
                java.util.Arrays.copyOfRange(signature, ML_DSA_SIGNATURE_AT, signature.length));
    }
}
