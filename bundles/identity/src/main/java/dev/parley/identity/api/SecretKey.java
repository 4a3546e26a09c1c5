package dev.parley.identity.api;

import dev.parley.identity.internal.HybridKey;
import dev.parley.wire.api.MalformedException;
import java.security.SecureRandom;

/**
 * Both private halves of a hybrid key. It never prints itself; its only ways out are signatures and
 * {@link #seeds}, which key files use.
 */
public final class SecretKey {
    /** A 32-byte seed for each half: ML-DSA-65 (FIPS 204 {@code xi}) and Ed25519. */
    public static final int SEED_BYTES = 64;

    private final HybridKey key;

    private SecretKey(HybridKey key) {
        this.key = key;
    }

    public static SecretKey generate(SecureRandom random) {
        byte[] seeds = new byte[SEED_BYTES];
        random.nextBytes(seeds);
        return new SecretKey(HybridKey.of(seeds));
    }

    /**
     * @throws IllegalArgumentException unless there are {@link #SEED_BYTES} bytes
     */
    public static SecretKey of(byte[] seeds) {
        return new SecretKey(HybridKey.of(seeds));
    }

    /** Key material: handle with care. */
    public byte[] seeds() {
        return key.seeds();
    }

    public PublicKey publicKey() {
        try {
            return PublicKey.decode(key.publicKey());
        } catch (MalformedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Signs as {@link Signatures} describes. */
    public Signature sign(NetworkId network, String context, byte[] body) {
        try {
            return Signature.decode(key.sign(Signatures.signedBytes(network, context, body)));
        } catch (MalformedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String toString() {
        return "SecretKey[hidden]";
    }
}
