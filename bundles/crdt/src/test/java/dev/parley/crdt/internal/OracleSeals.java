package dev.parley.crdt.internal;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.KeyId;
import dev.parley.crdt.api.Replicas;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.api.SealKey;
import dev.parley.crdt.internal.Oracle.Made;
import dev.parley.crdt.internal.Oracle.Op;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/** The keys of an {@link Oracle}'s store, all of which are known, and what a SHRED does to them. */
final class OracleSeals {
    private static final int AUTHORS = 5;

    private final Id store;
    private final Map<KeyId, SealKey> keys = new LinkedHashMap<>();

    OracleSeals(Id store) {
        this.store = store;
        for (int i = 0; i < 2 * AUTHORS; i++) {
            byte[] secret = new byte[SealKey.BYTES];
            new Random(i).nextBytes(secret);
            SealKey key = SealKey.of(store, Replicas.author(i % AUTHORS), secret);
            keys.put(key.id(), key);
        }
    }

    Optional<SealKey> key(KeyId id) {
        return Optional.ofNullable(keys.get(id));
    }

    SealKey any(Random random) {
        return new ArrayList<>(keys.values()).get(random.nextInt(keys.size()));
    }

    /** What a valid SHRED names: the key with the id, or the author's with the proof. */
    private KeyId named(Op op, Operation.Shred shred) {
        KeyId key = shred.key();
        Id proof = shred.proof();
        if (key != null) {
            return key;
        }
        if (proof == null) {
            throw new IllegalStateException("a SHRED of nothing");
        }
        try {
            MessageDigest hash = MessageDigest.getInstance("SHA-256");
            hash.update("parley.seal.v1".getBytes(StandardCharsets.US_ASCII));
            hash.update(store.bytes());
            hash.update(op.author().bytes());
            return KeyId.of(hash.digest(proof.bytes()), 0);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    Set<KeyId> shredded(List<Made> all, BitSet set) {
        Set<KeyId> shredded = new TreeSet<>();
        for (Made made : all) {
            for (Op op : made.ops) {
                if (set.get(made.index)
                        && !made.isVoid
                        && op.operation() instanceof Operation.Shred shred) {
                    shredded.add(named(op, shred));
                }
            }
        }
        return shredded;
    }

    /** What who has all keys is shown. */
    Scalar shown(Scalar value, Set<KeyId> shredded) {
        if (!(value instanceof Scalar.Sealed sealed)) {
            return value;
        }
        if (shredded.contains(sealed.key())) {
            return new Scalar.Expunged(sealed.key());
        }
        return key(sealed.key()).flatMap(it -> it.open(sealed)).orElseThrow();
    }
}
