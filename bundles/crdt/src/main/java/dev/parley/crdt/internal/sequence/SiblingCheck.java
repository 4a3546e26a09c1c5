package dev.parley.crdt.internal.sequence;

import dev.parley.crdt.internal.columns.MalformedException;
import dev.parley.crdt.internal.columns.MalformedException.Reason;
import java.util.Arrays;

/**
 * Follows the depths of runs in order and refuses those that no tree has. On the way it finds which
 * elements are neighbouring siblings; their order can be checked when the sequence is built.
 */
final class SiblingCheck {
    /**
     * The open path: for each entry a run of elements, each the right child of the one before, the
     * last of which may still get siblings behind it. Only the first one has a left depth.
     */
    private int[] path = new int[64];

    private int[] pathLengths = new int[64];
    private long[] pathKeys = new long[64];
    private int size;

    int pairs;
    private int[] ids = new int[16];
    private SnapshotRuns runs = new SnapshotRuns(0);

    /** Two neighbouring siblings: agent and seq of the first, then of the second. */
    int[] pair(int i) {
        return Arrays.copyOfRange(ids, i * 4, i * 4 + 4);
    }

    void next(SnapshotRuns of, int run) throws MalformedException {
        runs = of;
        long key = runs.keys[run];
        int depth = runs.rightDepth(run);
        int left = runs.leftDepth(run);
        // Families below the new element's are complete; each ends with a right child.
        while (size > 0 && (int) (pathKeys[size - 1] >>> 32) > depth) {
            close();
        }
        if (size > 0) {
            int top = size - 1;
            int topDepth = (int) (pathKeys[top] >>> 32);
            if (topDepth + pathLengths[top] > depth) {
                int last = depth - topDepth;
                pathLengths[top] = last + 1;
                int topLeft = last == 0 ? (int) pathKeys[top] : 0;
                if (topLeft > left + 1) {
                    throw wrong();
                }
                if (topLeft == left + 1) {
                    // The new element is the parent of the last one, so last is 0.
                    size--;
                    top--;
                    topLeft =
                            top >= 0 && (int) (pathKeys[top] >>> 32) == depth
                                    ? (int) pathKeys[top]
                                    : top >= 0 && depthOfLast(top) == depth ? 0 : -1;
                }
                if (topLeft == left && top >= 0) {
                    addPair(top, run);
                    if (--pathLengths[top] == 0) {
                        size--;
                    }
                }
            }
        }
        push(run, key);
    }

    void end() throws MalformedException {
        while (size > 0) {
            close();
        }
    }

    private int depthOfLast(int entry) {
        return (int) (pathKeys[entry] >>> 32) + pathLengths[entry] - 1;
    }

    private void close() throws MalformedException {
        size--;
        if ((int) pathKeys[size] != 0) {
            throw wrong();
        }
    }

    private static MalformedException wrong() {
        return new MalformedException(Reason.BAD_VALUE, "left depth: its right parent is missing");
    }

    private void push(int run, long key) {
        if (size == path.length) {
            path = Arrays.copyOf(path, size * 2);
            pathLengths = Arrays.copyOf(pathLengths, size * 2);
            pathKeys = Arrays.copyOf(pathKeys, size * 2);
        }
        path[size] = run;
        pathLengths[size] = Math.abs(runs.lengths[run]);
        pathKeys[size++] = key;
    }

    private void addPair(int entry, int run) {
        if (pairs * 4 == ids.length) {
            ids = Arrays.copyOf(ids, ids.length * 2);
        }
        int at = pairs++ * 4;
        int first = path[entry];
        ids[at] = runs.agents[first];
        ids[at + 1] = runs.seqs[first] + pathLengths[entry] - 1;
        ids[at + 2] = runs.agents[run];
        ids[at + 3] = runs.seqs[run];
    }
}
