package dev.parley.crdt.internal;

import dev.parley.crdt.api.Id;
import java.util.Arrays;

/**
 * What the graph knows of the changes below a checkpoint, as runs: changes of one line, one after
 * the other, of which each builds on the one before alone, with times at equal distances. One who
 * typed a page made one run of it, so that a document costs what its text costs and not a row for
 * each keystroke. Where lengths differ, a run has several pieces.
 *
 * <p>Ids follow from nothing, so they are kept, 32 bytes each: those that may be asked for by what
 * is here, and apart from them all others, which may be missing.
 */
final class BaseRows implements IdIndex.Ids {
    private static final int NONE = -1;

    /** Per run: its first change, what is said of this one, and by how much the time goes on. */
    private int[] firsts = new int[4];

    private int[] agents = new int[4];
    private int[] seqs = new int[4];
    private int[] prevs = new int[4];
    private long[] times = new long[4];
    private long[] steps = new long[4];
    private boolean[] voids = new boolean[4];
    private int[][] dependencies = new int[4][];
    private Version[] foreign = new Version[4];

    /** Where the ids are; below 0 for -1 minus where they are among those that lie apart. */
    private int[] ids = new int[4];

    private int runs;

    /** Per run: its first piece. */
    private int[] pieceOf = new int[4];

    /**
     * Per piece, of changes of one run with one length: the first change, its start, the length.
     */
    private int[] pieceFirsts = new int[4];

    private int[] starts = new int[4];
    private int[] lengths = new int[4];
    private int pieces;
    private int count;
    private long latestTime;
    private byte[] named = {};
    private byte[] apart = {};
    private boolean lacksApart;

    private IdIndex index = new IdIndex(this);

    /** Of each id that is here, first the named ones, its change. */
    private int[] changeOf = {};

    /** The run and the piece that were asked for last. */
    private int near;

    private int nearPiece;

    int count() {
        return count;
    }

    int runs() {
        return runs;
    }

    long latestTime() {
        return latestTime;
    }

    /**
     * @param apartCount how many ids lie apart, which are not here yet
     */
    void ids(byte[] namedIds, int apartCount) {
        named = namedIds;
        lacksApart = apartCount > 0;
    }

    /** Whether the named ones are those of these changes, and of all that others build on. */
    boolean hasIdsOfAll(int[] changes) {
        for (int change : changes) {
            if (ids[run(change)] < 0) {
                return false;
            }
        }
        for (int run = 0; run < runs; run++) {
            for (int dependency : dependencies[run]) {
                if (ids[run(dependency)] < 0) {
                    return false;
                }
            }
        }
        return true;
    }

    boolean hasEachIdOnce() {
        int count = named.length / Id.BYTES;
        for (int number = 0; number < count; number++) {
            if (index.find(Id.of(named, number * Id.BYTES, Id.BYTES), count) != number) {
                return false;
            }
        }
        return true;
    }

    void apart(byte[] apartIds) {
        apart = apartIds;
        lacksApart = false;
        index = new IdIndex(this);
        changeOf = new int[0];
    }

    boolean lacksIds() {
        return lacksApart;
    }

    /** Begins a run behind all others; its changes are added next. */
    void begin(
            int agent,
            int seq,
            int prev,
            int[] builtOn,
            Version known,
            long time,
            long step,
            boolean isVoid,
            int idsAt) {
        if (runs == firsts.length) {
            grow();
        }
        firsts[runs] = count;
        agents[runs] = agent;
        seqs[runs] = seq;
        prevs[runs] = prev;
        times[runs] = time;
        steps[runs] = step;
        voids[runs] = isVoid;
        dependencies[runs] = builtOn;
        foreign[runs] = known;
        ids[runs] = idsAt;
        pieceOf[runs] = pieces;
        runs++;
        latest(time);
    }

    /** Adds changes of one length to the last run. */
    void add(int start, int changes, int length) {
        if (pieces == pieceFirsts.length) {
            int more = pieces + (pieces >> 1) + 1;
            pieceFirsts = Arrays.copyOf(pieceFirsts, more);
            starts = Arrays.copyOf(starts, more);
            lengths = Arrays.copyOf(lengths, more);
        }
        pieceFirsts[pieces] = count;
        starts[pieces] = start;
        lengths[pieces] = length;
        pieces++;
        count += changes;
    }

    /** Notes that the last run is whole. */
    void end() {
        int last = runs - 1;
        latest(times[last] + (count - 1 - firsts[last]) * steps[last]);
    }

    private void latest(long time) {
        if (Long.compareUnsigned(time, latestTime) > 0) {
            latestTime = time;
        }
    }

    private void grow() {
        int more = runs + (runs >> 1) + 1;
        firsts = Arrays.copyOf(firsts, more);
        agents = Arrays.copyOf(agents, more);
        seqs = Arrays.copyOf(seqs, more);
        pieceOf = Arrays.copyOf(pieceOf, more);
        prevs = Arrays.copyOf(prevs, more);
        times = Arrays.copyOf(times, more);
        steps = Arrays.copyOf(steps, more);
        voids = Arrays.copyOf(voids, more);
        dependencies = Arrays.copyOf(dependencies, more);
        foreign = Arrays.copyOf(foreign, more);
        ids = Arrays.copyOf(ids, more);
    }

