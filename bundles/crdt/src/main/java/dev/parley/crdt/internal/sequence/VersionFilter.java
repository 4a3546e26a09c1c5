package dev.parley.crdt.internal.sequence;

/** A version: for each agent the operations from 0 up to a number. */
@FunctionalInterface
public interface VersionFilter {
    /** How many operations of the agent belong to the version: those with a seq below this. */
    int end(int agent);
}
