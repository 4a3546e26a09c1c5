package dev.parley.crdt.internal;

import static dev.parley.crdt.internal.SnapshotFormat.*;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.IdsApart;
import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.api.StoreInfo;
import dev.parley.crdt.internal.columns.ByteReader;
import dev.parley.crdt.internal.columns.ColumnsReader;
import dev.parley.crdt.internal.columns.PackedBytes;
import dev.parley.crdt.internal.columns.RleReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what {@link StoreSnapshotWriter} wrote. */
public final class StoreSnapshotReader {
    private static final int NONE = -1;
    private static final long MAX_MILLIS = (1L << 48) - 1;

    private final Id hash;
    private final StoreInfo info;
    private final int flags;
    private final int count;
    private final byte[] objects;
    private final byte[] roles;
    private final byte[] shreds;
    private final ChangeGraph graph = new ChangeGraph();
    private final int[] lines;
    private final byte[] raw;
    private final int columnsAt;
    private @Nullable SnapshotRows rows;
    private final int[] heads;
    private int apartCount;
    private byte[] apartHash = {};

    /**
     * @param file as it is kept and sent
     */
    public StoreSnapshotReader(byte[] file) throws MalformedException {
        try {
            ByteReader packed = new ByteReader(file);
            version(packed.readVarint());
            int length = packed.readLength(MAX_RAW_BYTES, "a snapshot");
            int parts = packed.readLength(MAX_RAW_BYTES, "as parts");
            raw = PackedBytes.read(packed.slice(parts), length);
            hash = Sha256.of(raw);
            ByteReader in = new ByteReader(raw);
            version(in.readVarint());
            info = StoreInfo.decode(in.readBytes(in.readLength(512, "the store")));
            flags = in.readInt(DELETED_TEXT, "flags");
            count = in.readLength(MAX_CHANGES, "changes");
            columnsAt = raw.length - in.remaining();
            ColumnsReader columns = new ColumnsReader(in);
            in.finish();
            objects = bytes(columns.take(OBJECTS));
            roles = bytes(columns.take(ROLES));
            shreds = bytes(columns.take(SHREDS));
            lines = readGraph(columns);
            heads = graph.heads();
            byte[] apart = apartIds(bytes(packed));
            if (apart.length > 0) {
                graph.addIds(apart);
            }
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

    /** Whether it has the text of deleted elements. */
    boolean hasDeletedText() {
        return flags == DELETED_TEXT;
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
        return lineOf;
    }

    private void read(ColumnsReader columns, List<AgentName> names, int[] tips, int[] lineOf)
            throws MalformedException, dev.parley.crdt.internal.columns.MalformedException {
        RunCursor line = new RunCursor(columns.take(LINE));
        RunCursor length = new RunCursor(columns.take(LENGTH));
        RunCursor millis = new RunCursor(columns.take(MILLIS));
        RunCursor counter = new RunCursor(columns.take(COUNTER));
        RunCursor dependencyCount = new RunCursor(columns.take(DEPENDENCY_COUNT));
        RleReader dependency = new RleReader(columns.take(DEPENDENCY));
        BooleanCursor isVoid = new BooleanCursor(columns.take(VOID));
        ByteReader apartColumn = columns.take(APART);
        boolean hasApart = apartColumn.remaining() > 0;
        BooleanCursor isApart =
                hasApart ? new BooleanCursor(apartColumn) : BooleanCursor.allFalse();
        byte[] ids = bytes(columns.take(ID));
        byte[] hashed = bytes(columns.take(APART_HASH));
        columns.finish();
        int named = 0;
        long clock = 0;
        for (int row = 0; row < count; ) {
            int part = line.value(names.size() - 1, "line");
            int dependencies = dependencyCount.value(ChangeCodec.MAX_DEPENDENCIES, "deps");
            long delta = ByteReader.unzigzag(millis.value());
            int low = counter.value(0xffff, "counter");
            boolean voided = isVoid.value();
            boolean apartHere = isApart.value();
            int most = Math.min(count - row, line.left());
            most = Math.min(most, Math.min(millis.left(), counter.left()));
            most = Math.min(most, Math.min(isVoid.left(), isApart.left()));
            most = dependencies > 0 ? 1 : Math.min(most, dependencyCount.left());
            int[] builtOn = dependencies == 0 ? GraphRows.NOTHING : new int[dependencies];
            for (int i = 0; i < dependencies; i++) {
                builtOn[i] = row - dependency.nextInt(row, "a dependency");
                if (builtOn[i] == row) {
                    throw new MalformedException("a change that builds on itself");
                }
            }
            int prev = tips[part];
            AgentName name = names.get(part);
            boolean goesOn =
                    prev == NONE
                            || prev < row && graph.agents().name(graph.agent(prev)).equals(name);
            if (!goesOn) {
                throw new MalformedException("a line that goes on with another one's name");
            }
            if (clock + delta < 0 || clock + delta > MAX_MILLIS) {
                throw new MalformedException("a time of " + (clock + delta) + " ms");
            }
            long time = clock + delta << 16 | low;
            long latest = graph.latest(time, prev, builtOn);
            boolean regular = latest == time && delta >= 0;
            int changes = regular ? most : 1;
            if (delta > 0) {
                changes = (int) Math.min(changes, (MAX_MILLIS - clock) / delta);
            }
            int start = prev == NONE ? 0 : graph.end(prev);
            int at = apartHere ? -1 - (row - named) : named;
            int owner = graph.beginBase(name, prev, builtOn, latest, delta << 16, voided, at);
            addLengths(length, start, changes);
            tips[part] = graph.endBase(owner, prev, builtOn);
            if (lineOf[part] == NONE) {
                lineOf[part] = graph.agent(tips[part]);
            }
            clock += delta * changes;
            named += apartHere ? 0 : changes;
            row += changes;
            line.use(changes);
            millis.use(changes);
            counter.use(changes);
            dependencyCount.use(changes);
            isVoid.use(changes);
            isApart.use(changes);
        }
        for (RunCursor runs : List.of(line, length, millis, counter, dependencyCount)) {
            runs.finish();
        }
        dependency.finish();
        isVoid.finish();
        isApart.finish();
        for (int each : lineOf) {
            if (each == NONE) {
                throw new MalformedException("a line without changes");
            }
        }
        checkIds(ids, named, hashed, tips);
    }

    /** Adds so many changes to the run that was begun. */
    private void addLengths(RunCursor length, int firstStart, int changes)
            throws MalformedException, dev.parley.crdt.internal.columns.MalformedException {
        BaseRows base = graph.base();
        int start = firstStart;
        for (int left = changes; left > 0; ) {
            int operations = length.value(Integer.MAX_VALUE, "length");
            int alike = Math.min(left, length.left());
            if (operations == 0 || (long) operations * alike > Integer.MAX_VALUE - start) {
                throw new MalformedException("a change of " + operations + " operations");
            }
            base.add(start, alike, operations);
            length.use(alike);
            start += operations * alike;
            left -= alike;
        }
    }

    /** The ids that are asked for are there, each once. */
    private void checkIds(byte[] ids, int named, byte[] hashed, int[] tips)
            throws MalformedException {
        apartCount = count - named;
        if (ids.length != (long) named * Id.BYTES
                || hashed.length != (apartCount > 0 ? Id.BYTES : 0)) {
            throw new MalformedException(
                    named + " changes with ids, and ids of " + ids.length + " bytes");
        }
        apartHash = hashed;
        BaseRows base = graph.base();
        base.ids(ids, apartCount);
        if (!base.hasIdsOfAll(tips)) {
            throw new MalformedException("a change that is built on without its id");
        }
        if (!base.hasEachIdOnce()) {
            throw new MalformedException("a change twice");
        }
    }

    private byte[] apartIds(byte[] sent) throws MalformedException {
        if (sent.length > 0
                && (sent.length != (long) apartCount * Id.BYTES
                        || !Arrays.equals(Sha256.of(sent).bytes(), apartHash))) {
            throw new MalformedException("other ids than the snapshot has");
        }
        return sent;
    }

    /** What lies apart; nothing if all ids are in the snapshot itself. */
    @Nullable IdsApart idsApart() {
        return apartCount == 0 ? null : new IdsApart(Id.of(apartHash), apartCount * Id.BYTES);
    }

    /** A file without the ids that lie apart. */
    public static byte[] withoutIds(byte[] file) {
        try {
            ByteReader packed = new ByteReader(file);
            packed.readVarint();
            packed.readVarint();
            int parts = packed.readLength(MAX_RAW_BYTES, "as parts");
            return Arrays.copyOf(file, file.length - packed.remaining() + parts);
        } catch (dev.parley.crdt.internal.columns.MalformedException e) {
            throw new IllegalArgumentException("no snapshot", e);
        }
    }

    /** Of the graph that began with the snapshot. */
    void readRoles(Roles into) throws MalformedException {
        int[] numbers = new int[roles.length > 1 ? count : 0];
        Arrays.setAll(numbers, row -> row);
        readRoles(into, numbers);
    }

    /**
     * @param numbers of the snapshot's changes in the graph of the roles
     */
    void readRoles(Roles into, int[] numbers) throws MalformedException {
        Reader in = new Reader(roles);
        into.read(in, numbers);
        in.end();
    }

    /** Of the graph that began with the snapshot. */
    void readSeals(Seals into) throws MalformedException {
        int[] numbers = new int[shreds.length > 0 ? count : 0];
        Arrays.setAll(numbers, row -> row);
        readSeals(into, numbers);
    }

    /**
     * @param numbers of the snapshot's changes in the graph of the seals
     */
    void readSeals(Seals into, int[] numbers) throws MalformedException {
        if (shreds.length > 0) {
            Reader in = new Reader(shreds);
            into.read(in, numbers);
            in.end();
        }
    }

    /**
     * The changes one by one.
     *
     * @throws MalformedException if not all ids are here
     */
    SnapshotRows rows() throws MalformedException {
        SnapshotRows read = rows;
        if (read == null) {
            if (graph.lacksIds()) {
                throw new MalformedException("a snapshot without the ids of its changes");
            }
            byte[] ids = new byte[count * Id.BYTES];
            for (int row = 0; row < count; row++) {
                graph.id(row).copyTo(ids, row * Id.BYTES);
            }
            try {
                ByteReader in = new ByteReader(raw, columnsAt, raw.length - columnsAt);
                read = new SnapshotRows(new ColumnsReader(in), count, ids);
            } catch (dev.parley.crdt.internal.columns.MalformedException e) {
                throw HistoryReader.malformed(e);
            }
            rows = read;
        }
        return read;
    }

    /**
     * The state on a graph that has these changes.
     *
     * @throws MalformedException if it does not have them, or its lines part where these do not
     */
    Base on(ChangeGraph other) throws MalformedException {
        if (other == graph) {
            return new Base(info, graph, count, heads, lines, objects);
        }
        int[] numbers = rows().numbersIn(other);
        int[] lineOf = rows().linesIn(other, numbers);
        int[] ends = rows().heads(numbers);
        Arrays.sort(numbers);
        return new Base(info, other, numbers, ends, lineOf, objects);
    }
}
