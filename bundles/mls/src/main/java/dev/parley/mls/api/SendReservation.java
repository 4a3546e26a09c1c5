package dev.parley.mls.api;

/**
 * Generations of the own sending keys that are set aside. Once {@link #encoded()} is durable the
 * caller says so, and only then may they encrypt: so a state restored from an older copy together
 * with every durable reservation never encrypts two messages with one key and nonce.
 *
 * <p>A restored state leaves out what was reserved and not used. Receivers accept {@link
 * MlsLimits#maxForward} generations ahead of the last one they saw; so reserve a few dozen at a
 * time, and not anew before those are used.
 */
public interface SendReservation {
    /** Some tens of bytes, no secrets. */
    byte[] encoded();

    /** The caller promises that {@link #encoded()} survives whatever happens. */
    void durable();
}
