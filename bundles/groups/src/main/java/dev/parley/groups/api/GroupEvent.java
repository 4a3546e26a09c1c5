package dev.parley.groups.api;

import dev.parley.identity.api.AgentId;

/** Something that happened in a group, told once and after it is on this disk. */
public sealed interface GroupEvent {
    GroupId group();

    record MessageReceived(GroupMessage message) implements GroupEvent {
        @Override
        public GroupId group() {
            return message.group();
        }
    }

    record MemberJoined(GroupId group, AgentId agent) implements GroupEvent {}

    /** It left, or was removed. */
    record MemberGone(GroupId group, AgentId agent) implements GroupEvent {}

    record RoleChanged(GroupId group, AgentId agent, GroupRole role) implements GroupEvent {}

    record Renamed(GroupId group, String name, String description) implements GroupEvent {}

    /** How we stand to the group changed. */
    record StatusChanged(GroupId group, GroupStatus status) implements GroupEvent {}

    /**
     * Members changed the group at the same time, and another's change went first. What ours said
     * is said again where it is still missing.
     *
     * @param undone how many changes were taken back here
     */
    record Reordered(GroupId group, int undone) implements GroupEvent {}
}
