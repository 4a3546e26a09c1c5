package dev.parley.trust.api;

import dev.parley.identity.api.AgentId;
import dev.parley.identity.api.MachineId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The contacts of this container. A change is on disk before the call returns, and holds everywhere
 * within a second: a blocked agent's connections end, its messages stop, its plugins stop.
 *
 * <p><b>Threads:</b> any thread may call; changes block on the disk. <b>Nulls:</b> none.
 */
@ProviderType
public interface TrustStore {
    List<Contact> contacts();

    Optional<Contact> contact(AgentId agent);

    /**
     * @return the level, UNKNOWN if it is no contact
     */
    TrustLevel level(AgentId agent);

    Decision evaluate(AgentId agent, MachineId machine);

    /**
     * @throws TrustException if it cannot be written
     */
    void set(AgentId agent, TrustLevel level, Optional<String> name) throws TrustException;

    /** Adds from a card: raises UNKNOWN to KNOWN, never lowers, never lifts a block. */
    void introduce(AgentId agent, String name) throws TrustException;

    void pins(AgentId agent, Set<MachineId> machines) throws TrustException;

    /** Forgets it, with its level and pins; a revoked agent stays refused all the same. */
    void remove(AgentId agent) throws TrustException;

    /**
     * Blocks it for good: its key was stolen, say. From then on every level that is set for it is
     * BLOCKED, and nothing undoes that.
     */
    void revoke(AgentId agent) throws TrustException;

    boolean revoked(AgentId agent);

    /**
     * @return what is wrong with the store, for people; nothing if all is well
     */
    Optional<String> damage();
}
