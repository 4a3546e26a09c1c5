package dev.parley.host.api;

import dev.parley.wire.api.Value;

/**
 * What a tool is called and what it takes and gives (JSON Schema, the subset of the descriptor's
 * format).
 *
 * @param plugin the plugin's name; {@code parley.ROOM} for the container's own operations
 */
public record ToolSpec(
        String plugin,
        String name,
        String title,
        String description,
        Value.Map inputSchema,
        Value.Map outputSchema,
        String effects,
        String audience) {}
