package dev.parley.crdt.internal;

import dev.parley.crdt.api.Id;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where an operation stands: its change, its number, and so its past. */
final class At {
    /** What {@link #resolve} gives for an operation that is not in the past. */
    static final long NOWHERE = -1;

    private static final int NONE = -1;
    private static final int UNKNOWN = -2;

    private final ChangeGraph graph;
    private final int change;
    private final int agent;
    private int number;

    /** Whose {@link #soleLine} was looked for last; the past does not change. */
    private @Nullable AgentName lastName;

    private int lastSole;

    At(ChangeGraph graph, int change) {
        this.graph = graph;
        this.change = change;
        this.agent = graph.agent(change);
        this.number = graph.start(change);
    }

    /** This place, to be kept. */
    At copy() {
        At copy = new At(graph, change);
        copy.number = number;
        return copy;
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
     * What a reference names, which depends on the past alone: an agent that has signed two changes
     * of one sequence number there is named with a change of it, and meant is the operation on the
     * way back from that change by {@code prev}. Any other agent has one such way and is named
     * without.
     *
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
        int sole = soleLine(name);
        Id way = ref.fork();
        if (way != null) {
            return sole == NONE ? onTheWay(name, way, ref.number()) : NOWHERE;
        }
        if (sole < 0) {
            return NOWHERE;
        }
        int owner = graph.agents().owner(sole, ref.number());
        return knows(owner, ref.number()) ? dot(owner, ref.number()) : NOWHERE;
    }

    private long onTheWay(AgentName name, Id from, int ofNumber) {
        int named = graph.find(from);
        if (named < 0
                || !graph.agents().name(graph.agent(named)).equals(name)
                || !knows(graph.agent(named), graph.start(named))
                || ofNumber >= graph.end(named)) {
            return NOWHERE;
        }
        return dot(graph.agents().owner(graph.agent(named), ofNumber), ofNumber);
    }

    /**
     * The line that all of the agent's changes in the past are on, itself or through the lines it
     * left; {@link #NONE} if they are on two or more, and {@link #UNKNOWN} if there are none. The
     * change itself is not in its past.
     */
    private int soleLine(AgentName name) {
        if (!name.equals(lastName)) {
            lastSole = soleLine(graph.agents().of(name));
            lastName = name;
        }
        return lastSole;
    }

    private int soleLine(List<Integer> lines) {
        int sole = UNKNOWN;
        for (int line : lines) {
            Agents.Line it = graph.agents().line(line);
            if (!graph.inPast(change, line, it.from())) {
                continue;
            }
            if (sole != UNKNOWN && (it.parent() != sole || graph.inPast(change, sole, it.from()))) {
                return NONE;
            }
            sole = line;
        }
        return sole;
    }

    /** How this operation's change must name another one in its past. */
    Ref name(long dot) {
        int of = agent(dot);
        int ofNumber = number(dot);
        if (graph.agents().owner(agent, ofNumber) == of) {
            return Ref.own(ofNumber);
        }
        AgentName name = graph.agents().name(of);
        if (soleLine(name) != NONE) {
            return new Ref(name, null, ofNumber);
        }
        int known = graph.past(change).get(of);
        return new Ref(name, graph.id(graph.changeOf(of, known - 1)), ofNumber);
    }

    /** Whether the operation belongs to this change and was made before. */
    boolean isEarlierHere(long dot) {
        return agent(dot) == agent && number(dot) >= graph.start(change) && number(dot) < number;
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
