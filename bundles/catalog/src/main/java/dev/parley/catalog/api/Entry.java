package dev.parley.catalog.api;

import dev.parley.identity.api.AgentId;
import dev.parley.identity.api.MachineId;
import dev.parley.storage.api.Hash;
import java.util.Map;

/**
 * An announced plugin.
 *
 * @param descriptor the hash of the signed descriptor
 * @param holders who says that it serves the bytes, and where each listens
 */
public record Entry(
        Hash descriptor,
        String bsn,
        String version,
        String name,
        String title,
        AgentId publisher,
        long size,
        long sequence,
        String topic,
        Map<MachineId, String> holders) {
    public Entry {
        holders = Map.copyOf(holders);
    }
}
