package dev.parley.crdt.internal;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.SignedChange;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What came and is not taken in: changes that wait for others, changes ahead of their time with all
 * their past here or ahead too, and the names of those that can never be taken in.
 */
final class Held {
    private static final int MAX_REFUSED = 4096;

    private final Buffer waiting = new Buffer();
    private final Buffer parked = new Buffer();
    private final Set<Id> refused = new LinkedHashSet<>();

    void await(Id author, SignedChange change, Id missing) {
        waiting.add(author, change, missing);
    }

    void park(Id author, SignedChange change) {
        parked.add(author, change, change.id());
    }

    /** It is one for good: what a change is follows from its bytes and its past. */
    void refuse(Id change) {
        parked.release(change);
        if (refused.add(change) && refused.size() > MAX_REFUSED) {
            refused.remove(refused.iterator().next());
        }
    }

    void isTaken(Id change) {
        parked.release(change);
    }

    boolean isParked(Id change) {
        return parked.contains(change);
    }

    boolean isRefused(Id change) {
        return refused.contains(change);
    }

    /** Whether there is no need to ask for it. */
    boolean isKnown(Id change) {
        return waiting.contains(change) || isParked(change) || isRefused(change);
    }

    /** Takes out what waited for this one. */
    List<SignedChange> release(Id change) {
        return waiting.release(change);
    }

    /** Takes out all that wait for others. */
    List<SignedChange> drainWaiting() {
        return waiting.drain();
    }

    /** Takes out all that are ahead of their time, in the order they came. */
    List<SignedChange> drainParked() {
        return parked.drain();
    }

    /** In the order they came. */
    List<SignedChange> allParked() {
        return new ArrayList<>(parked.all());
    }

    int waiting() {
        return waiting.size();
    }

    int parked() {
        return parked.size();
    }
}
