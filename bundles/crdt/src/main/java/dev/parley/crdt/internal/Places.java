package dev.parley.crdt.internal;

/**
 * Where the changes of a graph are in the history. The first ones stand anywhere or were given up;
 * those that came later follow the history's end.
 */
final class Places {
    static final int FORGOTTEN = -1;
    static final Places EMPTY = new Places(new int[0], 0);

    private final int below;
    private final int[] first;
    private final int end;

    private Places(int below, int[] first, int end) {
        this.below = below;
        this.first = first;
        this.end = end;
    }

    /** So many that were given up, before an empty history. */
    static Places below(int changes) {
        return new Places(changes, new int[0], 0);
    }

    /**
     * @param first of the first changes of the graph, by number; {@link #FORGOTTEN} if given up
     * @param end how many the history had
     */
    Places(int[] first, int end) {
        this(0, first, end);
    }

    /**
     * @throws ForgottenException if the change's operations were given up
     */
    int of(int change) {
        if (isForgotten(change)) {
            throw new ForgottenException();
        }
        int index = change - below;
        return index < first.length ? first[index] : end + index - first.length;
    }

    /** Whether only the graph's knowledge of a change is left. */
    boolean isForgotten(int change) {
        int index = change - below;
        return index < 0 || index < first.length && first[index] < 0;
    }

    /**
     * @param changes how many the graph has
     * @return where the next one will be
     */
    int next(int changes) {
        return end + changes - below - first.length;
    }
}
