package dev.parley.crdt.internal;

import dev.parley.crdt.api.Id;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Dense numbers for agents, and one more for each further line of an agent that signed two changes
 * of one sequence number. The numbers are this replica's own; what is compared between replicas are
 * names, and the changes where lines part.
 */
final class Agents {
    /**
     * @param name who
     * @param parent the line this one leaves; -1 for an agent's first
     * @param from the first operation number that is this line's own
     * @param first the change it begins with, as the graph numbers it
     */
    record Line(AgentName name, int parent, int from, int first) {}

    private final List<Line> lines = new ArrayList<>();

    /** The parent of each line once more: most have none, and each operation asks. */
    private int[] parents = new int[2];

    private final Map<AgentName, List<Integer>> byName = new HashMap<>();
    private final ChangeGraph graph;

    /** Most ask for whom they asked the last time. */
    private @Nullable AgentName lastName;

    private List<Integer> lastLines = List.of();

    Agents(ChangeGraph graph) {
        this.graph = graph;
    }

    int size() {
        return lines.size();
    }

    Line line(int agent) {
        return lines.get(agent);
    }

    Id author(int agent) {
        return lines.get(agent).name().author();
    }

    AgentName name(int agent) {
        return lines.get(agent).name();
    }

    /** All lines of an agent, the one that came first first. */
    List<Integer> of(AgentName name) {
        if (name != lastName && !name.equals(lastName)) {
            lastName = name;
            lastLines = byName.getOrDefault(name, List.of());
        }
        return lastLines;
    }

    int add(AgentName name, int parent, int from, int first) {
        lastName = null;
        int line = lines.size();
        if (line == parents.length) {
            parents = Arrays.copyOf(parents, 2 * line);
        }
        parents[line] = parent;
        lines.add(new Line(name, parent, from, first));
        byName.computeIfAbsent(name, it -> new ArrayList<>(1)).add(line);
        return line;
    }

    void removeLast() {
        lastName = null;
        Line last = lines.remove(lines.size() - 1);
        List<Integer> of = of(last.name());
        of.remove(of.size() - 1);
        if (of.isEmpty()) {
            byName.remove(last.name());
        }
    }

    /**
     * The order among siblings: by name, then for operations of two lines by the ids of the changes
     * where they part, then by number.
     */
    int compare(int agentA, int numberA, int agentB, int numberB) {
        if (agentA == agentB) {
            return Integer.compare(numberA, numberB);
        }
        Line a = lines.get(agentA);
        Line b = lines.get(agentB);
        int names = a.name().compareTo(b.name());
        return names != 0 ? names : compareForks(agentA, numberA, agentB, numberB);
    }

    private int compareForks(int agentA, int numberA, int agentB, int numberB) {
        List<Integer> lineA = ancestors(agentA);
        List<Integer> lineB = ancestors(agentB);
        int common = 0;
        while (common < lineA.size()
                && common < lineB.size()
                && lineA.get(common).equals(lineB.get(common))) {
            common++;
        }
        int from = Integer.MAX_VALUE;
        if (common < lineA.size()) {
            from = Math.min(from, lines.get(lineA.get(common)).from());
        }
        if (common < lineB.size()) {
            from = Math.min(from, lines.get(lineB.get(common)).from());
        }
        if (numberA < from || numberB < from) {
            return Integer.compare(numberA, numberB);
        }
        return graph.id(graph.changeOf(agentOf(lineA, from), from))
                .compareTo(graph.id(graph.changeOf(agentOf(lineB, from), from)));
    }

    /** From the agent's first line to this one. */
    private List<Integer> ancestors(int agent) {
        List<Integer> ancestors = new ArrayList<>();
        for (int at = agent; at >= 0; at = lines.get(at).parent()) {
            ancestors.add(0, at);
        }
        return ancestors;
    }

    private int agentOf(List<Integer> ancestors, int number) {
        int agent = ancestors.get(0);
        for (int next : ancestors) {
            if (lines.get(next).from() <= number) {
                agent = next;
            }
        }
        return agent;
    }

    /** The line that made the operation with this number, for somebody who knows {@code agent}. */
    int owner(int agent, int number) {
        int at = agent;
        while (parents[at] >= 0 && number < lines.get(at).from()) {
            at = parents[at];
        }
        return at;
    }
}
