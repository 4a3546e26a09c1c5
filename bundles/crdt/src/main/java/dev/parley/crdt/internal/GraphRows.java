package dev.parley.crdt.internal;

import dev.parley.crdt.api.Id;
import java.util.Arrays;

/**
 * What the graph knows of each change, in pages: a row is eight numbers and an id, so that what is
 * asked together lies together and nothing is copied when there are more. What a change builds on
 * beside its author's one before, and what it knows of others, is kept for pages that have such
 * changes.
 */
final class GraphRows implements IdIndex.Ids {
    static final int[] NOTHING = {};
    private static final int PAGE_BITS = 8;
    private static final int PAGE = 1 << PAGE_BITS;
    private static final int FIRST = 16;
    private static final int STRIDE = 8;
    private static final int SEQ = 1;
    private static final int START = 2;
    private static final int LENGTH = 3;
    private static final int PREV = 4;
    private static final int TIME = 5;
    private static final int FLAGS = 7;

    /** The flags. */
    private static final int VOID = 1;

    private static final int BY_ADMIN = 2;

    /** The first changes, if the graph began with them. */
    private BaseRows base = new BaseRows();

    private int below;
    private int pages = 1;
    private int[][] numbers = {new int[FIRST * STRIDE]};
    private byte[][] ids = {new byte[FIRST * Id.BYTES]};

    /** Pages without a row in them are empty arrays. */
    private int[][][] dependencies = {{}};

    private Version[][] foreign = {{}};

    /** Rows are written behind these from now on. */
    void base(BaseRows rows) {
        base = rows;
        below = rows.count();
    }

    BaseRows base() {
        return base;
    }

    private static int at(int row) {
        return (row & PAGE - 1) * STRIDE;
    }

    private int[] page(int row) {
        return numbers[row >>> PAGE_BITS];
    }

    int agent(int change) {
        int row = change - below;
        return row < 0 ? base.agent(change) : page(row)[at(row)];
    }

    int seq(int change) {
        int row = change - below;
        return row < 0 ? base.seq(change) : page(row)[at(row) + SEQ];
    }

    int start(int change) {
        int row = change - below;
        return row < 0 ? base.start(change) : page(row)[at(row) + START];
    }

    int length(int change) {
        int row = change - below;
        return row < 0 ? base.length(change) : page(row)[at(row) + LENGTH];
    }

    /** Adds operations to a change that is not below the checkpoint. */
    void extend(int change, int operations) {
        int row = change - below;
        page(row)[at(row) + LENGTH] += operations;
    }

    /** One past the last operation number. */
    int end(int change) {
        int row = change - below;
        if (row < 0) {
            return base.start(change) + base.length(change);
        }
        int[] page = page(row);
        int at = at(row);
        return page[at + START] + page[at + LENGTH];
    }

    int prev(int change) {
        int row = change - below;
        return row < 0 ? base.prev(change) : page(row)[at(row) + PREV];
    }

    long time(int change) {
        int row = change - below;
        if (row < 0) {
            return base.time(change);
        }
        int[] page = page(row);
        int at = at(row) + TIME;
        return (long) page[at] << 32 | page[at + 1] & 0xffff_ffffL;
    }

    boolean isVoid(int change) {
        int row = change - below;
        return row < 0 ? base.isVoid(change) : (page(row)[at(row) + FLAGS] & VOID) != 0;
    }

    void markVoid(int change) {
        int row = change - below;
        page(row)[at(row) + FLAGS] |= VOID;
    }

    /** Of changes below the checkpoint nobody asks. */
    boolean isByAdmin(int change) {
        int row = change - below;
        return row >= 0 && (page(row)[at(row) + FLAGS] & BY_ADMIN) != 0;
    }

    void markByAdmin(int change) {
        int row = change - below;
        page(row)[at(row) + FLAGS] |= BY_ADMIN;
    }

    Id id(int change) {
        int row = change - below;
        return row < 0 ? base.id(change) : Id.of(ids[row >>> PAGE_BITS], idAt(row), Id.BYTES);
    }

    boolean hasId(int change, Id id) {
        int row = change - below;
        return row < 0 ? base.hasId(change, id) : id.equalsAt(ids[row >>> PAGE_BITS], idAt(row));
    }

