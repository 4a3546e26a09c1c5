package dev.parley.stores.api;

import dev.parley.crdt.api.ChangeEvent;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.KeyId;
import dev.parley.crdt.api.RefusedException;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.Role;
import dev.parley.crdt.api.StoreInfo;
import dev.parley.crdt.api.Undone;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The stores that this container shares with others, and keeps.
 *
 * <p><b>Promise:</b> when a write's stage is complete the write is on this disk; it reaches others
 * when they are connected and may read the store, however much later that is. <b>Threads:</b> any
 * thread may call, and no call blocks; stages complete on a thread of the room, which must not be
 * blocked. <b>Nulls:</b> none. <b>Failure:</b> stages fail with {@link StoreException}.
 */
@ProviderType
public interface Stores {
    /** Makes a store that this container's agent owns. */
    CompletionStage<StoreInfo> create(String name, StoreInfo.Mode mode, boolean appendOnly);

    /**
     * Follows a store from now on; does nothing if it is followed. What others have comes by and
     * by.
     *
     * @param idOrLink a {@link StoreLink}, or 64 hex digits if somebody connected has the store and
     *     lets us read it
     */
    CompletionStage<StoreInfo> join(String idOrLink);

    /** Follows it no more and removes all of it from this disk. Others keep it. */
    CompletionStage<Void> leave(Id store);

    /** By name, then id. */
    CompletionStage<List<StoreStatus>> list();

    /**
     * @param reference a whole id, which counts before any name; a name that only one store has; or
     *     at least six of an id's first hex digits
     */
    CompletionStage<StoreInfo> find(String reference);

    /**
     * Writes on the main line, together with what others write in the same milliseconds: one signed
     * change for all of them.
     *
     * @param edit runs on the room's thread, at once and perhaps twice; must be quick
     * @return the change that it became part of
     */
    CompletionStage<Id> write(Id store, Replica.Edit edit);

    /**
     * Writes a change of its own.
     *
     * @param branch empty for the main line
     * @param message for people; may be empty
     */
    CompletionStage<Id> commit(Id store, String branch, String message, Replica.Edit edit);

    /**
     * Takes this agent's last change of a branch back that stands, as far as it is as it was left:
     * what somebody changed since stays. It follows from the history of the store, so it is the
     * same after a restart.
     *
     * @param branch empty for the main line
     * @return fails with NOT_FOUND if there is none, with WRONG_STATE if it did what cannot be
     *     taken back, and then another one can be named; APPEND_ONLY in such a store
     */
    CompletionStage<Undone> undo(Id store, String branch);

    /**
     * Takes a change back, which is one of {@link #undoList}.
     *
     * @return fails as the other one, and with NOT_FOUND if it is none of these
     */
    CompletionStage<Undone> undo(Id store, String branch, Id change);

    /** Does the change again that was taken back last, until something else is written. */
    CompletionStage<Undone> redo(Id store, String branch);

    /** What {@link #undo} and {@link #redo} would take. */
    CompletionStage<UndoList> undoList(Id store, String branch);

    /** Makes a change of one branch that has all of the other one in its past. */
    CompletionStage<Id> merge(Id store, String from, String into, String message);

    /** Gives an agent a role, which only an admin may. */
    CompletionStage<Id> grant(Id store, Id agent, Role role);

    /**
     * The same edit with every value sealed, so that it can be expunged. Nothing is written yet:
     * give what it returns to {@link #write}, {@link #commit} or {@link #undoable}. What cannot be
     * sealed - a text, a counter, a flag, a task's title - fails there as INVALID.
     *
     * @param label what the key is called on this container, for example the person whom the values
     *     are about; made if there is none. It is told to nobody
     */
    CompletionStage<Replica.Edit> sealing(Id store, String label, Replica.Edit edit);

    /** The keys with which values are sealed; those with a label first. */
    CompletionStage<List<SealStatus>> seals(Id store);

    /**
     * Expunges all that is sealed with a key, here and wherever the change arrives, and for ever.
     * Who made the key may, and an admin. When the stage is complete the key is destroyed on this
     * disk.
     *
     * @return the change; fails with NOT_FOUND if there is no such key, WRONG_STATE if it is done
     *     already
     */
    CompletionStage<Id> expunge(Id store, KeyId key);

    /**
     * Gives up the operations of changes that all who write have, if enough admins agree: what is
     * seen stays as it is. Takes some seconds while others are asked. Admins propose; others give
     * up what admins approved. Wish again to give up more, or to see how far it is.
     *
     * @return also when nothing was given up; it says why
     */
    CompletionStage<Compaction> compact(Id store);

    /** Looks at a store. What it returns must not hold on to the view. */
    interface Reading<T> {
        T on(StoreView view) throws RefusedException, StoreException;
    }

    /** What is read may be a few milliseconds ahead of the disk. */
    <T> CompletionStage<T> read(Id store, Reading<T> reading);

    /**
     * Tells how many changes of a store are on this disk, at once and whenever it is more, on the
     * room's thread; a number below 0 says that the store is followed no more. {@link
     * StoreView#changes} gives those up to there.
     *
     * @return ends it
     */
    CompletionStage<AutoCloseable> watch(Id store, IntConsumer onDisk);

    /**
     * Tells of each change of the main line that is on this disk, in order, on the room's thread.
     *
     * @return ends it
     */
    AutoCloseable listen(Id store, Consumer<ChangeEvent> listener);
}
