package dev.parley.trust.api;

/** How far an agent is trusted, lowest first. */
public enum TrustLevel {
    /** Refused everywhere: no connection, no message delivered or relayed, no plugin. */
    BLOCKED,
    /** Nothing is known of it. */
    UNKNOWN,
    /** Somebody we have met. */
    KNOWN,
    TRUSTED
}
