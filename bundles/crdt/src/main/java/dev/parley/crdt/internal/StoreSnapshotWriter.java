package dev.parley.crdt.internal;

import static dev.parley.crdt.internal.SnapshotFormat.*;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.StoreInfo;
import dev.parley.crdt.internal.columns.BooleanWriter;
import dev.parley.crdt.internal.columns.ByteWriter;
import dev.parley.crdt.internal.columns.ColumnsWriter;
import dev.parley.crdt.internal.columns.DeltaWriter;
import dev.parley.crdt.internal.columns.PackedBytes;
import dev.parley.crdt.internal.columns.RleWriter;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Writes the state of a closed set of changes, and their graph without their operations, so that
 * whoever has the same changes writes the same bytes.
 */
final class StoreSnapshotWriter {
    private static final int NONE = -1;

    private final ChangeGraph graph;
    private final int[] order;
    private final LineParts parts;
    private final ColumnsWriter columns = new ColumnsWriter();

    private StoreSnapshotWriter(ChangeGraph graph, View view) {
        this.graph = graph;
        this.order = CausalOrder.of(graph, view.changes());
        this.parts = new LineParts(graph, order);
    }

    /**
     * @param raw what is hashed
     * @param ids those that lie apart
     */
    record Written(byte[] raw, byte[] ids) {
        /** As it is kept and sent. */
        byte[] packed() {
            byte[] parts = PackedBytes.write(raw);
            ByteWriter out = new ByteWriter(parts.length + ids.length + 16);
            out.writeVarint(VERSION);
            out.writeVarint(raw.length);
            out.writeVarint(parts.length);
            out.writeBytes(parts);
            out.writeBytes(ids);
            return out.toBytes();
        }
    }

    /**
     * @throws MissingIdException if the graph began without the ids that lie apart
     */
    static Written write(
            StoreInfo info,
            ChangeGraph graph,
            Roles roles,
            Seals seals,
            View view,
            boolean deletedText) {
        StoreSnapshotWriter writer = new StoreSnapshotWriter(graph, view);
        int[] rows = new int[graph.size()];
        Arrays.fill(rows, NONE);
        for (int row = 0; row < writer.order.length; row++) {
            rows[writer.order[row]] = row;
        }
        writer.writeLines(rows);
        Writer objects = new Writer(1 << 12);
        StateWriter state =
                new StateWriter(objects, graph, writer.parts, deletedText, seals.in(rows));
        view.root().write(state);
        writer.column(OBJECTS, objects);
        byte[] apart = writer.writeChanges(rows, state.named());
        Writer given = new Writer(64);
        roles.write(given, rows);
        writer.column(ROLES, given);
        Writer shreds = new Writer(64);
        seals.write(shreds, rows);
        writer.column(SHREDS, shreds);
        byte[] encoded = info.encode();
        ByteWriter out = new ByteWriter(1 << 16);
        out.writeVarint(VERSION);
        out.writeVarint(encoded.length);
        out.writeBytes(encoded);
        out.writeVarint(deletedText ? DELETED_TEXT : 0);
        out.writeVarint(writer.order.length);
        writer.columns.writeTo(out);
        return new Written(out.toBytes(), apart);
    }

    private void column(int id, Writer written) {
        columns.column(id).writeBytes(written.array(), 0, written.length());
    }

    /** Each part of a line by its name, and the change before it. */
    private void writeLines(int[] rows) {
        Writer lines = new Writer(256);
        lines.uint(parts.count());
        for (int rank = 0; rank < parts.count(); rank++) {
            LineParts.Part part = parts.part(rank);
            int before = graph.prev(part.first());
            lines.id(part.name().author());
            lines.text(part.name().branch());
            lines.uint(before == NONE ? 0 : rows[before] + 1);
        }
        column(LINES, lines);
    }

    /** Changes whose ids others, or the objects, may name or compare. */
    private BitSet named(BitSet byObjects) {
        BitSet named = (BitSet) byObjects.clone();
        BitSet goesOn = new BitSet();
        for (int change : order) {
            int part = parts.ofChange(change);
            int prev = graph.prev(change);
            if (parts.isFork(part)) {
                named.set(change);
            }
            if (prev != NONE && parts.ofChange(prev) == part) {
                goesOn.set(prev);
            } else {
                named.set(change);
            }
            for (int dependency : graph.dependencies(change)) {
                named.set(dependency);
            }
        }
        for (int change : order) {
            if (!goesOn.get(change)) {
                named.set(change);
            }
        }
        return named;
    }

    /**
     * @return the ids that lie apart
     */
    private byte[] writeChanges(int[] rows, BitSet byObjects) {
        BitSet named = named(byObjects);
        ByteWriter apart = new ByteWriter();
        BooleanWriter isApart = new BooleanWriter(columns.column(APART));
        RleWriter line = new RleWriter(columns.column(LINE));
        RleWriter length = new RleWriter(columns.column(LENGTH));
        DeltaWriter millis = new DeltaWriter(columns.column(MILLIS));
        RleWriter counter = new RleWriter(columns.column(COUNTER));
        RleWriter dependencyCount = new RleWriter(columns.column(DEPENDENCY_COUNT));
        RleWriter dependency = new RleWriter(columns.column(DEPENDENCY));
        BooleanWriter isVoid = new BooleanWriter(columns.column(VOID));
        byte[] id = new byte[Id.BYTES];
        for (int row = 0; row < order.length; row++) {
            int change = order[row];
            line.write(parts.ofChange(change));
            length.write(graph.length(change));
            millis.write(graph.time(change) >>> 16);
            counter.write(graph.time(change) & 0xffff);
            int[] builtOn = graph.dependencies(change);
            dependencyCount.write(builtOn.length);
            int[] distances = new int[builtOn.length];
            for (int i = 0; i < builtOn.length; i++) {
                distances[i] = row - rows[builtOn[i]];
            }
            Arrays.sort(distances);
            for (int distance : distances) {
                dependency.write(distance);
            }
            isVoid.write(graph.isVoid(change));
            graph.id(change).copyTo(id, 0);
            isApart.write(!named.get(change));
            (named.get(change) ? columns.column(ID) : apart).writeBytes(id);
        }
        for (RleWriter runs :
                new RleWriter[] {line, length, counter, dependencyCount, dependency}) {
            runs.finish();
        }
        millis.finish();
        isVoid.finish();
        if (apart.size() > 0) {
            isApart.finish();
            Sha256.of(apart.toBytes()).copyTo(id, 0);
            columns.column(APART_HASH).writeBytes(id);
        }
        return apart.toBytes();
    }
}
