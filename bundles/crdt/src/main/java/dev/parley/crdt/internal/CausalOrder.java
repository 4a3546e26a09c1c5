package dev.parley.crdt.internal;

import java.util.Arrays;
import java.util.BitSet;
import java.util.PriorityQueue;

/**
 * The order of changes in files: the same for a set of changes wherever it is written, each after
 * its past, and an author's changes one after the other as long as they can be, because that is
 * what packs well. Where an author's line stops, the one goes on that is first by time, then id.
 */
final class CausalOrder {
    private static final int NONE = -1;

    private final ChangeGraph graph;
    private final BitSet set;
    private final int[] waits;
    private final int[] firstEdge;
    private final int[] nextEdge;
    private final int[] edgeTo;
    private int edges;

    private CausalOrder(ChangeGraph graph, BitSet set) {
        this.graph = graph;
        this.set = set;
        waits = new int[graph.size()];
        firstEdge = new int[graph.size()];
        Arrays.fill(firstEdge, NONE);
        int most = 0;
        for (int i = set.nextSetBit(0); i >= 0; i = set.nextSetBit(i + 1)) {
            most += graph.dependencies(i).length + 1;
        }
        nextEdge = new int[most];
        edgeTo = new int[most];
    }

    /** All changes of the set, by their numbers. */
    static int[] of(ChangeGraph graph, BitSet set) {
        return new CausalOrder(graph, set).sort();
    }

    private void edge(int from, int to) {
        if (from != NONE && set.get(from)) {
            edgeTo[edges] = to;
            nextEdge[edges] = firstEdge[from];
            firstEdge[from] = edges++;
            waits[to]++;
        }
    }

    private int compare(int a, int b) {
        int byTime = Long.compareUnsigned(graph.time(a), graph.time(b));
        return byTime != 0 ? byTime : graph.id(a).compareTo(graph.id(b));
    }

    private int[] sort() {
        PriorityQueue<Integer> ready = new PriorityQueue<>(this::compare);
        for (int i = set.nextSetBit(0); i >= 0; i = set.nextSetBit(i + 1)) {
            edge(graph.prev(i), i);
            for (int dependency : graph.dependencies(i)) {
                edge(dependency, i);
            }
            if (waits[i] == 0) {
                ready.add(i);
            }
        }
        int[] order = new int[set.cardinality()];
        int size = 0;
        int next = NONE;
        while (size < order.length) {
            int change = next == NONE ? ready.remove() : next;
            order[size++] = change;
            next = NONE;
            for (int edge = firstEdge[change]; edge != NONE; edge = nextEdge[edge]) {
                int freed = edgeTo[edge];
                if (--waits[freed] > 0) {
                    continue;
                }
                boolean goesOn = graph.prev(freed) == change;
                if (goesOn && (next == NONE || compare(freed, next) < 0)) {
                    if (next != NONE) {
                        ready.add(next);
                    }
                    next = freed;
                } else {
                    ready.add(freed);
                }
            }
        }
        return order;
    }
}
