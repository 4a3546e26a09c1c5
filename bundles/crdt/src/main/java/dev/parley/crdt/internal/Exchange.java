package dev.parley.crdt.internal;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.api.SignedChange;
import dev.parley.crdt.api.Summary;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/** What two replicas say to find out what one of them misses ({@code 0011-store-sync}). */
final class Exchange {
    /** Of a tip: two ids, two numbers and an empty branch. */
    private static final int TIP_BYTES = 74;

    private final Integration integration;
    private final ChangeGraph graph;

    Exchange(Integration integration) {
        this.integration = integration;
        this.graph = integration.graph();
    }

    Summary summary(int maxBytes) {
        List<Summary.Tip> tips = new ArrayList<>(parked());
        int[] left = {maxBytes - 16};
        tips.forEach(tip -> left[0] -= bytes(tip));
        IntConsumer add =
                change -> {
                    Summary.Tip tip = tip(change);
                    left[0] -= bytes(tip);
                    if (left[0] >= 0 && tips.size() < Summary.MAX_TIPS) {
                        tips.add(tip);
                    }
                };
        int lines = graph.agents().size();
        IntStream all = IntStream.range(0, lines).map(graph::tip);
        if (lines + tips.size() <= Math.min(Summary.MAX_TIPS, maxBytes / (TIP_BYTES + 64))) {
            all.forEach(add);
            return new Summary(tips);
        }
        // The last changes first, because they say the most about all others; then the latest.
        int[] heads = graph.heads();
        Set<Integer> said = new HashSet<>();
        IntStream.of(heads).boxed().sorted(Comparator.reverseOrder()).forEach(said::add);
        IntStream.of(heads).boxed().sorted(Comparator.reverseOrder()).forEach(add::accept);
        all.filter(tip -> !said.contains(tip))
                .boxed()
                .sorted(Comparator.reverseOrder())
                .forEach(add::accept);
        return new Summary(tips);
    }

    private static int bytes(Summary.Tip tip) {
        return TIP_BYTES + tip.branch().length();
    }

    private Summary.Tip tip(int change) {
        AgentName name = graph.agents().name(graph.agent(change));
        return new Summary.Tip(name.author(), name.branch(), graph.seq(change), graph.id(change));
    }

    /** Those that wait for their time have their past here, so whoever hears of them gives none. */
    private List<Summary.Tip> parked() {
        Map<Id, Summary.Tip> tips = new HashMap<>();
        for (SignedChange each : integration.intake().held().allParked()) {
            try {
                Change change = ChangeCodec.decode(each.body());
                tips.put(
                        each.id(),
                        new Summary.Tip(change.author(), change.branch(), change.seq(), each.id()));
                Id prev = change.prev();
                if (prev != null) {
                    tips.remove(prev);
                }
            } catch (MalformedException e) {
                throw new IllegalStateException("it was decoded before it was parked", e);
            }
        }
        return List.copyOf(tips.values());
    }

    Summary beginnings() {
        List<Summary.Tip> beginnings = new ArrayList<>();
        for (int line = 0; line < graph.agents().size(); line++) {
            int first = graph.chained(line, 0);
            if (graph.seq(first) == 1) {
                beginnings.add(tip(first));
            }
        }
        return new Summary(beginnings);
    }

    Outgoing outgoing(Summary theirs) {
        Outgoing outgoing = new Outgoing(integration);
        eachMissing(theirs, (line, from) -> outgoing.add(line, Math.max(from, firstKept(line))));
        return outgoing;
    }

    boolean needsCheckpoint(Summary theirs) {
        boolean[] needs = new boolean[1];
        eachMissing(theirs, (line, from) -> needs[0] |= from < firstKept(line));
        return needs[0];
    }

    private interface Missing {
        void from(int line, int index);
    }

    private void eachMissing(Summary theirs, Missing missing) {
        Version known = known(theirs);
        Map<AgentName, Integer> ahead = ahead(theirs);
        for (int line = 0; line < graph.agents().size(); line++) {
            AgentName name = graph.agents().name(line);
            int tip = graph.tip(line);
            boolean isCovered =
                    known.contains(line, graph.start(tip))
                            || graph.agents().of(name).size() == 1
                                    && ahead.getOrDefault(name, 0) > graph.seq(tip);
            if (!isCovered) {
                missing.from(line, firstUnknown(line, known.get(line)));
            }
        }
    }

    /** The latest first: most others are in its past, and need not be joined. */
    private Version known(Summary theirs) {
        int[] numbers =
                theirs.tips().stream()
                        .mapToInt(tip -> graph.find(tip.change()))
                        .filter(number -> number >= 0)
                        .sorted()
                        .toArray();
        Version known = Version.EMPTY;
        for (int i = numbers.length - 1; i >= 0; i--) {
            if (!known.contains(graph.agent(numbers[i]), graph.start(numbers[i]))) {
                known = known.join(graph.including(numbers[i]));
            }
        }
        return known;
    }

    /** Of agents whose tip we do not know: how far they say it is. */
    private Map<AgentName, Integer> ahead(Summary theirs) {
        Map<AgentName, Integer> ahead = new HashMap<>();
        for (Summary.Tip tip : theirs.tips()) {
            if (graph.find(tip.change()) < 0) {
                ahead.merge(new AgentName(tip.author(), tip.branch()), tip.seq(), Math::max);
            }
        }
        return ahead;
    }

    private interface IndexTest {
        boolean holds(int index);
    }

    private int firstUnknown(int line, int operations) {
        return first(line, index -> graph.start(graph.chained(line, index)) >= operations);
    }

    /** Changes that were given up are the first ones of their line. */
    private int firstKept(int line) {
        return first(line, index -> !integration.isForgotten(graph.chained(line, index)));
    }

    private int first(int line, IndexTest test) {
        int low = 0;
        int high = graph.chainLength(line);
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (test.holds(middle)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }
}
