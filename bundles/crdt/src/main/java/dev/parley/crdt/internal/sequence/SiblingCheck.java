package dev.parley.crdt.internal.sequence;

import dev.parley.crdt.internal.columns.MalformedException;
import dev.parley.crdt.internal.columns.MalformedException.Reason;
import java.util.Arrays;

/**
 * Follows the depths of runs in order and refuses those that no tree has. On the way it gives each
 * run its usual right origin, and finds which elements are neighbouring siblings; their order can
 * be checked when the sequence is built.
 */
final class SiblingCheck {
    private static final int FIRST = 64;
    private final SnapshotRuns runs;

    /**
     * The open path: for each entry a run of elements, each the right child of the one before, the
     * last of which may still get siblings behind it. Only the first one has a left depth.
     */
    private int[] path = new int[FIRST];

    private int[] pathLengths = new int[FIRST];
    private long[] pathKeys = new long[FIRST];

    int pairs;
    private int[] ids = new int[16];

    /** Runs of a family of which nothing is left open, and in turn the sibling behind each. */
    private int[] ended = new int[16];

    private int endedCount;

    /**
     * @param runs of which agents, seqs, lengths and keys are known
     */
    SiblingCheck(SnapshotRuns runs) {
        this.runs = runs;
    }

    /** Two neighbouring siblings: agent and seq of the first, then of the second. */
    int[] pair(int i) {
        return Arrays.copyOfRange(ids, i * 4, i * 4 + 4);
    }

    /** Goes through all runs. */
    void check() throws MalformedException {
        long[] keys = runs.keys;
        int top = -1;
        for (int run = 0; run < runs.count; run++) {
            long key = keys[run];
            int depth = (int) (key >>> 32);
            // Families below the new element's are complete; each ends with a right child.
            while (top >= 0 && (int) (pathKeys[top] >>> 32) > depth) {
                checkEnd(pathKeys[top]);
                runs.setRight(path[top--], run);
            }
            if (top >= 0) {
                int above = depth - (int) (pathKeys[top] >>> 32);
                if (pathLengths[top] > above) {
                    pathLengths[top] = above + 1;
                    top = besides(top, run, above, depth);
                }
            }
            top++;
            if (top == path.length) {
                path = Arrays.copyOf(path, top * 2);
                pathLengths = Arrays.copyOf(pathLengths, top * 2);
                pathKeys = Arrays.copyOf(pathKeys, top * 2);
            }
            path[top] = run;
            pathLengths[top] = Math.abs(runs.lengths[run]);
            pathKeys[top] = key;
        }
        for (; top >= 0; top--) {
            checkEnd(pathKeys[top]);
            runs.setNoRight(path[top]);
        }
        while (endedCount > 0) {
            endedCount -= 2;
            runs.setSameRight(ended[endedCount], ended[endedCount + 1]);
        }
    }

    /**
     * Where the last open element is as deep as a new one: it hangs on the new one's left, or is a
     * sibling before it.
     *
     * @return the last entry that is still open
     */
    private int besides(int entry, int run, int above, int depth) throws MalformedException {
        int top = entry;
        int left = runs.leftDepth(run);
        int topLeft = above == 0 ? (int) pathKeys[top] : 0;
        if (topLeft > left + 1) {
            throw wrong();
        }
        if (topLeft == left + 1) {
            // The new element is the parent of the last one, so nothing is above.
            runs.setRight(path[top--], run);
            topLeft = top < 0 ? -1 : leftDepthAt(depth, top);
        }
        if (topLeft == left && top >= 0) {
            int last = --pathLengths[top];
            addPair(path[top], last, run);
            if (last == 0) {
                addEnded(path[top--], run);
            }
        }
        return top;
    }

    /** The left depth of an entry's element of this right depth that is first or last; or -1. */
    private int leftDepthAt(int depth, int entry) {
        int first = (int) (pathKeys[entry] >>> 32);
        if (first == depth) {
            return (int) pathKeys[entry];
        }
        return first + pathLengths[entry] - 1 == depth ? 0 : -1;
    }

    private static void checkEnd(long key) throws MalformedException {
        if ((int) key != 0) {
            throw wrong();
        }
    }

    private static MalformedException wrong() {
        return new MalformedException(Reason.BAD_VALUE, "left depth: its right parent is missing");
    }

    /** Notes an element of one run and the first one of another. */
    private void addPair(int run, int element, int next) {
        if (pairs * 4 == ids.length) {
            ids = Arrays.copyOf(ids, ids.length * 2);
        }
        int at = pairs++ * 4;
        ids[at] = runs.agents[run];
        ids[at + 1] = runs.seqs[run] + element;
        ids[at + 2] = runs.agents[next];
        ids[at + 3] = runs.seqs[next];
    }

    /** A run that ends where its sibling begins has the right origin of this one. */
    private void addEnded(int run, int sibling) {
        if (endedCount == ended.length) {
            ended = Arrays.copyOf(ended, ended.length * 2);
        }
        ended[endedCount++] = run;
        ended[endedCount++] = sibling;
    }
}
