package dev.parley.crdt.internal;

import dev.parley.crdt.api.Id;
import java.util.Arrays;

/**
 * What the graph knows of each change, in pages: a row is eight numbers and an id, so that what is
 * asked together lies together and nothing is copied when there are more. What a change builds on
 * beside its author's one before, and what it knows of others, is kept for pages that have such
 * changes.
 */
final class GraphRows {
    private static final int[] NOTHING = {};
    private static final int PAGE_BITS = 8;
    private static final int PAGE = 1 << PAGE_BITS;
    private static final int FIRST = 16;
    private static final int STRIDE = 8;
    private static final int SEQ = 1;
    private static final int START = 2;
    private static final int LENGTH = 3;
    private static final int PREV = 4;
    private static final int TIME = 5;
    private static final int VOID = 7;

    private int pages = 1;
    private int[][] numbers = {new int[FIRST * STRIDE]};
    private byte[][] ids = {new byte[FIRST * Id.BYTES]};

    /** Pages without a row in them are empty arrays. */
    private int[][][] dependencies = {{}};

    private Version[][] foreign = {{}};

    private static int at(int change) {
        return (change & PAGE - 1) * STRIDE;
    }

    private int[] page(int change) {
        return numbers[change >>> PAGE_BITS];
    }

    int agent(int change) {
        return page(change)[at(change)];
    }

    void agent(int change, int agent) {
        page(change)[at(change)] = agent;
    }

    int seq(int change) {
        return page(change)[at(change) + SEQ];
    }

    int start(int change) {
        return page(change)[at(change) + START];
    }

    int length(int change) {
        return page(change)[at(change) + LENGTH];
    }

    void length(int change, int length) {
        page(change)[at(change) + LENGTH] = length;
    }

    /** One past the last operation number. */
    int end(int change) {
        int[] page = page(change);
        int at = at(change);
        return page[at + START] + page[at + LENGTH];
    }

    int prev(int change) {
        return page(change)[at(change) + PREV];
    }

    long time(int change) {
        int[] page = page(change);
        int at = at(change) + TIME;
        return (long) page[at] << 32 | page[at + 1] & 0xffff_ffffL;
    }

    boolean isVoid(int change) {
        return page(change)[at(change) + VOID] != 0;
    }

    void markVoid(int change) {
        page(change)[at(change) + VOID] = 1;
    }

    Id id(int change) {
        return Id.of(ids[change >>> PAGE_BITS], idAt(change), Id.BYTES);
    }

    boolean hasId(int change, Id id) {
        return id.equalsAt(ids[change >>> PAGE_BITS], idAt(change));
    }

    /** Whether the id stands there. */
    boolean hasId(int change, byte[] source, int from) {
        int at = idAt(change);
        byte[] page = ids[change >>> PAGE_BITS];
        return Arrays.equals(page, at, at + Id.BYTES, source, from, from + Id.BYTES);
    }

    void id(int change, Id id) {
        id.copyTo(ids[change >>> PAGE_BITS], idAt(change));
    }

    /** What {@link Id#hashCode} says. */
    int hash(int change) {
        return Id.hashAt(ids[change >>> PAGE_BITS], idAt(change));
    }

    private static int idAt(int change) {
        return (change & PAGE - 1) * Id.BYTES;
    }

    int[] dependencies(int change) {
        int[][] page = dependencies[change >>> PAGE_BITS];
        return page.length == 0 ? NOTHING : page[change & PAGE - 1];
    }

    private void dependencies(int change, int[] builtOn) {
        int number = change >>> PAGE_BITS;
        if (builtOn.length > 0 && dependencies[number].length == 0) {
            dependencies[number] = filled(new int[0][], capacity(number), NOTHING);
        }
        if (dependencies[number].length > 0) {
            dependencies[number][change & PAGE - 1] = builtOn;
        }
    }

    Version foreign(int change) {
        Version[] page = foreign[change >>> PAGE_BITS];
        return page.length == 0 ? Version.EMPTY : page[change & PAGE - 1];
    }

    void foreign(int change, Version version) {
        int number = change >>> PAGE_BITS;
        if (version != Version.EMPTY && foreign[number].length == 0) {
            foreign[number] = filled(new Version[0], capacity(number), Version.EMPTY);
        }
        if (foreign[number].length > 0) {
            foreign[number][change & PAGE - 1] = version;
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

    /** Writes a row without operations and without a name; rows come in order. */
    void set(int change, int seq, int start, int prev, long time, int[] builtOn) {
        int number = change >>> PAGE_BITS;
        if (number == pages || (change & PAGE - 1) == capacity(number)) {
            grow(number);
        }
        int[] page = numbers[number];
        int at = at(change);
        page[at + SEQ] = seq;
        page[at + START] = start;
        page[at + LENGTH] = 0;
        page[at + PREV] = prev;
        page[at + TIME] = (int) (time >>> 32);
        page[at + TIME + 1] = (int) time;
        page[at + VOID] = 0;
        dependencies(change, builtOn);
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
