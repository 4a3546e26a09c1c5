package dev.parley.mls.api;

import java.security.SecureRandom;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Where unpredictable bytes come from. The caller implements it: with {@link #of} a secure source,
 * in tests a repeatable one.
 *
 * <p><b>Threads:</b> whichever thread uses the library calls, several at once if several do.
 * <b>Nulls:</b> never returns one. <b>Errors:</b> it must not fail.
 */
@FunctionalInterface
@ConsumerType
public interface Randomness {
    /** A new array of that many unpredictable bytes, which the caller may keep and overwrite. */
    byte[] bytes(int length);

    static Randomness of(SecureRandom random) {
        return length -> {
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            return bytes;
        };
    }
}
