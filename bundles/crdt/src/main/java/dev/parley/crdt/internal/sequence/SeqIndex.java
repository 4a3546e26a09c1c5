package dev.parley.crdt.internal.sequence;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Finds the leaf that holds an element of one agent. An entry (start, leaf) speaks for all seqs
 * from its start to the next entry, so a leaf full of one agent's typing is one entry; seqs that
 * are no elements of this sequence may lie between and point anywhere. Entries are kept in sorted
 * chunks, so that an entry in the middle moves few others.
 */
final class SeqIndex {
    private static final int CHUNK = 256;

    /** How many entries a chunk has at first when many come at once. */
    private static final int FILLED = CHUNK - CHUNK / 8;

    private static final class Chunk {
        int[] starts = new int[2];
        @Nullable Leaf[] leaves = new Leaf[2];
        int count;

        void insert(int at, int start, Leaf leaf) {
            if (count == starts.length) {
                starts = Arrays.copyOf(starts, Math.min(CHUNK, count * 2));
                leaves = Arrays.copyOf(leaves, Math.min(CHUNK, count * 2));
            }
            System.arraycopy(starts, at, starts, at + 1, count - at);
            System.arraycopy(leaves, at, leaves, at + 1, count - at);
            starts[at] = start;
            leaves[at] = leaf;
            count++;
        }

        void remove(int at) {
            count--;
            System.arraycopy(starts, at + 1, starts, at, count - at);
            System.arraycopy(leaves, at + 1, leaves, at, count - at);
            leaves[count] = null;
        }

        /** The last entry with a start of at most seq, or -1. */
        int floor(int seq) {
            int low = 0;
            int high = count - 1;
            while (low <= high) {
                int middle = (low + high) >>> 1;
                if (starts[middle] <= seq) {
                    low = middle + 1;
                } else {
                    high = middle - 1;
                }
            }
            return high;
        }
    }

    private Chunk[] chunks = {new Chunk()};

    /** The first start of each chunk, side by side; that of the first chunk is never looked at. */
    private int[] firsts = new int[1];

    private int chunkCount = 1;
    private int end;

    /** One past the highest seq that was ever put in. */
    int end() {
        return end;
    }

    /**
     * Fills an empty index.
     *
     * @param starts of the entries, ascending
     * @param stop one past the highest seq
     */
    void fill(int[] starts, Leaf[] leaves, int entries, int stop) {
        end = stop;
        chunkCount = Math.max(1, (entries + FILLED - 1) / FILLED);
        chunks = new Chunk[chunkCount];
        firsts = new int[chunkCount];
        for (int c = 0; c < chunkCount; c++) {
            int from = c * FILLED;
            Chunk chunk = new Chunk();
            chunk.count = Math.min(FILLED, entries - from);
            chunk.starts = Arrays.copyOfRange(starts, from, from + chunk.count);
            chunk.leaves = Arrays.copyOfRange(leaves, from, from + chunk.count);
            chunks[c] = chunk;
            firsts[c] = chunk.starts[0];
        }
    }

    /** The only leaf in which the element can be, or null if there is none. */
    @Nullable Leaf get(int seq) {
        Chunk chunk = chunks[chunkOf(seq)];
        int at = chunk.floor(seq);
        return at < 0 ? null : chunk.leaves[at];
    }

    /** Makes the leaf the place of the elements from start on. */
    void put(int start, int count, Leaf leaf) {
        int stop = start + count;
        if (start >= end) {
            end = stop;
            Chunk last = chunks[chunkCount - 1];
            if (last.count == 0 || last.leaves[last.count - 1] != leaf) {
                if (last.count == CHUNK) {
                    last = split(chunkCount - 1, CHUNK, start);
                }
                last.insert(last.count, start, leaf);
            }
            return;
        }
        int c = chunkOf(start);
        int at = chunks[c].floor(start);
        if (at >= 0 && stop <= end && startBehind(c, at) >= stop) {
            if (chunks[c].leaves[at] != leaf) {
                putWithin(c, at, start, stop, leaf);
            }
        } else {
            putAcross(start, stop, leaf);
        }
    }

