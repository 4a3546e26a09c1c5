package dev.parley.plugin;

import java.time.Instant;
import org.osgi.annotation.versioning.ProviderType;

/** A message of a group. That its author was a member and wrote exactly this was checked. */
@ProviderType
public interface GroupMessage {
    /** The same in every container. */
    String id();

    /** The id of the agent that sent it, in hex. */
    String author();

    /** Whether this container's agent sent it. */
    boolean ours();

    /** When its author says that it was sent. */
    Instant time();

    /** A copy. */
    byte[] payload();
}
