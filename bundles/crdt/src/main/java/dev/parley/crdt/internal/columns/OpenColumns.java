package dev.parley.crdt.internal.columns;

import dev.parley.crdt.internal.columns.MalformedException.Reason;
import java.util.Map;
import java.util.TreeMap;

/**
 * The columns of a block that was split, to be taken one by one. Ids ascend, and no column is
 * empty. Not thread-safe.
 */
final class OpenColumns {
    /** The most columns of one block. */
    static final int MAX_COLUMNS = 64;

    private final TreeMap<Integer, ByteReader> columns = new TreeMap<>();

    /** Reads the id of the next column, which must be above the one before. */
    int nextId(ByteReader in) throws MalformedException {
        int id = in.readInt(Integer.MAX_VALUE, "column id");
        int previous = columns.isEmpty() ? -1 : columns.lastKey();
        if (id <= previous) {
            throw new MalformedException(
                    Reason.NOT_CANONICAL, "column id: " + id + ", above " + previous);
        }
        return id;
    }

    static void checkLength(int id, int length) throws MalformedException {
        if (length == 0) {
            throw new MalformedException(
                    Reason.NOT_CANONICAL, "column " + id + ": empty, left out expected");
        }
    }

    void put(int id, ByteReader column) {
        columns.put(id, column);
    }

    /** Takes a column; the reader is empty if the block has none of this id or it was taken. */
    ByteReader take(int id) {
        ByteReader column = columns.remove(id);
        return column == null ? new ByteReader(new byte[0]) : column;
    }

    /** Refuses columns that were not taken and must not be skipped. */
    void finish() throws MalformedException {
        for (Map.Entry<Integer, ByteReader> left : columns.entrySet()) {
            if ((left.getKey() & 1) == 1) {
                throw new MalformedException(
                        Reason.UNSUPPORTED, "column " + left.getKey() + ": critical and unknown");
            }
        }
    }
}
