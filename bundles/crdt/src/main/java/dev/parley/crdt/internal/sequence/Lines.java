package dev.parley.crdt.internal.sequence;

import org.jspecify.annotations.Nullable;

/**
 * What a sequence keeps of each agent that wrote to it, by the agent's number. Only those take
 * room: there may be many sequences, and many agents that wrote to others. Not thread-safe.
 */
final class Lines {
    /** One agent's elements here. */
    static final class Line {
        final int agent;
        final SeqIndex index = new SeqIndex();

        /** Null in a sequence without content. */
        final @Nullable ContentPool pool;

        Line(int agent, @Nullable ContentPool pool) {
            this.agent = agent;
            this.pool = pool;
        }
    }

    /** Of nobody. */
    static final Line NONE = new Line(Sequence.NONE, null);

    private final boolean hasContent;

    /** A hash table; a line stands at its place or at the first free one behind, around the end. */
    private @Nullable Line[] table = new Line[2];

    private int count;

    Lines(boolean hasContent) {
        this.hasContent = hasContent;
    }

    /** Null if nothing of the agent is here. */
    @Nullable Line find(int agent) {
        return table[place(table, agent)];
    }

    /** That of an agent, made on first use. */
    Line findOrMake(int agent) {
        Line line = find(agent);
        if (line == null) {
            if (4 * (count + 1) > 3 * table.length) {
                grow();
            }
            line = new Line(agent, hasContent ? new ContentPool() : null);
            table[place(table, agent)] = line;
            count++;
        }
        return line;
    }

    private void grow() {
        Line[] larger = new Line[2 * table.length];
        for (Line line : table) {
            if (line != null) {
                larger[place(larger, line.agent)] = line;
            }
        }
        table = larger;
    }

    /** Where the agent's line is, or would be. */
    private static int place(@Nullable Line[] in, int agent) {
        int mask = in.length - 1;
        // Numbers are dense; what is written to by every n-th agent is spread all the same.
        int at = (agent * 0x9E3779B9) >>> Integer.numberOfLeadingZeros(mask);
        for (Line line = in[at]; line != null && line.agent != agent; line = in[at]) {
            at = (at + 1) & mask;
        }
        return at;
    }
}
