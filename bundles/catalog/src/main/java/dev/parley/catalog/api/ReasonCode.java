package dev.parley.catalog.api;

/** Why a plugin was refused. Stable: the same on every surface. */
public enum ReasonCode {
    NOT_FOUND,
    AMBIGUOUS,
    TOO_LARGE,
    PUBLISHER_BLOCKED,
    PUBLISHER_UNKNOWN,
    MALFORMED,
    BAD_SIGNATURE,
    ROLLBACK,
    EQUIVOCATION,
    CLOCK,
    API_UNSUPPORTED,
    NO_SANDBOX,
    CONSENT_REQUIRED,
    FETCH_NO_HOLDER,
    FETCH_STALLED,
    FETCH_BAD_CHUNK,
    HASH_MISMATCH,
    DISK_FULL,
    BAD_ARCHIVE,
    BAD_MANIFEST,
    DESCRIPTOR_MISMATCH,
    START_FAILED,
    UNHEALTHY,
    ALREADY_INSTALLED,
    NOT_INSTALLED,
    FAILED
}
