package dev.parley.crdt.internal.sequence;

import dev.parley.crdt.internal.sequence.SequenceSnapshot.Agents;
import java.util.Arrays;

/**
 * The longest runs of a sequence, which depend on its operations only: replicas split and join
 * their spans differently, but these runs are the same everywhere.
 */
final class SnapshotRuns {
    int count;
    int[] agents;
    int[] seqs;

    /** Negative for deleted elements. */
    int[] lengths;

    long[] keys;
    int[] rightAgents;
    int[] rightSeqs;

    SnapshotRuns(int capacity) {
        agents = new int[capacity];
        seqs = new int[capacity];
        lengths = new int[capacity];
        keys = new long[capacity];
        rightAgents = new int[capacity];
        rightSeqs = new int[capacity];
    }

    /** The runs by the places of their agents in the table. */
    static SnapshotRuns of(SpanTree tree, Agents ranks) {
        int spans = 0;
        for (Leaf at = tree.first(); at != null; at = at.next) {
            spans += at.count;
        }
        SnapshotRuns runs = new SnapshotRuns(spans);
        for (Leaf at = tree.first(); at != null; at = at.next) {
            for (int i = 0; i < at.count; i++) {
                runs.addSpan(at, i, ranks);
            }
        }
        return runs;
    }

    /** A span is mostly one piece; more only where an agent's place changes. */
    private void addSpan(Leaf at, int span, Agents ranks) {
        int agent = at.agent(span);
        int right = at.rightAgent(span);
        int rightRank = right == Sequence.NONE ? right : ranks.rank(right, at.rightSeq(span));
        int end = at.seq(span) + at.length(span);
        long key = at.key(span);
        for (int seq = at.seq(span); seq < end; ) {
            int stop = Math.min(end, ranks.endOf().applyAsInt(agent, seq));
            int length = at.isVisible(span) ? stop - seq : seq - stop;
            if (count == agents.length) {
                grow();
            }
            add(ranks.rank(agent, seq), seq, length, key, rightRank, at.rightSeq(span));
            if (joinsLast()) {
                count--;
                lengths[count - 1] += length;
            }
            key = ((key >>> 32) + stop - seq) << 32;
            seq = stop;
        }
    }

    private void grow() {
        int more = count + (count >> 1) + 1;
        agents = Arrays.copyOf(agents, more);
        seqs = Arrays.copyOf(seqs, more);
        lengths = Arrays.copyOf(lengths, more);
        keys = Arrays.copyOf(keys, more);
        rightAgents = Arrays.copyOf(rightAgents, more);
        rightSeqs = Arrays.copyOf(rightSeqs, more);
    }

    void add(int agent, int seq, int length, long key, int rightAgent, int rightSeq) {
        agents[count] = agent;
        seqs[count] = seq;
        lengths[count] = length;
        keys[count] = key;
        rightAgents[count] = rightAgent;
        rightSeqs[count] = rightSeq;
        count++;
    }

    int rightDepth(int run) {
        return (int) (keys[run] >>> 32);
    }

    int leftDepth(int run) {
        return (int) keys[run];
    }

    /** The right depth of the last element of a run. */
    int lastDepth(int run) {
        return run < 0 ? -1 : rightDepth(run) + Math.abs(lengths[run]) - 1;
    }

    /** Whether the last run only goes on with the one before it. */
    boolean joinsLast() {
        return joins(count - 1);
    }

    /** Whether a run only goes on with the one before it. */
    boolean joins(int b) {
        int a = b - 1;
        return a >= 0
                && seqs[a] + Math.abs(lengths[a]) == seqs[b]
                && agents[a] == agents[b]
                && (lengths[a] ^ lengths[b]) >= 0
                && keys[b] == (long) (lastDepth(a) + 1) << 32
                && rightAgents[a] == rightAgents[b]
                && rightSeqs[a] == rightSeqs[b];
    }

    /**
     * For each run the next one with a smaller key, or -1: its first element is the usual right
     * origin, and always so for a left child.
     */
    int[] usualRights() {
        int[] usual = new int[count];
        long[] openKeys = new long[count + 1];
        int[] open = new int[count + 1];
        openKeys[0] = -1;
        open[0] = -1;
        int top = 0;
        for (int i = count - 1; i >= 0; i--) {
            long key = keys[i];
            while (openKeys[top] >= key) {
                top--;
            }
            usual[i] = open[top];
            open[++top] = i;
            openKeys[top] = key;
        }
        return usual;
    }

    /** Whether a run has the right origin that it usually would. */
    boolean hasUsualRight(int run, int usual) {
        return usual < 0
                ? rightAgents[run] == Sequence.NONE
                : rightAgents[run] == agents[usual] && rightSeqs[run] == seqs[usual];
    }

    /** Makes the first element of one run the right origin of another. */
    void setRight(int run, int right) {
        rightAgents[run] = agents[right];
        rightSeqs[run] = seqs[right];
    }

    void setSameRight(int run, int other) {
        rightAgents[run] = rightAgents[other];
        rightSeqs[run] = rightSeqs[other];
    }

    void setNoRight(int run) {
        rightAgents[run] = Sequence.NONE;
        rightSeqs[run] = 0;
    }

    private static final int FEW = 256;
    private static final int FEW_BITS = 8;
    private static final int DIGIT_BITS = 11;
    private static final int DIGIT = (1 << DIGIT_BITS) - 1;

    /** The runs by agent and then seq, as numbers of runs. */
    int[] byId() {
        return count < FEW ? fewById() : manyById();
    }

    private int[] fewById() {
        long[] sorted = new long[count];
        for (int i = 0; i < count; i++) {
            sorted[i] = ((long) agents[i] << Integer.SIZE - 1 | seqs[i]) << FEW_BITS | i;
        }
        Arrays.sort(sorted);
        int[] result = new int[count];
        for (int i = 0; i < count; i++) {
            result[i] = (int) sorted[i] & FEW - 1;
        }
        return result;
    }

    /** Digit by digit, the lowest first, and then by agent. */
    private int[] manyById() {
        int highest = 0;
        int highestAgent = 0;
        for (int i = 0; i < count; i++) {
            highest |= seqs[i];
            highestAgent |= agents[i];
        }
        int[] source = new int[count];
        int[] target = new int[count];
        for (int i = 0; i < count; i++) {
            source[i] = i;
        }
        int[] ends = new int[DIGIT + 1];
        for (int pass = 0; pass < 2; pass++) {
            int[] keys = pass == 0 ? seqs : agents;
            int bits = pass == 0 ? highest : highestAgent;
            for (int shift = 0; shift < Integer.SIZE && bits >>> shift > 0; shift += DIGIT_BITS) {
                Arrays.fill(ends, 0);
                for (int i = 0; i < count; i++) {
                    ends[keys[i] >>> shift & DIGIT]++;
                }
                int end = 0;
                for (int i = 0; i <= DIGIT; i++) {
                    int here = ends[i];
                    ends[i] = end;
                    end += here;
                }
                for (int i = 0; i < count; i++) {
                    int run = source[i];
                    target[ends[keys[run] >>> shift & DIGIT]++] = run;
                }
                int[] sorted = target;
                target = source;
                source = sorted;
            }
        }
        return source;
    }
}
