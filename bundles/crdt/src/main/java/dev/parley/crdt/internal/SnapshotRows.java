package dev.parley.crdt.internal;

import static dev.parley.crdt.internal.SnapshotFormat.*;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.internal.columns.BooleanReader;
import dev.parley.crdt.internal.columns.ByteReader;
import dev.parley.crdt.internal.columns.ColumnsReader;
import dev.parley.crdt.internal.columns.DeltaReader;
import dev.parley.crdt.internal.columns.RleReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/** The changes of a snapshot without their operations, in its order, to be put into a graph. */
final class SnapshotRows {
    private static final int NONE = -1;

    private final List<AgentName> names = new ArrayList<>();
    private final int[] part;
    private final int[] prev;
    private final int[][] builtOn;
    private final long[] time;
    private final int[] start;
    private final int[] length;
    private final BitSet isVoid = new BitSet();
    private final byte[] ids;

    /**
     * @param ids of all changes, in their order
     */
    SnapshotRows(ColumnsReader columns, int count, byte[] ids)
            throws MalformedException, dev.parley.crdt.internal.columns.MalformedException {
        part = new int[count];
        prev = new int[count];
        builtOn = new int[count][];
        time = new long[count];
        start = new int[count];
        length = new int[count];
        Reader table = new Reader(bytes(columns.take(LINES)));
        int parts = table.count("lines", 0, MAX_LINES, Id.BYTES + 2);
        int[] tips = new int[parts];
        for (int i = 0; i < parts; i++) {
            names.add(HistoryReader.name(table));
            tips[i] = table.uint("a change", count) - 1;
        }
        table.end();
        read(columns, tips);
        this.ids = ids;
    }

    private static byte[] bytes(ByteReader in)
            throws dev.parley.crdt.internal.columns.MalformedException {
        return in.readBytes(in.remaining());
    }

    private void read(ColumnsReader columns, int[] tips)
            throws MalformedException, dev.parley.crdt.internal.columns.MalformedException {
        RleReader lines = new RleReader(columns.take(LINE));
        RleReader lengths = new RleReader(columns.take(LENGTH));
        DeltaReader millis = new DeltaReader(columns.take(MILLIS));
        RleReader counter = new RleReader(columns.take(COUNTER));
        RleReader dependencyCount = new RleReader(columns.take(DEPENDENCY_COUNT));
        RleReader dependency = new RleReader(columns.take(DEPENDENCY));
        BooleanReader voids = new BooleanReader(columns.take(VOID));
        BitSet used = new BitSet(tips.length);
        for (int row = 0; row < part.length; row++) {
            part[row] = lines.nextInt(tips.length - 1, "line");
            used.set(part[row]);
            prev[row] = tips[part[row]];
            tips[part[row]] = row;
            boolean goesOn =
                    prev[row] == NONE
                            || prev[row] < row
                                    && names.get(part[prev[row]]).equals(names.get(part[row]));
            if (!goesOn) {
                throw new MalformedException("a line that goes on with another one's name");
            }
            builtOn[row] = new int[dependencyCount.nextInt(ChangeCodec.MAX_DEPENDENCIES, "deps")];
            for (int i = 0; i < builtOn[row].length; i++) {
                builtOn[row][i] = row - dependency.nextInt(row, "a dependency");
                if (builtOn[row][i] == row) {
                    throw new MalformedException("a change that builds on itself");
                }
            }
            time[row] = millis.next(0, (1L << 48) - 1, "time") << 16;
            time[row] |= counter.nextInt(0xffff, "counter");
            length[row] = lengths.nextInt(Integer.MAX_VALUE, "length");
            start[row] = prev[row] == NONE ? 0 : start[prev[row]] + length[prev[row]];
            if (length[row] == 0 || length[row] > Integer.MAX_VALUE - start[row]) {
                throw new MalformedException("a change of " + length[row] + " operations");
            }
            isVoid.set(row, voids.next());
        }
        for (RleReader runs : List.of(lines, lengths, counter, dependencyCount, dependency)) {
            runs.finish();
        }
        millis.finish();
        voids.finish();
        if (used.cardinality() < tips.length) {
            throw new MalformedException("a line without changes");
        }
    }

    int count() {
        return part.length;
    }

    private Id id(int row) {
        return Id.of(ids, row * Id.BYTES, Id.BYTES);
    }

    /**
     * Adds a row as the graph's next change.
     *
     * @param numbers of those that were added, and of this one
     * @throws MalformedException if one that it builds on is not there
     */
    void addTo(ChangeGraph graph, int row, int[] numbers) throws MalformedException {
        int before = prev[row] == NONE ? NONE : numbers[prev[row]];
        int[] on = new int[builtOn[row].length];
        boolean isComplete = before < graph.size();
        for (int i = 0; i < on.length; i++) {
            on[i] = numbers[builtOn[row][i]];
            isComplete &= on[i] < graph.size();
        }
        if (!isComplete || numbers[row] != graph.size()) {
            throw new MalformedException("changes that stand before their past");
        }
        Id id = id(row);
        if (graph.find(id) >= 0) {
            throw new MalformedException("a change twice");
        }
        int change = graph.begin(names.get(part[row]), time[row], before, on);
        graph.extend(change, length[row]);
        graph.seal(change, id);
        if (isVoid.get(row)) {
            graph.markVoid(change);
        }
    }

    /** What each row is in a graph that has them. */
    int[] numbersIn(ChangeGraph graph) throws MalformedException {
        int[] numbers = new int[count()];
        for (int row = 0; row < numbers.length; row++) {
            numbers[row] = graph.find(id(row));
            if (numbers[row] == NONE) {
                throw new MalformedException("a snapshot of other changes than are here");
            }
        }
        return numbers;
    }

    /** The line that each part is on. */
    int[] linesIn(ChangeGraph graph, int[] numbers) throws MalformedException {
        int[] lines = new int[names.size()];
        Arrays.fill(lines, NONE);
        for (int row = 0; row < numbers.length; row++) {
            int line = graph.agent(numbers[row]);
            if (lines[part[row]] != NONE && lines[part[row]] != line) {
                throw new MalformedException("a snapshot of lines that part here");
            }
            lines[part[row]] = line;
        }
        return lines;
    }

    /** Those that no other row builds on, as the graph numbers them. */
    int[] heads(int[] numbers) {
        BitSet heads = new BitSet(count());
        heads.set(0, count());
        for (int row = 0; row < count(); row++) {
            if (prev[row] != NONE) {
                heads.clear(prev[row]);
            }
            for (int dependency : builtOn[row]) {
                heads.clear(dependency);
            }
        }
        return heads.stream().map(row -> numbers[row]).toArray();
    }
}
