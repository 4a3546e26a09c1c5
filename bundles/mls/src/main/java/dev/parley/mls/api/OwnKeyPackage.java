package dev.parley.mls.api;

/**
 * A key package of one's own: the public message to give away, and the private keys to keep until
 * it was used once.
 *
 * @param message an {@code MLSMessage} with the key package
 * @param reference what a welcome names it by (RFC 9420 section 5.2)
 * @param privateKeys secret; the caller seals it at rest, and deletes it after joining
 */
public record OwnKeyPackage(byte[] message, byte[] reference, byte[] privateKeys) {}
