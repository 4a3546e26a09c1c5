package dev.parley.groups.internal.core;

import dev.parley.groups.api.GroupEvent;
import dev.parley.groups.api.GroupException;
import dev.parley.groups.internal.format.SyncMessage;
import dev.parley.identity.api.AgentId;
import java.util.Map;
import java.util.Optional;

/**
 * What a core wants done. In this order, one after the other: what comes after a {@link Persist}
 * rests on it, and is not done if it fails.
 */
public sealed interface Effect {
    /** All of these or none; an empty value removes the key. */
    record Persist(Map<String, Optional<byte[]>> changes) implements Effect {}

    /** Hear this topic from now on. */
    record Follow(String topic) implements Effect {}

    record Publish(String topic, byte[] payload) implements Effect {}

    /** The answer comes back as {@link GroupCore#answered} or {@link GroupCore#unanswered}. */
    record Ask(AgentId to, SyncMessage.Question question) implements Effect {}

    record Tell(GroupEvent event) implements Effect {}

    /** A welcome came and is on disk. */
    record Joined() implements Effect {}

    /** The join is over. */
    record NotJoined(GroupException cause) implements Effect {}

    /** Nothing of this group is to be kept. */
    record Forget() implements Effect {}
}
