package dev.parley.crdt.internal.sequence;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Which operation deleted which element: the cold side of a sequence, only read for time travel,
 * blame and undo. Rows are appended as deletions come; element i of a row was deleted by the
 * operation (agent, seq + i). An element that several operations deleted is in several rows.
 */
final class DeletionLog {
    private static final int STRIDE = 5;

    /** agent, seq, target agent, first target seq, count (negative if the targets go down). */
    private int[] rows = new int[4 * STRIDE];

    private int size;

    int size() {
        return size;
    }

    int agent(int row) {
        return rows[row * STRIDE];
    }

    int seq(int row) {
        return rows[row * STRIDE + 1];
    }

    int targetAgent(int row) {
        return rows[row * STRIDE + 2];
    }

    /** The target of the first operation of the row. */
    int first(int row) {
        return rows[row * STRIDE + 3];
    }

    int count(int row) {
        return Math.abs(rows[row * STRIDE + 4]);
    }

    boolean backward(int row) {
        return rows[row * STRIDE + 4] < 0;
    }

    /** The lowest target of the row. */
    int low(int row) {
        return backward(row) ? first(row) - count(row) + 1 : first(row);
    }

    /** The operation's seq that deleted a target of the row. */
    int seqOf(int row, int target) {
        return seq(row) + Math.abs(target - first(row));
    }

    void add(int agent, int seq, int targetAgent, int first, int count, boolean backward) {
        int last = (size - 1) * STRIDE;
        if (size > 0
                && rows[last] == agent
                && rows[last + 2] == targetAgent
                && rows[last + 1] + Math.abs(rows[last + 4]) == seq) {
            int had = rows[last + 4];
            int step = first - rows[last + 3];
            boolean down = count == 1 ? had < 0 || had == 1 && step < 0 : backward;
            boolean fits = had == 1 || down == had < 0;
            if (fits && step == (down ? -Math.abs(had) : had)) {
                rows[last + 4] = down ? -(Math.abs(had) + count) : had + count;
                return;
            }
        }
        if ((size + 1) * STRIDE > rows.length) {
            rows = Arrays.copyOf(rows, (size + (size >> 2) + 8) * STRIDE);
        }
        int at = size * STRIDE;
        rows[at] = agent;
        rows[at + 1] = seq;
        rows[at + 2] = targetAgent;
        rows[at + 3] = first;
        rows[at + 4] = backward && count > 1 ? -count : count;
        size++;
    }

    /** Elements of one agent as intervals: low and end (exclusive) in turn. */
    private static final class Intervals {
        private int[] ends = new int[8];
        private int count;

        void add(int low, int end) {
            if (count == ends.length) {
                ends = Arrays.copyOf(ends, count * 2);
            }
            ends[count++] = low;
            ends[count++] = end;
        }
    }

    /**
     * The elements that are deleted in a version, by agent, as sorted disjoint intervals: low and
     * end (exclusive) in turn.
     */
    Map<Integer, int[]> hidden(VersionFilter version) {
        Map<Integer, Intervals> found = new HashMap<>();
        for (int row = 0; row < size; row++) {
            int known = Math.min(count(row), version.end(agent(row)) - seq(row));
            if (known > 0) {
                int low = backward(row) ? first(row) - known + 1 : first(row);
                found.computeIfAbsent(targetAgent(row), it -> new Intervals())
                        .add(low, low + known);
            }
        }
        Map<Integer, int[]> hidden = new HashMap<>();
        found.forEach((agent, all) -> hidden.put(agent, merged(all.ends, all.count)));
        return hidden;
    }

    private static int[] merged(int[] intervals, int count) {
        long[] sorted = new long[count / 2];
        for (int i = 0; i < sorted.length; i++) {
            sorted[i] = (long) intervals[2 * i] << 32 | intervals[2 * i + 1];
        }
        Arrays.sort(sorted);
        int size = 0;
        for (long interval : sorted) {
            int low = (int) (interval >>> 32);
            int end = (int) interval;
            if (size > 0 && low <= intervals[size - 1]) {
                intervals[size - 1] = Math.max(intervals[size - 1], end);
            } else {
                intervals[size++] = low;
                intervals[size++] = end;
            }
        }
        return Arrays.copyOf(intervals, size);
    }
}
