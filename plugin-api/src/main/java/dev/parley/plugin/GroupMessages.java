package dev.parley.plugin;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The messages of one private group that the container's agent is a member of. The plugin sends as
 * that agent; only those who are members when a message is sent can read it.
 *
 * <p>Members see the same messages, but one who was away may see some later than others, and
 * messages that were written at the same time may arrive in either order. A message is kept for a
 * while, not for ever.
 *
 * <p><b>Threads:</b> any thread may call; calls block until the container answers. <b>Nulls:</b>
 * none. <b>Failure:</b> {@link PluginException}: PERMISSION_DENIED, NO_SUCH_GROUP, AMBIGUOUS if
 * several groups have the name, NOT_MEMBER, INVALID, TOO_LARGE, QUOTA, BUSY or DISK.
 */
@ProviderType
public interface GroupMessages {
    /**
     * Sends up to 32,768 bytes. When this returns the message is on this container's disk; it
     * reaches others when they are connected.
     *
     * @return its id
     */
    String send(byte[] payload) throws PluginException;

    /**
     * What is kept here, oldest first, the plugin's own messages among them.
     *
     * @param after the id of the message to go on behind; empty for the oldest that is kept. One
     *     that is not kept any more is INVALID
     * @param limit how many at most, 1 to 1000; fewer come if they are large, so go on until none
     *     comes
     */
    List<GroupMessage> since(String after, int limit) throws PluginException;

    /** Tells of each message from now on, whoever sent it. A plugin that is slow misses some. */
    void listen(GroupListener listener) throws PluginException;
}
