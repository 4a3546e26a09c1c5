package dev.parley.crdt.api;

/**
 * A node of a tree.
 *
 * @param parent {@link ElementId#ROOT} for those at the top
 */
public record TreeNode(ElementId id, ElementId parent, Scalar label) {}
