package dev.parley.stores.internal;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.RefusedException;
import dev.parley.crdt.api.Snapshot;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Makes snapshots on a worker, of a copy that it reads from the disk, so that the room's thread
 * goes on meanwhile.
 */
final class Snapshots {
    private final Background work;

    Snapshots(Background work) {
        this.work = work;
    }

    /**
     * What came of it.
     *
     * @param isKnown false if it could not be tried, as when the disk failed
     * @param snapshot nothing if the state after these changes cannot be built
     */
    record Made(boolean isKnown, Optional<Snapshot> snapshot) {}

    /**
     * The state of a store after these changes, without deleted text.
     *
     * @param then told on the room's thread
     */
    void make(OpenStore store, List<Id> heads, Consumer<Made> then) {
        StoreCopy copy = store.copy();
        work.run(
                "a snapshot of store " + store.id().hex(),
                () -> {
                    try {
                        return Optional.of(copy.open().snapshot(heads, false));
                    } catch (RefusedException e) {
                        return Optional.<Snapshot>empty();
                    }
                },
                made -> then.accept(new Made(made.isPresent(), made.orElse(Optional.empty()))));
    }
}
