package dev.parley.stores.api;

import dev.parley.crdt.api.ChangeEvent;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.RefusedException;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.Role;
import dev.parley.crdt.api.StoreInfo;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
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
     * @param reference an id, at least six of its first hex digits, or a name that only one store
     *     has
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

    /** Makes a change of one branch that has all of the other one in its past. */
    CompletionStage<Id> merge(Id store, String from, String into, String message);

    /** Gives an agent a role, which only an admin may. */
    CompletionStage<Id> grant(Id store, Id agent, Role role);

    /** Looks at a store. What it returns must not hold on to the view. */
    interface Reading<T> {
        T on(StoreView view) throws RefusedException;
    }

    /** What is read may be a few milliseconds ahead of the disk. */
    <T> CompletionStage<T> read(Id store, Reading<T> reading);

    /**
     * Tells of each change of the main line that is on this disk, in order, on the room's thread.
     *
     * @return ends it
     */
    AutoCloseable listen(Id store, Consumer<ChangeEvent> listener);
}
