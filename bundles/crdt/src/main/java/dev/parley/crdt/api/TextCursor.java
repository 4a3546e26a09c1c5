package dev.parley.crdt.api;

import java.util.Optional;

/**
 * A place in a text that stays with its neighbour whatever others do.
 *
 * @param element the code point it is beside; empty for the start or the end
 * @param after whether it stands after the element (or at the start), not before it (or at the end)
 */
public record TextCursor(Optional<ElementId> element, boolean after) {}