    /** Whether the id stands there. */
    boolean hasId(int change, byte[] source, int from) {
        int row = change - below;
        if (row < 0) {
            return base.hasId(change, source, from);
        }
        int at = idAt(row);
        byte[] page = ids[row >>> PAGE_BITS];
        return Arrays.equals(page, at, at + Id.BYTES, source, from, from + Id.BYTES);
    }

    void id(int change, Id id) {
        int row = change - below;
        id.copyTo(ids[row >>> PAGE_BITS], idAt(row));
    }

    /** Whether its id is here. */
    boolean knowsId(int change) {
        return change >= below || base.knowsId(change);
    }

    @Override
    public int hash(int row) {
        return Id.hashAt(ids[row >>> PAGE_BITS], idAt(row));
    }

    @Override
    public boolean is(int row, Id id) {
        return id.equalsAt(ids[row >>> PAGE_BITS], idAt(row));
    }

    private static int idAt(int row) {
        return (row & PAGE - 1) * Id.BYTES;
    }

    int[] dependencies(int change) {
        int row = change - below;
        if (row < 0) {
            return base.dependencies(change);
        }
        int[][] page = dependencies[row >>> PAGE_BITS];
        return page.length == 0 ? NOTHING : page[row & PAGE - 1];
    }

    private void dependencies(int row, int[] builtOn) {
        int number = row >>> PAGE_BITS;
        if (builtOn.length > 0 && dependencies[number].length == 0) {
            dependencies[number] = filled(new int[0][], capacity(number), NOTHING);
        }
        if (dependencies[number].length > 0) {
            dependencies[number][row & PAGE - 1] = builtOn;
        }
    }

    Version foreign(int change) {
        int row = change - below;
        if (row < 0) {
            return base.foreign(change);
        }
        Version[] page = foreign[row >>> PAGE_BITS];
        return page.length == 0 ? Version.EMPTY : page[row & PAGE - 1];
    }

    private void foreign(int row, Version version) {
        int number = row >>> PAGE_BITS;
        if (version != Version.EMPTY && foreign[number].length == 0) {
            foreign[number] = filled(new Version[0], capacity(number), Version.EMPTY);
        }
        if (foreign[number].length > 0) {
            foreign[number][row & PAGE - 1] = version;
        }
    }

    private static <T> T[] filled(T[] page, int capacity, T with) {
        T[] larger = Arrays.copyOf(page, capacity);
        Arrays.fill(larger, page.length, capacity, with);
        return larger;
    }

    private int capacity(int number) {
        return numbers[number].length / STRIDE;
    }

    /** Writes a row without operations and without an id; rows come in order. */
    void set(
            int change,
            int agent,
            int seq,
            int start,
            int prev,
            long time,
            int[] builtOn,
            Version past) {
        int row = change - below;
        int number = row >>> PAGE_BITS;
        if (number == pages || (row & PAGE - 1) == capacity(number)) {
            grow(number);
        }
        int[] page = numbers[number];
        int at = at(row);
        page[at] = agent;
        page[at + SEQ] = seq;
        page[at + START] = start;
        page[at + LENGTH] = 0;
        page[at + PREV] = prev;
        page[at + TIME] = (int) (time >>> 32);
        page[at + TIME + 1] = (int) time;
        page[at + FLAGS] = 0;
        dependencies(row, builtOn);
        foreign(row, past);
    }

    private void grow(int number) {
        if (number == pages) {
            if (number == numbers.length) {
                int more = number + number / 2 + 1;
                numbers = Arrays.copyOf(numbers, more);
                ids = Arrays.copyOf(ids, more);
                dependencies = Arrays.copyOf(dependencies, more);
                foreign = Arrays.copyOf(foreign, more);
            }
            pages++;
            numbers[number] = new int[PAGE * STRIDE];
            ids[number] = new byte[PAGE * Id.BYTES];
            dependencies[number] = new int[0][];
            foreign[number] = new Version[0];
            return;
        }
        int rows = 2 * capacity(number);
        numbers[number] = Arrays.copyOf(numbers[number], rows * STRIDE);
        ids[number] = Arrays.copyOf(ids[number], rows * Id.BYTES);
        if (dependencies[number].length > 0) {
            dependencies[number] = filled(dependencies[number], rows, NOTHING);
        }
        if (foreign[number].length > 0) {
            foreign[number] = filled(foreign[number], rows, Version.EMPTY);
        }
    }
}
