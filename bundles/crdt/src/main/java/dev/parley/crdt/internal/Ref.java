package dev.parley.crdt.internal;

import dev.parley.crdt.api.Id;
import org.jspecify.annotations.Nullable;

/**
 * An operation, named so that every replica finds the same one.
 *
 * @param agent who made it; null for the agent of the change that names it
 * @param fork for an agent with two changes of one sequence number in the past: a change of it,
 *     from which the operation lies back by {@code prev}
 * @param number the operation's number
 */
record Ref(@Nullable AgentName agent, @Nullable Id fork, int number) {
    static Ref own(int number) {
        return new Ref(null, null, number);
    }
}
