package dev.parley.stores.api;

import dev.parley.crdt.api.Undoable;
import java.util.List;

/**
 * What this agent can take back in a store, and do again.
 *
 * @param undoable what stands, the last one first
 * @param redoable what was taken back, the last one first
 */
public record UndoList(List<Undoable> undoable, List<Undoable> redoable) {}
