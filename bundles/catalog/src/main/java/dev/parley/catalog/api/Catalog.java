package dev.parley.catalog.api;

import dev.parley.gossip.api.Topic;
import dev.parley.identity.api.MachineId;
import dev.parley.identity.api.SignedRecord;
import dev.parley.storage.api.Hash;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ProviderType;

/**
 * What has been announced on {@code plugins/*}.
 *
 * <p><b>Threads:</b> any thread may call. <b>Nulls:</b> none.
 */
@ProviderType
public interface Catalog {
    /**
     * @return entries whose name, title, symbolic name or publisher has this text, newest version
     *     first
     */
    List<Entry> search(String text);

    /**
     * @return the last announcements that were not taken, at most 64, oldest first
     */
    List<Refusal> refusals();

    /**
     * @param ref a plugin's name or symbolic name, {@code @version} may follow; or {@code
     *     publisher/name} with the first hex digits of the publisher; a descriptor's hash may stand
     *     for the name
     * @throws RefusedException NOT_FOUND, AMBIGUOUS or PUBLISHER_BLOCKED
     */
    Entry find(String ref) throws RefusedException;

    /**
     * Fetches the signed descriptor from a holder, if it is not here; it is what the hash says and
     * nothing more.
     */
    CompletionStage<SignedRecord> descriptor(Entry entry);

    /** Connects to holders that are not connected, and names all that are. */
    CompletionStage<List<MachineId>> reachableHolders(Entry entry);

    /**
     * Keeps a descriptor of our own, serves its bytes and announces it, now, every day and after
     * every restart.
     */
    CompletionStage<Hash> publish(SignedRecord descriptor, Topic topic);

    /** Serves the bytes of another's plugin and says so. */
    void hold(Entry entry, SignedRecord descriptor);

    /** Serves it no more, if it is another's; what we published ourselves stays. */
    void release(Hash descriptor);

    /**
     * @return whether a plugin that we publish or hold has these bytes
     */
    boolean holds(Hash blob);

    /**
     * @return the hash and sequence of our own last version of a plugin, as {@code hash} or nothing
     */
    java.util.Optional<SignedRecord> ownLatest(String bsn);
}
