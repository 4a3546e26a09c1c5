package dev.parley.groups.api;

import dev.parley.identity.api.AgentId;
import java.time.Instant;

/**
 * Something that a member said. The array is shared: do not change it.
 *
 * @param sequence this container's number for it, from 1, in the order in which it came here
 * @param id 64 hex digits, the same at all members
 * @param order sorts as its writers saw it: what somebody answers comes before the answer. The same
 *     at all members
 * @param time when it was sent, by the sender's clock
 * @param type a media type such as {@code text/plain}
 */
public record GroupMessage(
        GroupId group,
        long sequence,
        String id,
        AgentId sender,
        String order,
        Instant time,
        String type,
        byte[] content) {
    /** Whatever does not fit goes over a blob or a store. */
    public static final int MAX_CONTENT_BYTES = 32_768;

    public static final int MAX_TYPE_CHARS = 64;

    public static final String TEXT = "text/plain";

    /** Does not show the content. */
    @Override
    public String toString() {
        return "GroupMessage[" + id + " from " + sender + ", " + content.length + " bytes]";
    }
}
