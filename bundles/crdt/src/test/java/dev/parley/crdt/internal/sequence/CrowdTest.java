package dev.parley.crdt.internal.sequence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What many writers at one spot cost, counted in steps, so that no clock decides. */
class CrowdTest {
    private long compares;

    /** A fixed shuffle of the agents, so that arrivals are in no order at all. */
    private final AgentOrder order =
            (a, s, b, t) -> {
                compares++;
                return a != b
                        ? Integer.compare(a * 0x9e3779b1, b * 0x9e3779b1)
                        : Integer.compare(s, t);
            };

    private static int logOf(int n) {
        return 32 - Integer.numberOfLeadingZeros(n);
    }

    private void assertLinearithmic(Sequence sequence, int insertions) {
        // A bisection at each level of the tree going up and down, and a look through a leaf or
        // two.
        assertThat(compares).isLessThan(8L * insertions * logOf(insertions));
        assertThat(sequence.tree.steps).isLessThan(60L * insertions * logOf(insertions));
    }

    @ParameterizedTest
    @ValueSource(ints = {5_000, 40_000})
    void manyInsertionsAtTheSameSpotAreLinearithmic(int writers) {
        Sequence sequence = Sequence.ofCells(order);
        sequence.insertCells(0, 2, writers, 0);
        for (int i = 0; i < writers; i++) {
            sequence.integrateInsertCells(i, 0, writers, 0, writers, 1, 3, VisibleChanges.NONE);
        }
        assertThat(sequence.length()).isEqualTo(3 * writers + 2);
        assertLinearithmic(sequence, writers);
    }

    @ParameterizedTest
    @ValueSource(ints = {5_000, 40_000})
    void manyInsertionsAtTheEndAreLinearithmic(int writers) {
        Sequence sequence = Sequence.ofCells(order);
        for (int i = 0; i < writers; i++) {
            sequence.integrateInsertCells(i, 0, -1, 0, -1, 0, 1, VisibleChanges.NONE);
        }
        assertLinearithmic(sequence, writers);
    }

    /** Each new element before the one before it, by changing agents; then siblings everywhere. */
    @ParameterizedTest
    @ValueSource(ints = {5_000, 40_000})
    void siblingsAlongALongChainOfPrependingAreLinearithmic(int length) {
        Sequence sequence = Sequence.ofCells(order);
        for (int i = 0; i < length; i++) {
            sequence.insertCells(0, 1, i, 0);
        }
        Random random = new Random(1);
        for (int i = 0; i < length; i++) {
            int right = random.nextInt(length);
            sequence.integrateInsertCells(length + i, 0, -1, 0, right, 0, 1, VisibleChanges.NONE);
        }
        assertLinearithmic(sequence, length);
    }

    /** Each new element behind the one before it, by changing agents; then siblings everywhere. */
    @ParameterizedTest
    @ValueSource(ints = {5_000, 40_000})
    void siblingsAlongALongChainOfAppendingAreLinearithmic(int length) {
        Sequence sequence = Sequence.ofCells(order);
        for (int i = 0; i < length; i++) {
            sequence.insertCells(i, 1, i, 0);
        }
        Random random = new Random(2);
        for (int i = 0; i < length; i++) {
            int left = random.nextInt(length);
            sequence.integrateInsertCells(length + i, 0, left, 0, -1, 0, 1, VisibleChanges.NONE);
        }
        assertLinearithmic(sequence, length);
    }

    @Test
    void siblingsWithAsManyRightOriginsAreLinearithmic() {
        int writers = 40_000;
        Sequence sequence = Sequence.ofCells(order);
        sequence.insertCells(0, 1, 0, 0);
        // Elements at the start, each before the last one: right origins for what follows "0".
        for (int i = 1; i <= writers; i++) {
            sequence.insertCells(1, 1, i, 0);
        }
        int first = writers + 1;
        sequence.insertCells(1, 1, first, 0);
        Random random = new Random(3);
        for (int i = 1; i <= writers; i++) {
            int right = 1 + random.nextInt(writers);
            sequence.integrateInsertCells(first + i, 0, first, 0, right, 0, 1, VisibleChanges.NONE);
        }
        assertLinearithmic(sequence, writers);
    }

