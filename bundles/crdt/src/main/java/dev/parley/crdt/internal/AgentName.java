package dev.parley.crdt.internal;

import dev.parley.crdt.api.Id;

/**
 * Whose operations are numbered together: an author's on one branch of the history.
 *
 * @param branch empty for the main line
 */
record AgentName(Id author, String branch) implements Comparable<AgentName> {
    @Override
    public int compareTo(AgentName other) {
        int byAuthor = author.compareTo(other.author);
        return byAuthor != 0 ? byAuthor : branch.compareTo(other.branch);
    }
}
