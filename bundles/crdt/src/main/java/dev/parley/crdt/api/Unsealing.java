package dev.parley.crdt.api;

import java.util.Optional;

/**
 * Has the keys that open sealed values. Implemented by who keeps keys; asked on the replica's
 * thread, must be quick and must not fail.
 */
public interface Unsealing {
    /**
     * @return nothing if the key has not come, or was destroyed
     */
    Optional<SealKey> key(KeyId id);
}
