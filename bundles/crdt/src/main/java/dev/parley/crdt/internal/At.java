package dev.parley.crdt.internal;

import dev.parley.crdt.api.Id;
import java.util.List;

/** Where an operation stands: its change, its number, and so its past. */
final class At {
    /** What {@link #resolve} gives for an operation that is not in the past. */
    static final long NOWHERE = -1;

    private final ChangeGraph graph;
    private final int change;
    private final int agent;
    private int number;

    At(ChangeGraph graph, int change) {
        this.graph = graph;
        this.change = change;
        this.agent = graph.agent(change);
        this.number = graph.start(change);
    }

    /** Goes on to the operation after one of this length. */
    void advance(int length) {
        number += length;
    }

    void restart() {
        number = graph.start(change);
    }

    int change() {
        return change;
    }

    Id changeId() {
        return graph.id(change);
    }

    int agent() {
        return agent;
    }

    int number() {
        return number;
    }

    /** This operation as one number. */
    long dot() {
        return dot(agent, number);
    }

    long time() {
        return graph.time(change);
    }

    Id author() {
        return graph.author(change);
    }

    ChangeGraph graph() {
        return graph;
    }

    static long dot(int agent, int number) {
        return (long) agent << 32 | number;
    }

    static int agent(long dot) {
        return (int) (dot >>> 32);
    }

    static int number(long dot) {
        return (int) dot;
    }

    /** Whether the operation was known here. */
    boolean knows(long dot) {
        return knows(agent(dot), number(dot));
    }

    boolean knows(int ofAgent, int ofNumber) {
        return ofAgent == agent ? ofNumber < number : graph.inPast(change, ofAgent, ofNumber);
    }

    /** How many operations of an agent are in the past. */
    int end(int ofAgent) {
        return ofAgent == agent ? number : graph.foreign(change).get(ofAgent);
    }

    /**
     * @return the operation's dot, or {@link #NOWHERE} if it is not in the past or not named as it
     *     must be
     */
    long resolve(Ref ref) {
        AgentName name = ref.agent();
        if (name == null) {
            return ref.number() < number
                    ? dot(graph.agents().owner(agent, ref.number()), ref.number())
                    : NOWHERE;
        }
        Id fork = ref.fork();
        List<Integer> lines = graph.agents().of(name);
        if (lines.isEmpty()) {
            return NOWHERE;
        }
        if (lines.size() == 1 && fork == null) {
            int only = lines.get(0);
            return knows(only, ref.number()) ? dot(only, ref.number()) : NOWHERE;
        }
        int line = fork == null ? soleLine(lines) : forkLine(name, fork, lines);
        if (line < 0) {
            return NOWHERE;
        }
        int owner = graph.agents().owner(line, ref.number());
        return knows(owner, ref.number()) ? dot(owner, ref.number()) : NOWHERE;
    }

    /** The line that all of the agent's operations in the past are on; -1 if there are two. */
    private int soleLine(List<Integer> lines) {
        int sole = -1;
        for (int line : lines) {
            Agents.Line it = graph.agents().line(line);
            if (!knows(line, it.from())) {
                continue;
            }
            boolean continues = it.parent() == sole && (sole < 0 || !knows(sole, it.from()));
            if (!continues) {
                return -1;
            }
            sole = line;
        }
        return sole;
    }

    private int forkLine(AgentName name, Id fork, List<Integer> lines) {
        int named = graph.find(fork);
        if (named < 0
                || !graph.agents().name(graph.agent(named)).equals(name)
                || !knows(graph.agent(named), graph.start(named))) {
            return -1;
        }
        for (int line : lines) {
            int other = graph.agents().line(line).first();
            boolean twins =
                    other != named
                            && graph.seq(other) == graph.seq(named)
                            && graph.prev(other) == graph.prev(named);
            boolean first = other == named && rivalKnown(named, lines);
            if (first || twins && knows(line, graph.start(other))) {
                return graph.agent(named);
            }
        }
        return -1;
    }

    /** Whether the past has another change with the same sequence number. */
    private boolean rivalKnown(int change, List<Integer> lines) {
        for (int line : lines) {
            if (line != graph.agent(change)
                    && graph.chainLength(line) > 0
                    && knows(line, graph.start(change))) {
                int rival = graph.changeOf(line, graph.start(change));
                if (graph.seq(rival) == graph.seq(change)
                        && graph.prev(rival) == graph.prev(change)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** How this operation's change must name another one in its past. */
    Ref name(long dot) {
        int of = agent(dot);
        int ofNumber = number(dot);
        if (graph.agents().owner(agent, ofNumber) == of) {
            return Ref.own(ofNumber);
        }
        AgentName name = graph.agents().name(of);
        List<Integer> lines = graph.agents().of(name);
        if (lines.size() == 1 || soleLine(lines) >= 0) {
            return new Ref(name, null, ofNumber);
        }
        return new Ref(name, graph.id(parting(of, lines)), ofNumber);
    }

    /** The change of this line, or of one that leaves it, where it parted from another one. */
    private int parting(int of, List<Integer> lines) {
        Agents.Line line = graph.agents().line(of);
        if (line.parent() >= 0 || rivalKnown(line.first(), lines)) {
            return line.first();
        }
        for (int other : lines) {
            Agents.Line child = graph.agents().line(other);
            if (child.parent() == of && knows(other, child.from()) && knows(of, child.from())) {
                return graph.changeOf(of, child.from());
            }
        }
        return line.first();
    }

    /** Last writer wins: by time, then by change, then by number. */
    int compare(long dotA, long dotB) {
        int a = graph.changeOf(agent(dotA), number(dotA));
        int b = graph.changeOf(agent(dotB), number(dotB));
        return compareChanges(graph, a, number(dotA), b, number(dotB));
    }

    static int compareChanges(
            ChangeGraph graph, int changeA, int numberA, int changeB, int numberB) {
        if (changeA == changeB) {
            return Integer.compare(numberA, numberB);
        }
        int byTime = Long.compareUnsigned(graph.time(changeA), graph.time(changeB));
        return byTime != 0 ? byTime : graph.id(changeA).compareTo(graph.id(changeB));
    }
}
