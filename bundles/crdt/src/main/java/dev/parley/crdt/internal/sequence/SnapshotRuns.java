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
        int b = count - 1;
        int a = b - 1;
        return a >= 0
                && agents[a] == agents[b]
                && seqs[a] + Math.abs(lengths[a]) == seqs[b]
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
        int[] stack = new int[count];
        int size = 0;
        for (int i = count - 1; i >= 0; i--) {
            while (size > 0 && keys[stack[size - 1]] >= keys[i]) {
                size--;
            }
            usual[i] = size == 0 ? -1 : stack[size - 1];
            stack[size++] = i;
        }
        return usual;
    }

    /** Whether a run has the right origin that it usually would. */
    boolean hasUsualRight(int run, int usual) {
        return usual < 0
                ? rightAgents[run] == Sequence.NONE
                : rightAgents[run] == agents[usual] && rightSeqs[run] == seqs[usual];
    }

    /** The runs by agent and then seq, as numbers of runs. */
    int[] byId(int agentCount) {
        int[] starts = new int[agentCount + 1];
        for (int i = 0; i < count; i++) {
            starts[agents[i] + 1]++;
        }
        for (int i = 0; i < agentCount; i++) {
            starts[i + 1] += starts[i];
        }
        int[] ends = Arrays.copyOf(starts, agentCount);
        long[] sorted = new long[count];
        for (int i = 0; i < count; i++) {
            sorted[ends[agents[i]]++] = (long) seqs[i] << 32 | i;
        }
        int[] result = new int[count];
        for (int agent = 0; agent < agentCount; agent++) {
            sort(sorted, starts[agent], starts[agent + 1]);
        }
        for (int i = 0; i < count; i++) {
            result[i] = (int) sorted[i];
        }
        return result;
    }

    private static final int FEW = 256;
    private static final int DIGIT_BITS = 11;

    /** By seq, which is in the upper half: digit by digit, the lowest first. */
    private static void sort(long[] keys, int from, int to) {
        long most = 0;
        for (int i = from; i < to; i++) {
            most = Math.max(most, keys[i]);
        }
        if (to - from < FEW) {
            Arrays.sort(keys, from, to);
            return;
        }
        long[] source = Arrays.copyOfRange(keys, from, to);
        long[] target = new long[source.length];
        int[] ends = new int[1 << DIGIT_BITS];
        for (int shift = 32; shift < Long.SIZE - 1 && most >>> shift > 0; shift += DIGIT_BITS) {
            Arrays.fill(ends, 0);
            for (long key : source) {
                ends[(int) (key >>> shift) & ends.length - 1]++;
            }
            int end = 0;
            for (int i = 0; i < ends.length; i++) {
                int here = ends[i];
                ends[i] = end;
                end += here;
            }
            for (long key : source) {
                target[ends[(int) (key >>> shift) & ends.length - 1]++] = key;
            }
            long[] sorted = target;
            target = source;
            source = sorted;
        }
        System.arraycopy(source, 0, keys, from, source.length);
    }
}
