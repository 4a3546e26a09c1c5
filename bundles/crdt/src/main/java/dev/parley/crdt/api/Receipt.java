package dev.parley.crdt.api;

import java.util.List;

/**
 * What became of a change that was received.
 *
 * @param missing changes to ask for, because it builds on them; only if it waits
 * @param applied changes that were taken in, this one and those that waited for it, in order
 */
public record Receipt(Status status, List<Id> missing, List<Id> applied) {
    /** What became of it. */
    public enum Status {
        /** Taken in. It may be void, which is the same everywhere. */
        APPLIED,
        /** It was there. */
        KNOWN,
        /** It waits for what it builds on. */
        WAITING,
        /** Its time is too far ahead, or that of what it builds on; it waits for that. */
        PARKED,
        /**
         * It is of another store, contradicts itself or what it builds on, or builds on such a
         * change; it is not kept, and will not be another time.
         */
        REFUSED
    }
}
