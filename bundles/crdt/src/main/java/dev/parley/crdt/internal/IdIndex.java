package dev.parley.crdt.internal;

import dev.parley.crdt.api.Id;

/**
 * Finds ids that are kept somewhere by their numbers, which are given from 0. Filled when somebody
 * looks: who writes one keystroke after the other never does.
 */
final class IdIndex {
    /** Where the ids are. */
    interface Ids {
        /** What {@link Id#hashCode} says of the id with this number. */
        int hash(int number);

        boolean is(int number, Id id);
    }

    private static final int NONE = -1;

    /**
     * Open addressing. 0 is empty, else the upper bits are of the id's hash and the lower ones the
     * number + 1, which fits because the table is never more than half full.
     */
    private int[] table = new int[16];

    private int filled;
    private final Ids ids;

    IdIndex(Ids ids) {
        this.ids = ids;
    }

    /**
     * @param count how many ids there are now
     * @return its number, or -1
     */
    int find(Id id, int count) {
        fill(count);
        int hash = id.hashCode();
        int mask = table.length - 1;
        int at = hash & mask;
        for (int entry = table[at]; entry != 0; entry = table[at]) {
            int number = (entry & mask) - 1;
            if (((entry ^ hash) & ~mask) == 0 && ids.is(number, id)) {
                return number;
            }
            at = at + 1 & mask;
        }
        return NONE;
    }

    private void fill(int count) {
        if (filled >= count) {
            return;
        }
        if (count * 2 > table.length) {
            table = new int[Integer.highestOneBit(count) * 4];
            filled = 0;
        }
        int mask = table.length - 1;
        for (; filled < count; filled++) {
            int hash = ids.hash(filled);
            int at = hash & mask;
            while (table[at] != 0) {
                at = at + 1 & mask;
            }
            table[at] = hash & ~mask | filled + 1;
        }
    }
}