    private static List<String> ids(Sequence sequence) {
        List<String> ids = new ArrayList<>();
        sequence.forEachRun(
                (position, agent, seq, count, visible) -> {
                    for (int i = 0; i < count; i++) {
                        ids.add(agent + "." + (seq + i));
                    }
                });
        return ids;
    }

    @Test
    void aCrowdAtOneSpotStandsInTheOrderOfItsAgents() {
        int writers = 20_000;
        Sequence sequence = Sequence.ofCells(order);
        sequence.insertCells(0, 2, writers, 0);
        List<String> expected = new ArrayList<>();
        expected.add(writers + ".0");
        IntStream.range(0, writers)
                .boxed()
                .sorted((a, b) -> order.compare(a, 0, b, 0))
                .forEach(a -> expected.add(a + ".0"));
        expected.add(writers + ".1");
        for (int i = 0; i < writers; i++) {
            sequence.integrateInsertCells(i, 0, writers, 0, writers, 1, 1, VisibleChanges.NONE);
        }
        assertThat(ids(sequence)).isEqualTo(expected);
    }

    /** Deep trees of every shape: each new element between two that stood side by side once. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void aLargeCrowdConvergesInEveryCausalOrder(int seed) {
        Random random = new Random(seed);
        int count = 12_000;
        int[][] operations = new int[count][];
        // Parents are drawn from few recent or first elements, so that families get large.
        for (int i = 0; i < count; i++) {
            int left = i == 0 || random.nextInt(8) == 0 ? -1 : pick(random, i, seed);
            int right = i == 0 || random.nextInt(3) == 0 ? -1 : pick(random, i, seed);
            operations[i] = new int[] {left, right};
        }
        Sequence first = Sequence.ofCells(order);
        for (int i = 0; i < count; i++) {
            int[] at = operations[i];
            if (at[0] >= 0 && at[1] >= 0 && !first.isBefore(at[0], 0, at[1], 0)) {
                at[1] = -1;
            }
            first.integrateInsertCells(i, 0, at[0], 0, at[1], 0, 1 + i % 2, VisibleChanges.NONE);
        }
        List<String> expected = ids(first);
        for (int round = 0; round < 3; round++) {
            Sequence other = Sequence.ofCells(order);
            for (int i : shuffledByCause(operations, random)) {
                int[] at = operations[i];
                other.integrateInsertCells(
                        i, 0, at[0], 0, at[1], 0, 1 + i % 2, VisibleChanges.NONE);
            }
            assertThat(ids(other)).isEqualTo(expected);
        }
    }

    private static int pick(Random random, int below, int seed) {
        return switch (seed) {
            case 1 -> random.nextInt(below);
            case 2 -> random.nextInt(Math.min(below, 5));
            case 3 -> below - 1 - random.nextInt(Math.min(below, 5));
            default ->
                    random.nextBoolean()
                            ? random.nextInt(Math.min(below, 50))
                            : below - 1 - random.nextInt(Math.min(below, 50));
        };
    }

    /** All operations, each after the two it refers to, else at random. */
    private static List<Integer> shuffledByCause(int[][] operations, Random random) {
        int count = operations.length;
        List<List<Integer>> children = new ArrayList<>();
        int[] waiting = new int[count];
        List<Integer> ready = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            children.add(new ArrayList<>());
            for (int cause : operations[i]) {
                if (cause >= 0) {
                    waiting[i]++;
                    children.get(cause).add(i);
                }
            }
            if (waiting[i] == 0) {
                ready.add(i);
            }
        }
        List<Integer> shuffled = new ArrayList<>();
        while (!ready.isEmpty()) {
            int at = random.nextInt(ready.size());
            int next = ready.set(at, ready.get(ready.size() - 1));
            ready.remove(ready.size() - 1);
            shuffled.add(next);
            for (int child : children.get(next)) {
                if (--waiting[child] == 0) {
                    ready.add(child);
                }
            }
        }
        assertThat(shuffled).hasSize(count);
        return shuffled;
    }
}
