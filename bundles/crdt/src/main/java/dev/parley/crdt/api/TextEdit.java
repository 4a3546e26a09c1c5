package dev.parley.crdt.api;

/**
 * One edit on the way from one text to another: at the position, in code points of the text as the
 * edits before left it, this many are removed and then this text stands there.
 */
public record TextEdit(int position, int removed, String inserted) {}
