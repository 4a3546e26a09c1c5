package dev.parley.stores.api;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.KeyId;
import java.util.Optional;

/**
 * A key with which values of a store are sealed, as it is here.
 *
 * @param label what this container's user called it; empty if another agent made it, or it is gone
 * @param author who made it; unknown without the key
 * @param values how many values of the main line are sealed with it, those that others replaced at
 *     the same moment included
 */
public record SealStatus(KeyId key, String label, Optional<Id> author, int values, Status status) {
    /** How a key can be. */
    public enum Status {
        /** Its values can be read. */
        HELD,
        /** It has not come yet. */
        MISSING,
        /** It was shredded, and its values are expunged. */
        EXPUNGED
    }
}
