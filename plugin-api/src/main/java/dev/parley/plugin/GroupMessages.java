package dev.parley.plugin;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The messages of one private group that the container's agent is in. The plugin sends as that
 * agent; only those who are members when a message is sent can read it.
 *
 * <p>Members see the same messages, but not at the same time: one who was away gets some later, and
 * messages that were sent at the same time may come in either order. A message is kept for a while,
 * not for ever.
 *
 * <p><b>Threads:</b> any thread may call; calls block until the container answers. <b>Nulls:</b>
 * none. <b>Failure:</b> {@link PluginException}: PERMISSION_DENIED, NOT_FOUND, AMBIGUOUS if several
 * groups have the name, NOT_ACTIVE if the agent is no member now, INVALID, TOO_LARGE, QUOTA, BUSY,
 * CLOSED or DISK.
 */
@ProviderType
public interface GroupMessages {
    /**
     * Sends up to 32,768 bytes. When this returns the message is on this container's disk; it
     * reaches others when they are connected.
     *
     * @param type a media type of at most 64 characters, by which readers know what it is, {@code
     *     text/plain} for what people read
     */
    GroupMessage send(String type, byte[] payload) throws PluginException;

    /**
     * What is kept here, the agent's own messages among them, in the order in which it came here.
     *
     * @param after the sequence of the message to go on behind; 0 for all that is kept
     * @param limit how many at most, 1 to 1000; fewer come if they are large, so go on until none
     *     comes
     */
    List<GroupMessage> since(long after, int limit) throws PluginException;

    /**
     * Tells of each message from now on, whoever sent it, until the group gets a name that was not
     * granted. A plugin that is slow misses some; what it missed is in {@link #since}.
     */
    void listen(GroupListener listener) throws PluginException;
}
