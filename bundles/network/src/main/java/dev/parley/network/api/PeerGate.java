package dev.parley.network.api;

import dev.parley.identity.api.AgentId;
import dev.parley.identity.api.MachineId;
import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;

/** Registered as a service by the room that decides whom we talk to. Must answer at once. */
@ConsumerType
public interface PeerGate {
    /**
     * @return why this peer is refused, or nothing
     */
    Optional<String> refuse(AgentId agent, MachineId machine);
}
