package dev.parley.catalog.api;

import dev.parley.identity.api.AgentId;
import java.time.Instant;

/**
 * An announcement that was not taken into the catalog.
 *
 * @param code MALFORMED or TOO_LARGE
 * @param message what was found and what was expected
 */
public record Refusal(
        Instant time, AgentId author, String topic, ReasonCode code, String message) {}
