package dev.parley.plugin;

import java.time.Instant;
import org.osgi.annotation.versioning.ProviderType;

/** A message of a group. That its author was a member and wrote exactly this was checked. */
@ProviderType
public interface GroupMessage {
    /** This container's number for it, from 1, in the order in which messages came here. */
    long sequence();

    /** The same in every container. */
    String id();

    /** The id of the agent that sent it, in hex. */
    String author();

    /** Whether this container's agent sent it. */
    boolean ours();

    /** When it was sent, by its author's clock. */
    Instant time();

    /**
     * Sorts messages as text in the same way in every container: what somebody answers comes before
     * the answer.
     */
    String order();

    /** A media type. */
    String type();

    /** A copy. */
    byte[] payload();
}
