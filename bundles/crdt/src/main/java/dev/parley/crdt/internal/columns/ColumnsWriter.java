package dev.parley.crdt.internal.columns;

import java.util.TreeMap;

/**
 * Collects the columns of one block: a count, then for each column its id, its length in bytes and
 * its bytes, by ascending id. Empty columns are left out. An <b>odd</b> id marks a column that a
 * reader must know; a column with an even id may be skipped by readers from before it was invented.
 * Not thread-safe.
 */
public final class ColumnsWriter {
    private final TreeMap<Integer, ByteWriter> columns = new TreeMap<>();

    /**
     * Where to write the column; finish its run writers before {@link #writeTo}.
     *
     * @param id at least 0
     */
    public ByteWriter column(int id) {
        if (id < 0) {
            throw new IllegalArgumentException("column: " + id + ", at least 0");
        }
        return columns.computeIfAbsent(id, key -> new ByteWriter());
    }

    public void writeTo(ByteWriter out) {
        columns.values().removeIf(column -> column.size() == 0);
        out.writeVarint(columns.size());
        columns.forEach(
                (id, column) -> {
                    out.writeVarint(id);
                    out.writeVarint(column.size());
                    out.writeAll(column);
                });
    }
}
