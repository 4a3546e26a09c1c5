package dev.parley.crdt.api;

/** An element of a list; it keeps its id when it moves. */
public record ListElement(ElementId id, Scalar value) {}
