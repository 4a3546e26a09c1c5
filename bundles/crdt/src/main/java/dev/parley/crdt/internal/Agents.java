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
     * @param depth how many lines it leaves, one after the other
     * @param jump one of those, or itself if it leaves none; by jumps and parents each of them is
     *     reached in a number of steps that is logarithmic in the depth (Myers, "An applicative
     *     random-access stack", 1983)
     */
    record Line(AgentName name, int parent, int from, int first, int depth, int jump) {}

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
        lines.add(line(name, parent, from, first));
        byName.computeIfAbsent(name, it -> new ArrayList<>(1)).add(line);
        return line;
    }

    private Line line(AgentName name, int parent, int from, int first) {
        if (parent < 0) {
            return new Line(name, parent, from, first, 0, lines.size());
        }
        Line above = lines.get(parent);
        Line far = lines.get(above.jump());
        boolean goesFar =
                above.depth() - far.depth() == far.depth() - lines.get(far.jump()).depth();
        int jump = goesFar ? far.jump() : parent;
        return new Line(name, parent, from, first, above.depth() + 1, jump);
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
        int depth = Math.min(lines.get(agentA).depth(), lines.get(agentB).depth());
        int a = above(agentA, depth);
        int b = above(agentB, depth);
        if (a == b) {
            // One of them left the other one, maybe through others.
            a = agentA == a ? a : above(agentA, depth + 1);
            b = agentB == b ? b : above(agentB, depth + 1);
        }
        while (lines.get(a).depth() == lines.get(b).depth()
                && lines.get(a).parent() != lines.get(b).parent()) {
            boolean far = lines.get(a).jump() != lines.get(b).jump();
            a = far ? lines.get(a).jump() : lines.get(a).parent();
            b = far ? lines.get(b).jump() : lines.get(b).parent();
        }
        int from = from(a, b);
        if (numberA < from || numberB < from) {
            return Integer.compare(numberA, numberB);
        }
        return graph.id(graph.changeOf(owner(a, from), from))
                .compareTo(graph.id(graph.changeOf(owner(b, from), from)));
    }

    /** The first number at which two lines part that leave one line, or one the other. */
    private int from(int a, int b) {
        Line lineA = lines.get(a);
        Line lineB = lines.get(b);
        if (lineA.depth() == lineB.depth()) {
            return Math.min(lineA.from(), lineB.from());
        }
        return lineA.depth() > lineB.depth() ? lineA.from() : lineB.from();
    }

    /** The line of this depth that one is or leaves. */
    private int above(int agent, int depth) {
        int at = agent;
        while (lines.get(at).depth() > depth) {
            Line line = lines.get(at);
            at = lines.get(line.jump()).depth() >= depth ? line.jump() : line.parent();
        }
        return at;
    }

    /** The line that made the operation with this number, for somebody who knows {@code agent}. */
    int owner(int agent, int number) {
        int at = agent;
        while (parents[at] >= 0 && number < lines.get(at).from()) {
            // The nearest one that begins at the number or before: lines begin later than their
            // parents.
            Line line = lines.get(at);
            at = number < lines.get(line.jump()).from() ? line.jump() : line.parent();
        }
        return at;
    }
}
