package dev.parley.crdt.internal;

import java.util.Arrays;

/** The changes of a line, in order: first runs below a checkpoint, then one by one. */
final class Chain {
    private int[] runs = {};
    private int runCount;
    private int inRuns;
    private int[] changes = new int[4];
    private int count;

    int length() {
        return inRuns + count;
    }

    void add(int change) {
        if (count == changes.length) {
            changes = Arrays.copyOf(changes, count * 2);
        }
        changes[count++] = change;
    }

    void addRun(int run, int length) {
        if (runCount == runs.length) {
            runs = Arrays.copyOf(runs, 2 * runCount + 1);
        }
        runs[runCount++] = run;
        inRuns += length;
    }

    void removeLast() {
        count--;
    }

    int last(BaseRows base) {
        return count > 0 ? changes[count - 1] : base.end(runs[runCount - 1]) - 1;
    }

    int get(int index, BaseRows base) {
        if (index >= inRuns) {
            return changes[index - inRuns];
        }
        int seq = base.firstSeq(runs[0]) + index;
        int low = 0;
        int high = runCount - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (base.firstSeq(runs[middle]) <= seq) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return base.withSeq(runs[low], seq);
    }

    /** The change that has this operation. */
    int with(int number, GraphRows rows, BaseRows base) {
        int low = 0;
        if (count > 0 && (runCount == 0 || rows.start(changes[0]) <= number)) {
            int high = count - 1;
            while (low < high) {
                int middle = (low + high + 1) >>> 1;
                if (rows.start(changes[middle]) <= number) {
                    low = middle;
                } else {
                    high = middle - 1;
                }
            }
            return changes[low];
        }
        int high = runCount - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (base.firstStart(runs[middle]) <= number) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return base.withOperation(runs[low], number);
    }
}
