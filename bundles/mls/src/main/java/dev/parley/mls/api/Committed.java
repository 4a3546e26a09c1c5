package dev.parley.mls.api;

import java.util.Optional;

/**
 * One's own commit, not taken yet. The caller saves the next state, then sends.
 *
 * @param staged as others see it
 * @param message the commit, an {@code MLSMessage}
 * @param welcome for those who were added, an {@code MLSMessage}
 */
public record Committed(StagedCommit staged, byte[] message, Optional<byte[]> welcome) {}
