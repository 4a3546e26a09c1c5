package dev.parley.crdt.internal.sequence;

import java.util.function.IntBinaryOperator;
import java.util.function.IntUnaryOperator;

/** What a snapshot of a sequence holds, and the names of its columns. */
public final class SequenceSnapshot {
    static final int FORMAT = 2;

    static final int TEXT = 1;
    static final int DELETED_CONTENT = 2;
    static final int DELETIONS = 4;

    /** Columns of runs; all are critical, so odd. */
    static final int RUN_AGENT = 1;

    static final int RUN_SEQ = 3;
    static final int RUN_LENGTH = 5;
    static final int RUN_RISE = 7;
    static final int RUN_LEFT_DEPTH = 9;
    static final int RUN_OTHER_RIGHT = 11;
    static final int RIGHT_AGENT = 13;
    static final int RIGHT_SEQ = 15;
    static final int VISIBLE_TEXT = 17;
    static final int DELETED_TEXT = 19;

    /** The orders of the codes in which these are, by what sizes are frequent. */
    static final int SEQ_ORDER = 7;

    static final int LENGTH_ORDER = 2;
    static final int DEPTH_ORDER = 0;

    /** Columns of deletions. */
    static final int DELETION_AGENT = 21;

    static final int DELETION_SEQ = 23;
    static final int TARGET_AGENT = 25;
    static final int TARGET_FIRST = 27;
    static final int TARGET_COUNT = 29;

    /**
     * What a reader accepts; more is refused before memory is taken for it.
     *
     * @param maxElements visible and deleted ones together
     * @param maxRuns runs of elements, and also rows of deletions
     */
    public record Limits(int maxElements, int maxRuns) {}

    /**
     * What to write.
     *
     * @param deletedContent whether to write the content of deleted elements, for time travel
     * @param deletions whether to write which operations deleted them, for full history
     */
    public record Parts(boolean deletedContent, boolean deletions) {
        /** What is visible, and what merging needs. */
        public static final Parts STATE = new Parts(false, false);

        /** Everything. */
        public static final Parts HISTORY = new Parts(true, true);
    }

    /**
     * The agents by their place in a table that all replicas sort alike. Replicas may number agents
     * differently where one forked, so that a place can depend on the seq too.
     *
     * @param count agents in the table
     * @param rankOf the place in the table of a dense agent's element, by its seq
     * @param endOf the first higher seq of the agent that may have another place
     * @param agentOf the dense agent at a place in the table
     */
    public record Agents(
            int count,
            IntBinaryOperator rankOf,
            IntBinaryOperator endOf,
            IntUnaryOperator agentOf) {
        public Agents(int count, IntUnaryOperator rankOf, IntUnaryOperator agentOf) {
            this(
                    count,
                    (agent, seq) -> rankOf.applyAsInt(agent),
                    (agent, seq) -> Integer.MAX_VALUE,
                    agentOf);
        }

        int rank(int agent, int seq) {
            return rankOf.applyAsInt(agent, seq);
        }
    }

    private SequenceSnapshot() {}
}
