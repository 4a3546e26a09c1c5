package dev.parley.crdt.internal;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.internal.sequence.SequenceSnapshot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The lines of agents cut where they part. Which of two lines that part goes on with the common
 * number is every replica's own affair; the parts between the cuts are the same for all, and they
 * are sorted by name, first number and first change. So a part and a number name an operation in
 * what is hashed.
 */
final class LineParts {
    /**
     * @param first the change it begins with
     */
    record Part(AgentName name, int from, int first) {}

    private static final int NONE = -1;

    private final ChangeGraph graph;
    private final List<Part> parts = new ArrayList<>();
    private final int[] partOf;

    /** Of each line: the first numbers of its parts, and the parts. */
    private final int[][] starts;

    private final int[][] lineParts;

    /**
     * @param order a closed set of changes, each after its past
     */
    LineParts(ChangeGraph graph, int[] order) {
        this.graph = graph;
        int[] followers = new int[graph.size()];
        boolean[] in = new boolean[graph.size()];
        for (int change : order) {
            in[change] = true;
            if (graph.prev(change) != NONE) {
                followers[graph.prev(change)]++;
            }
        }
        partOf = new int[graph.size()];
        for (int change : order) {
            int prev = graph.prev(change);
            if (prev != NONE && followers[prev] == 1) {
                partOf[change] = partOf[prev];
            } else {
                partOf[change] = parts.size();
                parts.add(
                        new Part(
                                graph.agents().name(graph.agent(change)),
                                graph.start(change),
                                change));
            }
        }
        sort(order);
        starts = new int[graph.agents().size()][];
        lineParts = new int[graph.agents().size()][];
        for (int line = 0; line < starts.length; line++) {
            findParts(line, in);
        }
    }

    private void sort(int[] order) {
        Integer[] sorted = new Integer[parts.size()];
        Arrays.setAll(sorted, it -> it);
        Comparator<Integer> byName = Comparator.comparing(it -> parts.get(it).name());
        Arrays.sort(
                sorted,
                byName.thenComparing(it -> parts.get(it).from()).thenComparing(it -> firstOf(it)));
        List<Part> before = new ArrayList<>(parts);
        int[] ranks = new int[sorted.length];
        for (int rank = 0; rank < sorted.length; rank++) {
            ranks[sorted[rank]] = rank;
            parts.set(rank, before.get(sorted[rank]));
        }
        for (int change : order) {
            partOf[change] = ranks[partOf[change]];
        }
    }

    private Id firstOf(int part) {
        return graph.id(parts.get(part).first());
    }

    private void findParts(int line, boolean[] in) {
        int[] from = new int[1];
        int[] part = new int[1];
        int count = 0;
        for (int i = 0; i < graph.chainLength(line); i++) {
            int change = graph.chained(line, i);
            if (in[change] && (count == 0 || part[count - 1] != partOf[change])) {
                if (count == from.length) {
                    from = Arrays.copyOf(from, count * 2);
                    part = Arrays.copyOf(part, count * 2);
                }
                from[count] = graph.start(change);
                part[count++] = partOf[change];
            }
        }
        starts[line] = Arrays.copyOf(from, count);
        lineParts[line] = Arrays.copyOf(part, count);
    }

    int count() {
        return parts.size();
    }

    Part part(int rank) {
        return parts.get(rank);
    }

    /** Whether the agent has other parts than this one. */
    boolean isFork(int rank) {
        AgentName name = parts.get(rank).name();
        return rank > 0 && parts.get(rank - 1).name().equals(name)
                || rank + 1 < parts.size() && parts.get(rank + 1).name().equals(name);
    }

    int ofChange(int change) {
        return partOf[change];
    }

    private int index(int line, int number) {
        int[] from = starts[line];
        int index = from.length - 1;
        while (index > 0 && from[index] > number) {
            index--;
        }
        return index;
    }

    int of(int line, int number) {
        return lineParts[line][index(line, number)];
    }

    /** The first higher number of the line that is in another part. */
    int endOf(int line, int number) {
        int next = index(line, number) + 1;
        return next < starts[line].length ? starts[line][next] : Integer.MAX_VALUE;
    }

    SequenceSnapshot.Agents table() {
        return new SequenceSnapshot.Agents(count(), this::of, this::endOf, rank -> NONE);
    }
}
