package dev.parley.crdt.internal.columns;

import dev.parley.crdt.internal.columns.MalformedException.Reason;
import java.util.Map;
import java.util.TreeMap;

/**
 * Splits a block written by {@link ColumnsWriter} into its columns without copying them. Unknown
 * columns with an even id are skipped, those with an odd id are refused by {@link #finish}.
 */
public final class ColumnsReader {
    /** The most columns of one block. */
    public static final int MAX_COLUMNS = 64;

    private final TreeMap<Integer, ByteReader> columns = new TreeMap<>();

    /** Takes one block from the reader, which goes on behind it. */
    public ColumnsReader(ByteReader in) throws MalformedException {
        int count = in.readLength(MAX_COLUMNS, "columns");
        int previous = -1;
        for (int i = 0; i < count; i++) {
            int id = in.readInt(Integer.MAX_VALUE, "column id");
            if (id <= previous) {
                throw new MalformedException(
                        Reason.NOT_CANONICAL, "column id: " + id + ", above " + previous);
            }
            previous = id;
            int length = in.readLength(Integer.MAX_VALUE, "column length");
            if (length == 0) {
                throw new MalformedException(
                        Reason.NOT_CANONICAL, "column " + id + ": empty, left out expected");
            }
            columns.put(id, in.slice(length));
        }
    }

    /** Takes a column; the reader is empty if the block has none of this id or it was taken. */
    public ByteReader take(int id) {
        ByteReader column = columns.remove(id);
        return column == null ? new ByteReader(new byte[0]) : column;
    }

    /** Refuses columns that were not taken and must not be skipped. */
    public void finish() throws MalformedException {
        for (Map.Entry<Integer, ByteReader> left : columns.entrySet()) {
            if ((left.getKey() & 1) == 1) {
                throw new MalformedException(
                        Reason.UNSUPPORTED, "column " + left.getKey() + ": critical and unknown");
            }
        }
    }
}
