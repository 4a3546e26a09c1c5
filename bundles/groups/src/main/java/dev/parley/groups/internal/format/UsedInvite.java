package dev.parley.groups.internal.format;

import dev.parley.identity.api.AgentId;
import java.time.Instant;
import java.util.HexFormat;

/**
 * An invite that admitted somebody.
 *
 * @param id 32 hex digits
 * @param expires when it may be forgotten
 */
public record UsedInvite(String id, AgentId agent, Instant expires) {
    public byte[] idBytes() {
        return HexFormat.of().parseHex(id);
    }
}
