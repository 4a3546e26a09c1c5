package dev.parley.mls.internal.schedule;

import dev.parley.mls.internal.codec.Secret;
import dev.parley.mls.internal.suite.CipherSuite;
import java.util.TreeMap;

/**
 * The chain of keys of one sender and one kind of content (RFC 9420 section 9.1), and the keys of
 * generations that were skipped. Guarded by the lock of its {@link EpochKeys}.
 */
final class Ratchet {
    /** For the next generation that was not derived yet. */
    Secret secret;

    /** Of that secret. */
    long generation;

    final TreeMap<Long, MessageKey> skipped = new TreeMap<>();

    Ratchet(Secret secret, long generation) {
        this.secret = secret;
        this.generation = generation;
    }

    /** The key of a generation, from the secret of that generation. */
    static MessageKey key(CipherSuite suite, Secret secret, long generation) {
        return new MessageKey(
                generation,
                suite.deriveTreeSecret(secret, "key", generation, suite.aead().keyLength()),
                suite.deriveTreeSecret(secret, "nonce", generation, suite.aead().nonceLength()));
    }

    static Secret next(CipherSuite suite, Secret secret, long generation) {
        return suite.deriveTreeSecret(secret, "secret", generation, suite.secretLength());
    }

    /** The key of the next generation; it is not known here any more. */
    MessageKey take(CipherSuite suite) {
        MessageKey key = key(suite, secret, generation);
        step(suite);
        return key;
    }

    private void step(CipherSuite suite) {
        Secret after = next(suite, secret, generation);
        secret.destroy();
        secret = after;
        generation++;
    }

    /** Goes on to a generation without keeping the keys between. */
    void discardUntil(CipherSuite suite, long until) {
        while (generation < until) {
            step(suite);
        }
        while (!skipped.isEmpty() && skipped.firstKey() < until) {
            skipped.pollFirstEntry().getValue().destroy();
        }
    }

    void destroy() {
        secret.destroy();
        skipped.values().forEach(MessageKey::destroy);
        skipped.clear();
    }
}
