package dev.parley.groups.api;

import dev.parley.identity.api.AgentId;

/**
 * A member of a group.
 *
 * @param self whether that is this container's agent
 */
public record GroupMember(AgentId agent, GroupRole role, boolean self) {}
