package dev.parley.direct.api;

import dev.parley.identity.api.AgentId;
import dev.parley.identity.api.MachineId;

/** Who asks; proved by the connection. */
public record Caller(AgentId agent, MachineId machine) {}
