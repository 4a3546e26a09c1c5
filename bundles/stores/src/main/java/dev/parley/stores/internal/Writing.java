package dev.parley.stores.internal;

import dev.parley.crdt.api.ChangeSigner;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.RefusedException;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.UndoHistory;
import dev.parley.crdt.api.Undone;
import dev.parley.stores.api.StoreException;
import dev.parley.stores.api.StoreException.Code;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Lets what this agent writes wait for the next commit of its store. Any thread may call; the
 * stages complete as {@link dev.parley.stores.api.Stores} says.
 */
final class Writing {
    private static final int MAX_WAITING = 50_000;

    private final RoomCalls calls;
    private final Followed followed;
    private final Flusher flusher;
    private final Id self;

    /** One step of what can be taken back. */
    interface Step {
        Undone run(UndoHistory history, long nowMillis, ChangeSigner signer)
                throws RefusedException;
    }

    /**
     * @param self whose changes they are
     */
    Writing(RoomCalls calls, Followed followed, Flusher flusher, Id self) {
        this.calls = calls;
        this.followed = followed;
        this.flusher = flusher;
        this.self = self;
    }

    /** Becomes a part of one change with others. */
    CompletionStage<Id> gathered(Id id, Replica.Edit edit) {
        return calls.run(done -> enqueue(id, new Write.Gathered(edit, done)));
    }

    private CompletionStage<Id> own(Id id, String branch, Write.Maker maker) {
        return calls.run(done -> enqueue(id, new Write.Own(branch, maker, done)));
    }

    private void enqueue(Id id, Write write) throws StoreException {
        OpenStore store = followed.get(id);
        if (store.writes.size() >= MAX_WAITING) {
            throw new StoreException(Code.BUSY, MAX_WAITING + " writes wait already");
        }
        store.writes.add(write);
        flusher.schedule(store);
    }

    /** Becomes a change of its own. */
    CompletionStage<Id> commit(Id id, String branch, String message, Replica.Edit edit) {
        return own(
                id,
                branch,
                (store, now) ->
                        store.replica()
                                .transact(
                                        self,
                                        branch,
                                        message,
                                        now,
                                        change -> store.sign(branch, change),
                                        edit));
    }

    /** Takes something back, or does it again. */
    CompletionStage<Undone> step(Id id, String branch, Step step) {
        List<Undone> steps = new ArrayList<>(1);
        return own(
                        id,
                        branch,
                        (store, now) -> {
                            ChangeSigner signer = change -> store.sign(branch, change);
                            Undone undone = step.run(store.undo(branch), now, signer);
                            steps.add(undone);
                            return undone.change();
                        })
                .thenApply(change -> steps.get(steps.size() - 1));
    }

    /** Brings a branch into another one. */
    CompletionStage<Id> merge(Id id, String from, String into, String message) {
        return own(
                id,
                into,
                (store, now) ->
                        store.replica()
                                .merge(
                                        self,
                                        from,
                                        into,
                                        message,
                                        now,
                                        change -> store.sign(into, change)));
    }
}
