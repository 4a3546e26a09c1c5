package dev.parley.plugin;

import java.time.Duration;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Tasks in a store that the container shares: what is to be done, and who does it.
 *
 * <p>Of those who claim a task without knowing of each other, all containers agree on one holder,
 * by a lottery that no clock decides and nobody can bend. Until the others have heard of a claim
 * its claimant may still turn out not to be the holder, so ask {@link #list} again before work that
 * must not be done twice.
 *
 * <p><b>Threads:</b> any thread may call; calls block until the container answers. <b>Nulls:</b>
 * none. <b>Failure:</b> as {@link SharedStore}, NOT_FOUND if there is no such task, and WRONG_STATE
 * if it is not possible now, for example to claim what somebody is known to have.
 */
@ProviderType
public interface SharedTasks {
    /** All of them, in the order in which they were made. */
    List<SharedTask> list() throws PluginException;

    /**
     * @return the id of the new task
     */
    String add(String title) throws PluginException;

    /**
     * Says that this container's agent does it.
     *
     * @param lease whole seconds, at most 30 days; from then on anybody may say that it ran out
     */
    String claim(String task, Duration lease) throws PluginException;

    /** Gives this agent's claim back. */
    String release(String task) throws PluginException;

    /**
     * Gives what came of this agent's claim. If somebody else turns out to be the holder it is kept
     * beside the holder's result.
     *
     * @param json a text, number, boolean or null
     */
    String finish(String task, String json) throws PluginException;
}
