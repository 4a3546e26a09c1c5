package dev.parley.gossip.api;

import dev.parley.identity.api.AgentId;
import dev.parley.identity.api.MachineId;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Registered as a service: whose messages are neither delivered nor relayed. Must answer at once.
 */
@ConsumerType
public interface MessageGate {
    boolean admit(AgentId author, MachineId machine);
}
