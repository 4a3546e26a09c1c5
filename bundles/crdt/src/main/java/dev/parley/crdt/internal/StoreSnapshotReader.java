package dev.parley.crdt.internal;

import static dev.parley.crdt.internal.SnapshotFormat.*;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.api.StoreInfo;
import dev.parley.crdt.internal.columns.BooleanReader;
import dev.parley.crdt.internal.columns.ByteReader;
import dev.parley.crdt.internal.columns.ColumnsReader;
import dev.parley.crdt.internal.columns.Deflate;
import dev.parley.crdt.internal.columns.DeltaReader;
import dev.parley.crdt.internal.columns.RleReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads what {@link StoreSnapshotWriter} wrote. */
public final class StoreSnapshotReader {
    private static final int NONE = -1;

    private final Id hash;
    private final StoreInfo info;
    private final int count;
    private final byte[] objects;
    private final byte[] roles;
    private final ChangeGraph graph = new ChangeGraph();
    private final int[] lines;

    /** Of each change: the part of a line that it is in. */
    private int[] partOf = {};

    /**
     * @param file as it is kept and sent
     */
    public StoreSnapshotReader(byte[] file) throws MalformedException {
        try {
            ByteReader packed = new ByteReader(file);
            version(packed.readVarint());
            int length = packed.readLength(MAX_RAW_BYTES, "a snapshot");
            byte[] raw =
                    Deflate.inflate(packed.readBytes(packed.remaining()), length, MAX_RAW_BYTES);
            hash = Sha256.of(raw);
            ByteReader in = new ByteReader(raw);
            version(in.readVarint());
            info = StoreInfo.decode(in.readBytes(in.readLength(512, "the store")));
            in.readInt(DELETED_TEXT, "flags");
            count = in.readLength(MAX_CHANGES, "changes");
            ColumnsReader columns = new ColumnsReader(in);
            in.finish();
            objects = bytes(columns.take(OBJECTS));
            roles = bytes(columns.take(ROLES));
            lines = readGraph(columns);
        } catch (dev.parley.crdt.internal.columns.MalformedException e) {
            throw HistoryReader.malformed(e);
        }
    }

    private static void version(long found) throws MalformedException {
        if (found != VERSION) {
            throw new MalformedException("version " + found + ", expected " + VERSION);
        }
    }

    private static byte[] bytes(ByteReader in)
            throws dev.parley.crdt.internal.columns.MalformedException {
        return in.readBytes(in.remaining());
    }

    public StoreInfo info() {
        return info;
    }

    /** What a checkpoint names. */
    public Id hash() {
        return hash;
    }

    int count() {
        return count;
    }

    /** The changes, to which those that come later are added. */
    ChangeGraph graph() {
        return graph;
    }

    private int[] readGraph(ColumnsReader columns)
            throws MalformedException, dev.parley.crdt.internal.columns.MalformedException {
        Reader table = new Reader(bytes(columns.take(LINES)));
        int parts = table.count("lines", 0, MAX_LINES, Id.BYTES + 2);
        List<AgentName> names = new ArrayList<>();
        int[] tips = new int[parts];
        for (int i = 0; i < parts; i++) {
            names.add(HistoryReader.name(table));
            tips[i] = table.uint("a change", count) - 1;
        }
        table.end();
        int[] lineOf = new int[parts];
        Arrays.fill(lineOf, NONE);
        read(columns, names, tips, lineOf);
        for (int line : lineOf) {
            if (line == NONE) {
                throw new MalformedException("a line without changes");
            }
        }
        return lineOf;
    }

