package dev.parley.crdt.internal.columns;

import java.util.Map;
import java.util.TreeMap;

/**
 * A block of columns as {@link ColumnsWriter} collects them, each deflated for itself, because a
 * text and the lengths of runs have nothing in common: a count, then for each column its id, its
 * length, its length as it stands here, and its bytes; both lengths are equal if deflating did not
 * help. An odd id marks a column that a reader must know.
 */
public final class PackedColumns {
    /** The most bytes of all columns of a block before they are deflated. */
    public static final int MAX_RAW_BYTES = 1 << 29;

    private static final int LEVEL = 9;

    private final OpenColumns columns = new OpenColumns();

    /** Splits a block, which the reader then stands behind. */
    public PackedColumns(ByteReader in) throws MalformedException {
        int count = in.readLength(OpenColumns.MAX_COLUMNS, "columns");
        int budget = MAX_RAW_BYTES;
        for (int i = 0; i < count; i++) {
            int id = columns.nextId(in);
            int raw = in.readLength(budget, "column");
            int stored = in.readLength(raw, "column as it stands");
            OpenColumns.checkLength(id, raw);
            budget -= raw;
            byte[] bytes = in.readBytes(stored);
            columns.put(
                    id,
                    new ByteReader(
                            stored == raw ? bytes : Deflate.inflate(bytes, raw, MAX_RAW_BYTES)));
        }
    }

    /** Takes a column; the reader is empty if the block has none of this id or it was taken. */
    public ByteReader take(int id) {
        return columns.take(id);
    }

    /** Refuses columns that were not taken and must not be skipped. */
    public void finish() throws MalformedException {
        columns.finish();
    }

    /**
     * @param columns by id; empty ones are left out
     */
    public static void write(Map<Integer, ByteWriter> columns, ByteWriter out) {
        TreeMap<Integer, ByteWriter> filled = new TreeMap<>(columns);
        filled.values().removeIf(column -> column.size() == 0);
        out.writeVarint(filled.size());
        filled.forEach(
                (id, column) -> {
                    byte[] raw = column.toBytes();
                    byte[] deflated = Deflate.deflate(raw, LEVEL);
                    out.writeVarint(id);
                    out.writeVarint(raw.length);
                    byte[] stored = deflated.length < raw.length ? deflated : raw;
                    out.writeVarint(stored.length);
                    out.writeBytes(stored);
                });
    }
}
