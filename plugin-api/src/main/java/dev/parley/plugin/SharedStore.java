package dev.parley.plugin;

import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A store that the container shares with others: each may write, also while it is alone, and what
 * they wrote is merged. The plugin writes as the container's agent, with its role.
 *
 * <p>A path is keys after {@code /}, for example {@code /stats/visits}; a {@code /} in a key is
 * written {@code ~1} and a {@code ~} {@code ~0}. Values are JSON. Each write returns when it is on
 * this container's disk, with the id of the change that it became part of.
 *
 * <p><b>Threads:</b> any thread may call; calls block until the container answers. <b>Nulls:</b>
 * none. <b>Failure:</b> {@link PluginException} with one of its codes: PERMISSION_DENIED,
 * NO_SUCH_STORE, AMBIGUOUS, NOT_ALLOWED, APPEND_ONLY, NOT_FOUND, WRONG_STATE, INVALID, TOO_LARGE,
 * QUOTA, BUSY, NOT_SYNCED or DISK.
 */
@ProviderType
public interface SharedStore {
    /**
     * @return what is there as JSON: a map as an object, a set as a list, a counter as a number;
     *     nothing if nothing is there
     */
    Optional<String> get(String path) throws PluginException;

    /** Puts a text, number, boolean or null there; an object is put key by key. */
    String put(String path, String json) throws PluginException;

    /** Forgets what is there and was known here. */
    String delete(String path) throws PluginException;

    /** Adds to the counter there; nobody's addition is lost. */
    String increment(String path, long by) throws PluginException;

    /** Adds a value to the set there. */
    String add(String path, String json) throws PluginException;

    /** Removes a value of the set there. */
    String remove(String path, String json) throws PluginException;

    /** The tasks there; whether there are any is said by the calls on it. */
    SharedTasks tasks(String path);

    /** Tells of each change from now on, whoever made it. */
    void listen(SharedStoreListener listener) throws PluginException;
}
