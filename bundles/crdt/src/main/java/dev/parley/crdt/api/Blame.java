package dev.parley.crdt.api;

/**
 * A piece of a text and the change that wrote it.
 *
 * @param position of its first code point
 */
public record Blame(int position, int length, Id author, Id change) {}
