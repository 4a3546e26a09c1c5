package dev.parley.crdt.internal.sequence;

import java.util.Arrays;

/**
 * Ids of elements in the order of their operations, as runs. Element i of a run has the seq {@code
 * first + i}, or {@code first - i} in a backward run as backspacing makes them. Neighbouring runs
 * are joined, so the runs depend on the order of the elements only. Not thread-safe.
 */
public final class IdRuns {
    private int[] agents = new int[4];
    private int[] firsts = new int[4];
    private int[] counts = new int[4];
    private boolean[] backwards = new boolean[4];
    private int size;
    private long total;

    /** How many runs there are. */
    public int size() {
        return size;
    }

    /** How many elements all runs have together. */
    public long total() {
        return total;
    }

    public int agent(int run) {
        return agents[run];
    }

    /** The seq of the element that comes first, which is the highest of a backward run. */
    public int first(int run) {
        return firsts[run];
    }

    public int count(int run) {
        return counts[run];
    }

    /** False for a run of one element. */
    public boolean backward(int run) {
        return backwards[run];
    }

    public void clear() {
        size = 0;
        total = 0;
    }

    /** Adds elements behind the present ones. */
    public void add(int agent, int first, int count, boolean backward) {
        total += count;
        int at = first;
        int left = count;
        // A run of the other direction can still give its first element to the run before.
        if (left > 0 && joins(agent, at, left > 1, backward)) {
            if (left > 1 && counts[size - 1] > 1 && backwards[size - 1] != backward) {
                counts[size - 1]++;
                at += backward ? -1 : 1;
                left--;
            } else if (left > 1 && counts[size - 1] == 1 && stepOf(at) != (backward ? -1 : 1)) {
                backwards[size - 1] = stepOf(at) < 0;
                counts[size - 1]++;
                at += backward ? -1 : 1;
                left--;
            } else {
                backwards[size - 1] = stepOf(at) < 0;
                counts[size - 1] += left;
                return;
            }
        }
        if (left > 0) {
            append(agent, at, left, left > 1 && backward);
        }
    }

    private int stepOf(int at) {
        int last = size - 1;
        return counts[last] == 1 ? at - firsts[last] : backwards[last] ? -1 : 1;
    }

    private boolean joins(int agent, int at, boolean many, boolean backward) {
        if (size == 0 || agents[size - 1] != agent) {
            return false;
        }
        int last = size - 1;
        if (counts[last] == 1) {
            return at == firsts[last] + 1 || at == firsts[last] - 1;
        }
        return at == (backwards[last] ? firsts[last] - counts[last] : firsts[last] + counts[last]);
    }

    private void append(int agent, int first, int count, boolean backward) {
        if (size == agents.length) {
            int capacity = size + (size >> 1) + 4;
            agents = Arrays.copyOf(agents, capacity);
            firsts = Arrays.copyOf(firsts, capacity);
            counts = Arrays.copyOf(counts, capacity);
            backwards = Arrays.copyOf(backwards, capacity);
        }
        agents[size] = agent;
        firsts[size] = first;
        counts[size] = count;
        backwards[size] = backward;
        size++;
    }
}
