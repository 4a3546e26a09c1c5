package dev.parley.crdt.internal.columns;

/**
 * Splits a block written by {@link ColumnsWriter} into its columns without copying them. Unknown
 * columns with an even id are skipped, those with an odd id are refused by {@link #finish}.
 */
public final class ColumnsReader {
    private final OpenColumns columns = new OpenColumns();

    /** Takes one block from the reader, which goes on behind it. */
    public ColumnsReader(ByteReader in) throws MalformedException {
        int count = in.readLength(OpenColumns.MAX_COLUMNS, "columns");
        for (int i = 0; i < count; i++) {
            int id = columns.nextId(in);
            int length = in.readLength(Integer.MAX_VALUE, "column length");
            OpenColumns.checkLength(id, length);
            columns.put(id, in.slice(length));
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
}