    /** Where the entry behind another one starts. */
    private int startBehind(int c, int at) {
        Chunk chunk = chunks[c];
        if (at + 1 < chunk.count) {
            return chunk.starts[at + 1];
        }
        return c + 1 < chunkCount ? firsts[c + 1] : Integer.MAX_VALUE;
    }

    /** Gives a part of what one entry speaks for to another leaf. */
    private void putWithin(int c, int at, int start, int stop, Leaf leaf) {
        Chunk chunk = chunks[c];
        Leaf old = Objects.requireNonNull(chunk.leaves[at]);
        boolean ends = stop == end || startBehind(c, at) == stop;
        if (chunk.starts[at] < start) {
            if (!ends) {
                insert(c, at + 1, stop, old);
            }
            insert(c, at + 1, start, leaf);
        } else if (at > 0 && chunk.leaves[at - 1] == leaf) {
            if (ends) {
                chunk.remove(at);
            } else {
                chunk.starts[at] = stop;
            }
        } else {
            chunk.leaves[at] = leaf;
            if (!ends) {
                insert(c, at + 1, stop, old);
            }
        }
    }

    private void insert(int c, int at, int start, Leaf leaf) {
        Chunk chunk = chunks[c];
        // A full chunk is split, also if that happened just now.
        if (chunk.count == CHUNK || at > chunk.count) {
            insert(start, leaf);
        } else {
            chunk.insert(at, start, leaf);
        }
    }

    private void putAcross(int start, int stop, Leaf leaf) {
        Leaf behind = stop < end ? get(stop) : null;
        end = Math.max(end, stop);
        removeFrom(start, stop);
        if (get(start) != leaf) {
            insert(start, leaf);
        }
        if (behind != null) {
            Chunk chunk = chunks[chunkOf(stop)];
            int at = chunk.floor(stop);
            boolean present = at >= 0 && chunk.starts[at] == stop;
            if (!present && behind != leaf) {
                insert(stop, behind);
            }
        }
    }

    private void removeFrom(int start, int stop) {
        while (true) {
            int c = chunkOf(stop - 1);
            Chunk chunk = chunks[c];
            int at = chunk.floor(stop - 1);
            if (at < 0 || chunk.starts[at] < start) {
                return;
            }
            chunk.remove(at);
            if (chunk.count > 0) {
                firsts[c] = chunk.starts[0];
            } else if (chunkCount > 1) {
                chunkCount--;
                System.arraycopy(chunks, c + 1, chunks, c, chunkCount - c);
                System.arraycopy(firsts, c + 1, firsts, c, chunkCount - c);
            }
        }
    }

    private void insert(int start, Leaf leaf) {
        int c = chunkOf(start);
        Chunk chunk = chunks[c];
        if (chunk.count == CHUNK) {
            chunk = split(c, CHUNK / 2, start);
        }
        chunk.insert(chunk.floor(start) + 1, start, leaf);
    }

    /** Keeps so many entries in a chunk, and returns it or its new neighbour, where start goes. */
    private Chunk split(int c, int keep, int start) {
        Chunk left = chunks[c];
        Chunk right = new Chunk();
        if (keep < CHUNK) {
            right.starts = Arrays.copyOfRange(left.starts, keep, CHUNK + 8);
            right.leaves = Arrays.copyOfRange(left.leaves, keep, CHUNK + 8);
            right.count = CHUNK - keep;
            Arrays.fill(left.leaves, keep, CHUNK, null);
            left.count = keep;
        }
        if (chunkCount == chunks.length) {
            chunks = Arrays.copyOf(chunks, chunkCount * 2);
            firsts = Arrays.copyOf(firsts, chunkCount * 2);
        }
        System.arraycopy(chunks, c + 1, chunks, c + 2, chunkCount - c - 1);
        System.arraycopy(firsts, c + 1, firsts, c + 2, chunkCount - c - 1);
        chunks[c + 1] = right;
        firsts[c + 1] = right.count == 0 ? start : right.starts[0];
        chunkCount++;
        return right.count == 0 || right.starts[0] <= start ? right : left;
    }

    /** The last chunk that starts at or before seq, or the first one. */
    private int chunkOf(int seq) {
        int low = 1;
        int high = chunkCount - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (firsts[middle] <= seq) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high;
    }
}