    private void read(ColumnsReader columns, List<AgentName> names, int[] tips, int[] lineOf)
            throws MalformedException, dev.parley.crdt.internal.columns.MalformedException {
        RleReader line = new RleReader(columns.take(LINE));
        RleReader length = new RleReader(columns.take(LENGTH));
        DeltaReader millis = new DeltaReader(columns.take(MILLIS));
        RleReader counter = new RleReader(columns.take(COUNTER));
        RleReader dependencyCount = new RleReader(columns.take(DEPENDENCY_COUNT));
        RleReader dependency = new RleReader(columns.take(DEPENDENCY));
        BooleanReader isVoid = new BooleanReader(columns.take(VOID));
        byte[] ids = bytes(columns.take(ID));
        columns.finish();
        if (ids.length != (long) count * Id.BYTES) {
            throw new MalformedException(count + " changes, and ids of " + ids.length + " bytes");
        }
        partOf = new int[count];
        for (int row = 0; row < count; row++) {
            int part = line.nextInt(names.size() - 1, "line");
            partOf[row] = part;
            int prev = tips[part];
            AgentName name = names.get(part);
            boolean goesOn =
                    prev == NONE
                            || prev < row && graph.agents().name(graph.agent(prev)).equals(name);
            if (!goesOn) {
                throw new MalformedException("a line that goes on with another one's name");
            }
            int[] builtOn = new int[dependencyCount.nextInt(ChangeCodec.MAX_DEPENDENCIES, "deps")];
            for (int i = 0; i < builtOn.length; i++) {
                builtOn[i] = row - dependency.nextInt(row, "a dependency");
                if (builtOn[i] == row) {
                    throw new MalformedException("a change that builds on itself");
                }
            }
            long time = millis.next(0, (1L << 48) - 1, "time") << 16;
            time |= counter.nextInt(0xffff, "counter");
            int operations = length.nextInt(Integer.MAX_VALUE, "length");
            int start = prev == NONE ? 0 : graph.end(prev);
            if (operations == 0 || operations > Integer.MAX_VALUE - start) {
                throw new MalformedException("a change of " + operations + " operations");
            }
            Id id = Id.of(ids, row * Id.BYTES, Id.BYTES);
            if (graph.find(id) >= 0) {
                throw new MalformedException("a change twice");
            }
            int change = graph.begin(name, time, prev, builtOn);
            graph.extend(change, operations);
            graph.seal(change, id);
            if (isVoid.next()) {
                graph.markVoid(change);
            }
            if (lineOf[part] == NONE) {
                lineOf[part] = graph.agent(change);
            }
            tips[part] = change;
        }
        for (RleReader runs : List.of(line, length, counter, dependencyCount, dependency)) {
            runs.finish();
        }
        millis.finish();
        isVoid.finish();
    }

    void readRoles(Roles into) throws MalformedException {
        Reader in = new Reader(roles);
        into.read(in, count);
        in.end();
    }

    /** The state on this reader's own graph. */
    Base base() {
        return new Base(info, graph, range(count), graph.heads(), lines, objects);
    }

    private static int[] range(int count) {
        int[] all = new int[count];
        Arrays.setAll(all, it -> it);
        return all;
    }

    /**
     * The state on another graph that has these changes.
     *
     * @throws MalformedException if it does not have them, or its lines part where these do not
     */
    Base on(ChangeGraph other) throws MalformedException {
        int[] numbers = new int[count];
        int[] lineOf = new int[lines.length];
        Arrays.fill(lineOf, NONE);
        for (int row = 0; row < count; row++) {
            numbers[row] = other.find(graph.id(row));
            if (numbers[row] == NONE) {
                throw new MalformedException("a snapshot of other changes than are here");
            }
            int line = other.agent(numbers[row]);
            int part = partOf[row];
            if (lineOf[part] != NONE && lineOf[part] != line) {
                throw new MalformedException("a snapshot of lines that part here");
            }
            lineOf[part] = line;
        }
        int[] heads = Arrays.stream(graph.heads()).map(head -> numbers[head]).toArray();
        int[] ascending = numbers.clone();
        Arrays.sort(ascending);
        return new Base(info, other, ascending, heads, lineOf, objects);
    }
}
