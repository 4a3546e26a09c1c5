package dev.parley.crdt.api;

import java.util.List;

/**
 * What is different under one path.
 *
 * @param before as text, empty if there was nothing
 * @param after as text, empty if there is nothing
 * @param edits how a text got from one to the other; empty for other types
 */
public record Difference(Path path, String before, String after, List<TextEdit> edits) {}
