package dev.parley.crdt.internal;

import static dev.parley.crdt.internal.SnapshotFormat.*;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.StoreInfo;
import dev.parley.crdt.internal.columns.BooleanWriter;
import dev.parley.crdt.internal.columns.ByteWriter;
import dev.parley.crdt.internal.columns.ColumnsWriter;
import dev.parley.crdt.internal.columns.Deflate;
import dev.parley.crdt.internal.columns.DeltaWriter;
import dev.parley.crdt.internal.columns.RleWriter;
import java.util.Arrays;

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
     * @return what is hashed
     */
    static byte[] write(
            StoreInfo info, ChangeGraph graph, Roles roles, View view, boolean deletedText) {
        StoreSnapshotWriter writer = new StoreSnapshotWriter(graph, view);
        int[] rows = new int[graph.size()];
        Arrays.fill(rows, NONE);
        for (int row = 0; row < writer.order.length; row++) {
            rows[writer.order[row]] = row;
        }
        writer.writeLines(rows);
        writer.writeChanges(rows);
        Writer given = new Writer(64);
        roles.write(given, rows);
        writer.column(ROLES, given);
        Writer objects = new Writer(1 << 12);
        view.root().write(new StateWriter(objects, writer.parts, deletedText));
        writer.column(OBJECTS, objects);
        byte[] encoded = info.encode();
        ByteWriter out = new ByteWriter(1 << 16);
        out.writeVarint(VERSION);
        out.writeVarint(encoded.length);
        out.writeBytes(encoded);
        out.writeVarint(deletedText ? DELETED_TEXT : 0);
        out.writeVarint(writer.order.length);
        writer.columns.writeTo(out);
        return out.toBytes();
    }

    /** As it is kept and sent. */
    static byte[] packed(byte[] raw) {
        ByteWriter out = new ByteWriter(raw.length / 2);
        out.writeVarint(VERSION);
        out.writeVarint(raw.length);
        out.writeBytes(Deflate.deflate(raw));
        return out.toBytes();
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

    private void writeChanges(int[] rows) {
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
            columns.column(ID).writeBytes(id);
        }
        for (RleWriter runs :
                new RleWriter[] {line, length, counter, dependencyCount, dependency}) {
            runs.finish();
        }
        millis.finish();
        isVoid.finish();
    }
}
