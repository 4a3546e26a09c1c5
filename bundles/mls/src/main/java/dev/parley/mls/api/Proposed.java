package dev.parley.mls.api;

/**
 * One's own proposal. The caller saves the next state, then sends: an older copy cannot follow a
 * commit that names the proposal.
 *
 * @param next the state with the proposal queued; to be saved before the message is sent, or a
 *     restored state may not be able to follow a commit that names it
 * @param message to be sent, an {@code MLSMessage}
 * @param reference what a commit names it by
 */
public record Proposed(GroupState next, byte[] message, byte[] reference) {}
