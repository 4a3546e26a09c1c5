package dev.parley.crdt.internal;

import java.util.Arrays;

/**
 * How many operations of each agent are in a past: a version vector over the replica's own dense
 * agent numbers. Immutable; a changed one shares what did not change, 16 agents at a time.
 */
final class Version {
    static final Version EMPTY = new Version(new int[0][]);
    private static final int CHUNK = 16;
    private static final int[] NOTHING = new int[CHUNK];

    private final int[][] chunks;

    private Version(int[][] chunks) {
        this.chunks = chunks;
    }

    int get(int agent) {
        int chunk = agent / CHUNK;
        return chunk < chunks.length ? chunks[chunk][agent % CHUNK] : 0;
    }

    boolean contains(int agent, int number) {
        return number < get(agent);
    }

    /** One past the highest agent it may know. */
    int agents() {
        return chunks.length * CHUNK;
    }

    /** With at least that many operations of the agent. */
    Version with(int agent, int count) {
        if (get(agent) >= count) {
            return this;
        }
        int chunk = agent / CHUNK;
        int[][] more = Arrays.copyOf(chunks, Math.max(chunks.length, chunk + 1));
        for (int i = chunks.length; i < more.length; i++) {
            more[i] = NOTHING;
        }
        int[] changed = more[chunk].clone();
        changed[agent % CHUNK] = count;
        more[chunk] = changed;
        return new Version(more);
    }

    /** What is in one of them. */
    Version join(Version other) {
        if (this == other || other.chunks.length == 0) {
            return this;
        }
        int[][] joined = Arrays.copyOf(chunks, Math.max(chunks.length, other.chunks.length));
        boolean same = joined.length == chunks.length;
        for (int i = 0; i < joined.length; i++) {
            int[] ours = i < chunks.length ? chunks[i] : NOTHING;
            int[] theirs = i < other.chunks.length ? other.chunks[i] : NOTHING;
            joined[i] = ours == theirs ? ours : max(ours, theirs);
            same &= joined[i] == ours;
        }
        return same ? this : new Version(joined);
    }

    private static int[] max(int[] a, int[] b) {
        int[] max = null;
        for (int i = 0; i < CHUNK; i++) {
            if (b[i] > a[i]) {
                if (max == null) {
                    max = a.clone();
                }
                max[i] = b[i];
            }
        }
        return max == null ? a : max;
    }
}
