package dev.parley.plugin;

import org.osgi.annotation.versioning.ConsumerType;

/** Takes messages of a group. Called on a thread of the plugin, one message at a time. */
@ConsumerType
public interface GroupListener {
    void received(GroupMessage message);
}
