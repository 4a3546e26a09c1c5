package dev.parley.crdt.internal.sequence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
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
}
