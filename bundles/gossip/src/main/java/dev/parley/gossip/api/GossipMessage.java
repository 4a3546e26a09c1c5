package dev.parley.gossip.api;

import dev.parley.identity.api.AgentId;
import dev.parley.identity.api.MachineId;
import java.time.Instant;

/**
 * A message whose signature holds and whose author was admitted. The payload array is shared: do
 * not change it.
 *
 * @param via the neighbour it came from, or our own machine
 * @param id certificate id and sequence in hex, fixed by the author
 */
public record GossipMessage(
        String id,
        Topic topic,
        AgentId author,
        MachineId machine,
        Instant time,
        byte[] payload,
        MachineId via) {}
