package dev.parley.crdt.internal.sequence;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Runs of elements of which something was found out that stays true, so that who names a long run
 * again and again costs no more than who names it once. Runs that touch are one.
 */
final class KnownRuns {
    /** Shorter ones are found out again. */
    static final int LONG = 32;

    /** Of each agent: one past the end of each run, by its first seq. */
    private final Map<Integer, TreeMap<Integer, Integer>> ends = new HashMap<>();

    /** One past the end of the run that has the element, or the seq itself if none has it. */
    int endAt(int agent, int seq) {
        TreeMap<Integer, Integer> of = ends.get(agent);
        Map.Entry<Integer, Integer> run = of == null ? null : of.floorEntry(seq);
        return run == null ? seq : Math.max(seq, run.getValue());
    }

    void add(int agent, int low, int end) {
        TreeMap<Integer, Integer> of = ends.computeIfAbsent(agent, it -> new TreeMap<>());
        int from = low;
        int to = end;
        for (Map.Entry<Integer, Integer> run = of.floorEntry(to);
                run != null && run.getValue() >= from;
                run = of.floorEntry(to)) {
            from = Math.min(from, run.getKey());
            to = Math.max(to, run.getValue());
            of.remove(run.getKey());
        }
        of.put(from, to);
    }
}
