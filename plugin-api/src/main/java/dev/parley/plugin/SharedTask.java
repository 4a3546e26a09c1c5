package dev.parley.plugin;

import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** A task as it was when it was asked for; a claim of somebody else may be on its way here. */
@ProviderType
public interface SharedTask {
    /** The same in every container. */
    String id();

    String title();

    Status status();

    /** The id of the agent that has the task or did it, in hex; nothing if nobody has it. */
    Optional<String> holder();

    /** Whether the holder is this container's agent. */
    boolean ours();

    /**
     * What who takes the result of the work may ask for, so that only the holder's is taken; there
     * if a holder is.
     */
    Optional<String> fence();

    /** What the holder finished with, as JSON; nothing before. */
    Optional<String> result();

    /** How far it is. A claim whose lease has run out counts until somebody says so. */
    enum Status {
        OPEN,
        CLAIMED,
        DONE,
        CANCELLED
    }
}
