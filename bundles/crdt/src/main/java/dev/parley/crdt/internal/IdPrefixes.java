package dev.parley.crdt.internal;

import dev.parley.crdt.api.Id;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * Finds ids by their first hex digits: those that were sorted by bisection, the few that came since
 * one after the other. Filled when somebody looks. Not thread-safe.
 */
final class IdPrefixes {
    /** How many hex digits {@link Id#hashCode} is of. */
    private static final int SORTED_DIGITS = 8;

    private static final int MIN_UNSORTED = 1024;

    private final IntFunction<Optional<Id>> ids;

    /** The first digits in the upper half, so that they sort as unsigned, and the number below. */
    private long[] sorted = {};

    /** How many ids were looked at for that. */
    private int seen;

    /**
     * @param ids by number; none of what is not here
     */
    IdPrefixes(IntFunction<Optional<Id>> ids) {
        this.ids = ids;
    }

    /** Ids are here that were not. */
    void forget() {
        sorted = new long[0];
        seen = 0;
    }

    /**
     * @param hex lowercase digits
     * @param limit stops there
     * @param count how many ids there are now, never fewer than before
     * @return in no order
     */
    List<Id> find(String hex, int limit, int count) {
        if (count - seen > Math.max(MIN_UNSORTED, seen / 16)) {
            sort(count);
        }
        List<Id> found = new ArrayList<>();
        if (!hex.matches("[0-9a-f]{0,64}")) {
            return found;
        }
        String digits = hex.substring(0, Math.min(SORTED_DIGITS, hex.length()));
        String padding = "0".repeat(SORTED_DIGITS - digits.length());
        long from = key(Integer.parseUnsignedInt(digits + padding, 16), 0);
        String end = digits + padding.replace('0', 'f');
        long to = key(Integer.parseUnsignedInt(end, 16), Integer.MAX_VALUE);
        int at = Arrays.binarySearch(sorted, from);
        for (int i = at < 0 ? -at - 1 : at; i < sorted.length && sorted[i] <= to; i++) {
            add((int) sorted[i], hex, limit, found);
        }
        for (int number = seen; number < count; number++) {
            add(number, hex, limit, found);
        }
        return found;
    }

    private void add(int number, String hex, int limit, List<Id> found) {
        if (found.size() < limit) {
            ids.apply(number).filter(it -> it.hex().startsWith(hex)).ifPresent(found::add);
        }
    }

    private void sort(int count) {
        long[] all = Arrays.copyOf(sorted, sorted.length + count - seen);
        int size = sorted.length;
        for (int number = seen; number < count; number++) {
            Optional<Id> id = ids.apply(number);
            if (id.isPresent()) {
                all[size++] = key(id.get().hashCode(), number);
            }
        }
        sorted = Arrays.copyOf(all, size);
        Arrays.sort(sorted);
        seen = count;
    }

    private static long key(int firstDigits, int number) {
        return (long) (firstDigits ^ Integer.MIN_VALUE) << 32 | number;
    }
}
