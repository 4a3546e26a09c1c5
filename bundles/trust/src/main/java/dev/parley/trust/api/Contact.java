package dev.parley.trust.api;

import dev.parley.identity.api.AgentId;
import dev.parley.identity.api.MachineId;
import java.util.Set;

/**
 * What is remembered of an agent.
 *
 * @param name what the owner calls it; may be empty
 * @param pins the only machines it may speak from; empty for any
 */
public record Contact(AgentId agent, String name, TrustLevel level, Set<MachineId> pins) {
    public static final int MAX_NAME_CHARS = 64;

    public Contact {
        pins = Set.copyOf(pins);
    }
}