    private int run(int change) {
        int run = near;
        if (run < runs && firsts[run] <= change && change < end(run)) {
            return run;
        }
        int found = Arrays.binarySearch(firsts, 0, runs, change);
        near = found >= 0 ? found : -found - 2;
        return near;
    }

    private int piece(int change) {
        int piece = nearPiece;
        if (piece < pieces && pieceFirsts[piece] <= change && change < pieceEnd(piece)) {
            return piece;
        }
        int found = Arrays.binarySearch(pieceFirsts, 0, pieces, change);
        nearPiece = found >= 0 ? found : -found - 2;
        return nearPiece;
    }

    private int pieceEnd(int piece) {
        return piece + 1 < pieces ? pieceFirsts[piece + 1] : count;
    }

    /** One past the last change of a run. */
    int end(int run) {
        return run + 1 < runs ? firsts[run + 1] : count;
    }

    int firstSeq(int run) {
        return seqs[run];
    }

    int firstStart(int run) {
        return starts[pieceOf[run]];
    }

    /** The change of a run that has this operation, the last one if it is behind them. */
    int withOperation(int run, int number) {
        int low = pieceOf[run];
        int high = (run + 1 < runs ? pieceOf[run + 1] : pieces) - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (starts[middle] <= number) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        int index = Math.max(0, number - starts[low]) / lengths[low];
        return Math.min(pieceFirsts[low] + index, pieceEnd(low) - 1);
    }

    int withSeq(int run, int seq) {
        return firsts[run] + seq - seqs[run];
    }

    int agent(int change) {
        return agents[run(change)];
    }

    int seq(int change) {
        int run = run(change);
        return seqs[run] + change - firsts[run];
    }

    int start(int change) {
        int piece = piece(change);
        return starts[piece] + (change - pieceFirsts[piece]) * lengths[piece];
    }

    int length(int change) {
        return lengths[piece(change)];
    }

    int prev(int change) {
        int run = run(change);
        return change == firsts[run] ? prevs[run] : change - 1;
    }

    long time(int change) {
        int run = run(change);
        return times[run] + (change - firsts[run]) * steps[run];
    }

    boolean isVoid(int change) {
        return voids[run(change)];
    }

    int[] dependencies(int change) {
        int run = run(change);
        return change == firsts[run] ? dependencies[run] : GraphRows.NOTHING;
    }

    Version foreign(int change) {
        return foreign[run(change)];
    }

    /** Where the id of a change is in {@link #source}; -1 if it is not here. */
    private int idAt(int change) {
        int run = run(change);
        int at = ids[run];
        if (at < 0 && lacksApart) {
            return NONE;
        }
        return ((at < 0 ? -1 - at : at) + change - firsts[run]) * Id.BYTES;
    }

    private byte[] source(int change) {
        return ids[run(change)] < 0 ? apart : named;
    }

    boolean knowsId(int change) {
        return idAt(change) != NONE;
    }

    Id id(int change) {
        int at = idAt(change);
        if (at == NONE) {
            throw new MissingIdException();
        }
        return Id.of(source(change), at, Id.BYTES);
    }

    /** The next change of the line whose id is here; the last one's always is. */
    int nextNamed(int change) {
        int run = run(change);
        int line = agents[run];
        do {
            run++;
        } while (run < runs && (agents[run] != line || ids[run] < 0));
        if (run == runs) {
            throw new MissingIdException();
        }
        return firsts[run];
    }

    boolean hasId(int change, byte[] other, int from) {
        int at = idAt(change);
        return at != NONE
                && Arrays.equals(source(change), at, at + Id.BYTES, other, from, from + Id.BYTES);
    }

    boolean hasId(int change, Id id) {
        int at = idAt(change);
        return at != NONE && id.equalsAt(source(change), at);
    }

    /**
     * @return the change with the id, or -1 if it is not here
     */
    int find(Id id) {
        int ids = (named.length + apart.length) / Id.BYTES;
        if (changeOf.length < ids) {
            changeOf = changesOfIds(ids);
        }
        int number = index.find(id, ids);
        return number == NONE ? NONE : changeOf[number];
    }

    private int[] changesOfIds(int count) {
        int[] changes = new int[count];
        for (int run = 0; run < runs; run++) {
            int at = ids[run] < 0 ? named.length / Id.BYTES - 1 - ids[run] : ids[run];
            if (ids[run] >= 0 || !lacksApart) {
                for (int change = firsts[run]; change < end(run); change++) {
                    changes[at++] = change;
                }
            }
        }
        return changes;
    }

    @Override
    public int hash(int number) {
        int at = number * Id.BYTES;
        return at < named.length ? Id.hashAt(named, at) : Id.hashAt(apart, at - named.length);
    }

    @Override
    public boolean is(int number, Id id) {
        int at = number * Id.BYTES;
        return at < named.length ? id.equalsAt(named, at) : id.equalsAt(apart, at - named.length);
    }
}
