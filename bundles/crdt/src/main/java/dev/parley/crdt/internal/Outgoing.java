package dev.parley.crdt.internal;

import dev.parley.crdt.api.Serving;
import dev.parley.crdt.api.SignedChange;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Merges the ends of lines that somebody misses, by their numbers, which are an order that puts
 * each change after its past. Only what is given is looked at, and each line once.
 */
final class Outgoing implements Serving {
    private static final int EACH = 16;

    /** The rest of a line. */
    private record Rest(int line, int index, int number) {}

    private final Integration integration;
    private final ChangeGraph graph;
    private final PriorityQueue<Rest> rests =
            new PriorityQueue<>((a, b) -> Integer.compare(a.number(), b.number()));
    private @Nullable SignedChange held;
    private int looked;

    Outgoing(Integration integration) {
        this.integration = integration;
        this.graph = integration.graph();
    }

    /** All of a line from this index on. */
    void add(int line, int index) {
        looked++;
        if (index < graph.chainLength(line)) {
            rests.add(new Rest(line, index, graph.chained(line, index)));
        }
    }

    /** How many lines and changes were looked at. */
    int looked() {
        return looked;
    }

    @Override
    public boolean more() {
        return held != null || !rests.isEmpty();
    }

    @Override
    public List<SignedChange> next(int maxBytes, int maxChanges) {
        List<SignedChange> next = new ArrayList<>();
        long bytes = 0;
        for (SignedChange change = take(); change != null; change = take()) {
            bytes += change.body().length + change.signature().length + EACH;
            if (!next.isEmpty() && (bytes > maxBytes || next.size() == maxChanges)) {
                held = change;
                break;
            }
            next.add(change);
        }
        return next;
    }

    private @Nullable SignedChange take() {
        SignedChange kept = held;
        if (kept != null) {
            held = null;
            return kept;
        }
        Rest rest = rests.poll();
        if (rest == null) {
            return null;
        }
        add(rest.line(), rest.index() + 1);
        return integration.rereading().signed(rest.number());
    }
}
