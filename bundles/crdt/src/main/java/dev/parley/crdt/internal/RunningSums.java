package dev.parley.crdt.internal;

import dev.parley.crdt.api.MalformedException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Amounts by operation, summed up to any operation of each agent. Only agents of whom there is one
 * take room: there may be many sums, and many agents. Not thread-safe.
 */
final class RunningSums {
    private static final int FIRST = 1;

    /** Those of whom there are amounts, ascending; the rest is by their places here. */
    private int[] agents = new int[FIRST];

    private int[][] numbers = new int[FIRST][];
    private long[][] sums = new long[FIRST][];
    private int[] sizes = new int[FIRST];
    private int count;

    /** Of how many agents there are amounts. */
    int agents() {
        return count;
    }

    /** The n-th of them. */
    int agent(int place) {
        return agents[place];
    }

    private int place(int agent) {
        return count > 0 && agents[count - 1] == agent
                ? count - 1
                : Arrays.binarySearch(agents, 0, count, agent);
    }

    private int orMake(int agent) {
        int found = place(agent);
        if (found >= 0) {
            return found;
        }
        int at = -found - 1;
        if (count == agents.length) {
            agents = Arrays.copyOf(agents, count * 2);
            numbers = Arrays.copyOf(numbers, count * 2);
            sums = Arrays.copyOf(sums, count * 2);
            sizes = Arrays.copyOf(sizes, count * 2);
        }
        System.arraycopy(agents, at, agents, at + 1, count - at);
        System.arraycopy(numbers, at, numbers, at + 1, count - at);
        System.arraycopy(sums, at, sums, at + 1, count - at);
        System.arraycopy(sizes, at, sizes, at + 1, count - at);
        agents[at] = agent;
        numbers[at] = new int[FIRST];
        sums[at] = new long[FIRST];
        sizes[at] = 0;
        count++;
        return at;
    }

    /** Operations of one agent come in order. Sums wrap as {@code long} does. */
    void add(int agent, int number, long amount) {
        int at = orMake(agent);
        int size = sizes[at];
        if (size == numbers[at].length) {
            numbers[at] = Arrays.copyOf(numbers[at], size * 2);
            sums[at] = Arrays.copyOf(sums[at], size * 2);
        }
        numbers[at][size] = number;
        sums[at][size] = amount + (size == 0 ? 0 : sums[at][size - 1]);
        sizes[at]++;
    }

    long total(int agent) {
        int at = place(agent);
        return at < 0 ? 0 : sums[at][sizes[at] - 1];
    }

    /** An operation's amount. */
    interface Visitor {
        void amount(int agent, int number, long amount);
    }

    void forEach(Visitor visitor) {
        for (int at = 0; at < count; at++) {
            for (int i = 0; i < sizes[at]; i++) {
                long before = i == 0 ? 0 : sums[at][i - 1];
                visitor.amount(agents[at], numbers[at][i], sums[at][i] - before);
            }
        }
    }

    /** Those that are counted, in one order for all. */
    void write(StateWriter out, Version without) {
        Map<Long, Long> amounts = new HashMap<>();
        forEach(
                (agent, number, amount) -> {
                    if (!without.contains(agent, number)) {
                        amounts.put(At.dot(agent, number), amount);
                    }
                });
        out.plain().uint(amounts.size());
        for (long dot : out.sorted(amounts.keySet())) {
            out.dot(dot);
            out.plain().zigzag(amounts.getOrDefault(dot, 0L));
        }
    }

    void read(StateReader in) throws MalformedException {
        for (int i = in.plain().count("amounts", 0, Integer.MAX_VALUE, 3); i > 0; i--) {
            long dot = in.dot();
            if (any(At.agent(dot), At.number(dot))) {
                throw new MalformedException("amounts are not in order");
            }
            add(At.agent(dot), At.number(dot), in.plain().zigzag());
        }
    }

    /** Of the operations with lower numbers. */
    long before(int agent, int number) {
        int at = place(agent);
        if (at < 0) {
            return 0;
        }
        int found = Arrays.binarySearch(numbers[at], 0, sizes[at], number);
        int below = found >= 0 ? found : -found - 1;
        return below == 0 ? 0 : sums[at][below - 1];
    }

    /** Whether there is an operation with this number or a higher one. */
    boolean any(int agent, int number) {
        int at = place(agent);
        return at >= 0 && numbers[at][sizes[at] - 1] >= number;
    }
}
