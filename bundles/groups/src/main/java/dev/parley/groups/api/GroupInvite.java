package dev.parley.groups.api;

import dev.parley.identity.api.AgentId;
import java.time.Instant;

/**
 * An invite that admits one agent, once.
 *
 * @param id 32 hex digits
 * @param inviter the admin who made it
 * @param link what to pass on, {@code parley://group/…}; whoever has it may join. Empty where the
 *     invite was made by another admin: only its maker has the link
 */
public record GroupInvite(String id, GroupId group, AgentId inviter, Instant expires, String link) {
    /** Does not show the link. */
    @Override
    public String toString() {
        return "GroupInvite[" + id + " of " + group + " until " + expires + "]";
    }
}
