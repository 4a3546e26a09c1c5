package dev.parley.crdt.internal;

import dev.parley.crdt.api.MalformedException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Amounts by operation, summed up to any operation of each agent. Not thread-safe. */
final class RunningSums {
    private int[][] numbers = new int[0][];
    private long[][] sums = new long[0][];
    private int[] sizes = new int[0];

    private void agents(int count) {
        if (count > numbers.length) {
            int before = numbers.length;
            numbers = Arrays.copyOf(numbers, count);
            sums = Arrays.copyOf(sums, count);
            sizes = Arrays.copyOf(sizes, count);
            for (int i = before; i < count; i++) {
                numbers[i] = new int[2];
                sums[i] = new long[2];
            }
        }
    }

    int agents() {
        return numbers.length;
    }

    /** Operations of one agent come in order. Sums wrap as {@code long} does. */
    void add(int agent, int number, long amount) {
        agents(agent + 1);
        int size = sizes[agent];
        if (size == numbers[agent].length) {
            numbers[agent] = Arrays.copyOf(numbers[agent], size * 2);
            sums[agent] = Arrays.copyOf(sums[agent], size * 2);
        }
        numbers[agent][size] = number;
        sums[agent][size] = amount + (size == 0 ? 0 : sums[agent][size - 1]);
        sizes[agent]++;
    }

    long total(int agent) {
        return agent >= numbers.length || sizes[agent] == 0 ? 0 : sums[agent][sizes[agent] - 1];
    }

    /** An operation's amount. */
    interface Visitor {
        void amount(int agent, int number, long amount);
    }

    void forEach(Visitor visitor) {
        for (int agent = 0; agent < numbers.length; agent++) {
            for (int i = 0; i < sizes[agent]; i++) {
                long before = i == 0 ? 0 : sums[agent][i - 1];
                visitor.amount(agent, numbers[agent][i], sums[agent][i] - before);
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
        if (agent >= numbers.length) {
            return 0;
        }
        int at = Arrays.binarySearch(numbers[agent], 0, sizes[agent], number);
        int count = at >= 0 ? at : -at - 1;
        return count == 0 ? 0 : sums[agent][count - 1];
    }

    /** Whether there is an operation with this number or a higher one. */
    boolean any(int agent, int number) {
        return agent < sizes.length
                && sizes[agent] > 0
                && numbers[agent][sizes[agent] - 1] >= number;
    }
}
