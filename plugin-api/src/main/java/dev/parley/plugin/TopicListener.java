package dev.parley.plugin;

import org.osgi.annotation.versioning.ConsumerType;

/** Takes messages of a topic. Called on a thread of the plugin, one message at a time. */
@ConsumerType
public interface TopicListener {
    /**
     * @param author the id of the agent that published it, in hex; its signature was checked
     */
    void received(String topic, String author, byte[] payload);
}
