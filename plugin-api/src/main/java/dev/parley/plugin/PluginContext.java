package dev.parley.plugin;

import java.time.Clock;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The container, as the plugin may use it.
 *
 * <p><b>Threads:</b> any thread may call; calls block until the container answers. <b>Nulls:</b>
 * none in, none out. <b>Failure:</b> {@link PluginException} with a code; {@link
 * PluginException#PERMISSION_DENIED} names the permission that is missing.
 */
@ProviderType
public interface PluginContext {
    /** Writes a line to the plugin's log, which the owner reads with {@code parley log}. */
    void log(String line);

    Clock clock();

    Store store();

    /**
     * A store that this container follows, by its name. Needs {@link StoresPermission}; whether it
     * is granted and the store is there is said by the calls on it.
     */
    SharedStore shared(String name);

    /**
     * A private group of this container's agent, by its name. Needs {@link GroupsPermission};
     * whether it is granted and the agent is a member is said by the calls on it.
     */
    GroupMessages group(String name);

    /**
     * Publishes up to 60,000 bytes, signed by this container's agent. Needs {@link
     * PublishPermission}.
     */
    void publish(String topic, byte[] payload) throws PluginException;

    /** Needs {@link SubscribePermission}. */
    void subscribe(String topic, TopicListener listener) throws PluginException;

    /**
     * Calls a tool of another plugin of this container. Needs {@link CallPermission}.
     *
     * @param json the input, a JSON object
     * @return the output, JSON
     */
    String call(String plugin, String tool, String json) throws PluginException;
}
