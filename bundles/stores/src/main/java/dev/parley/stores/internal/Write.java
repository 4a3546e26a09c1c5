package dev.parley.stores.internal;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.RefusedException;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.SignedChange;
import java.util.concurrent.CompletableFuture;

/** A write that waits for the next commit. */
sealed interface Write {
    CompletableFuture<Id> done();

    /** Becomes a part of one change with others. */
    record Gathered(Replica.Edit edit, CompletableFuture<Id> done) implements Write {}

    /** Is a change of its own. */
    record Own(String branch, Maker maker, CompletableFuture<Id> done) implements Write {}

    /** Makes a whole change. */
    interface Maker {
        SignedChange make(OpenStore store, long nowMillis) throws RefusedException;
    }
}
