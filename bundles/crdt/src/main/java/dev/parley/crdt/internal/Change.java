package dev.parley.crdt.internal;

import dev.parley.crdt.api.Id;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The unit of everything: what one author did at once, and what was known then.
 *
 * @param prev the author's change before; null for the first
 * @param start the number of the first operation
 * @param time hybrid logical clock: milliseconds in the upper 48 bits
 */
record Change(
        Id store,
        AgentName agent,
        int seq,
        @Nullable Id prev,
        int start,
        List<Id> dependencies,
        long time,
        String message,
        List<Operation> operations) {

    Change(
            Id store,
            Id author,
            int seq,
            @Nullable Id prev,
            int start,
            List<Id> dependencies,
            long time,
            String branch,
            String message,
            List<Operation> operations) {
        this(
                store,
                new AgentName(author, branch),
                seq,
                prev,
                start,
                dependencies,
                time,
                message,
                operations);
    }

    Id author() {
        return agent.author();
    }

    String branch() {
        return agent.branch();
    }

    int length() {
        int length = 0;
        for (int i = 0; i < operations.size(); i++) {
            length += operations.get(i).length();
        }
        return length;
    }
}
