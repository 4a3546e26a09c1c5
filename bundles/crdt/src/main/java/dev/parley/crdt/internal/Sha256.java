package dev.parley.crdt.internal;

import dev.parley.crdt.api.Id;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256 (FIPS 180-4) of the JDK, which each Java platform must have. */
public final class Sha256 {
    /** Looking for the provider, and room for its work, cost more than hashing a change. */
    private static final ThreadLocal<Digest> DIGEST = ThreadLocal.withInitial(Digest::new);

    private static final class Digest {
        private final MessageDigest digest = fresh();
        private final byte[] hash = new byte[Id.BYTES];

        private Id done() {
            try {
                digest.digest(hash, 0, Id.BYTES);
            } catch (DigestException e) {
                throw new IllegalStateException(e);
            }
            return Id.of(hash);
        }
    }

    private Sha256() {}

    private static MessageDigest fresh() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    public static Id of(byte[] bytes) {
        return of(bytes, 0, bytes.length);
    }

    /** Of a part. */
    static Id of(byte[] bytes, int from, int length) {
        Digest digest = DIGEST.get();
        digest.digest.update(bytes, from, length);
        return digest.done();
    }

    public static Id of(byte[]... parts) {
        Digest digest = DIGEST.get();
        for (byte[] part : parts) {
            digest.digest.update(part);
        }
        return digest.done();
    }
}
