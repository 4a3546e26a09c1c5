package dev.parley.crdt.internal;

import dev.parley.crdt.api.Id;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** SHA-256 (FIPS 180-4) of the JDK, which each Java platform must have. */
public final class Sha256 {
    /** Looking for the provider, and room for its work, cost more than hashing a change. */
    private static final ThreadLocal<Digest> DIGEST = ThreadLocal.withInitial(Digest::new);

    /** For one thread at a time, without looking for what the thread has. */
    static final class Digest {
        private static final int BLOCK = 64;

        /** Above that one block more or less is nothing. */
        private static final int LONG = 1024;

        private final MessageDigest plain = fresh();
        private final byte[] hash = new byte[Id.BYTES];

        /** The first block of what was hashed last, and how far hashing was after it. */
        private final byte[] head = new byte[BLOCK];

        private @Nullable MessageDigest behindHead;

        /** As {@link Sha256#of(byte[])}. */
        Id of(byte[] bytes) {
            return of(bytes, 0, bytes.length);
        }

        private Id of(byte[] bytes, int from, int length) {
            if (length < BLOCK || length > LONG) {
                plain.update(bytes, from, length);
                return done(plain);
            }
            if (!Arrays.equals(bytes, from, from + BLOCK, head, 0, BLOCK)) {
                System.arraycopy(bytes, from, head, 0, BLOCK);
                behindHead = null;
                plain.update(bytes, from, length);
                return done(plain);
            }
            try {
                MessageDigest known = behindHead;
                if (known == null) {
                    known = (MessageDigest) plain.clone();
                    known.update(head);
                    behindHead = known;
                }
                MessageDigest rest = (MessageDigest) known.clone();
                rest.update(bytes, from + BLOCK, length - BLOCK);
                return done(rest);
            } catch (CloneNotSupportedException e) {
                plain.update(bytes, from, length);
                return done(plain);
            }
        }

        private Id done(MessageDigest digest) {
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

    /** Quicker if it begins as the one before did, as changes of one author to one store do. */
    public static Id of(byte[] bytes) {
        return DIGEST.get().of(bytes);
    }

    public static Id of(byte[]... parts) {
        Digest digest = DIGEST.get();
        for (byte[] part : parts) {
            digest.plain.update(part);
        }
        return digest.done(digest.plain);
    }
}
