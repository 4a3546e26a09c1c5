package dev.parley.crdt.internal.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real editing histories end with exactly their text. */
class TraceTest {
    static final AgentOrder ORDER =
            (a, s, b, t) -> a != b ? Integer.compare(a, b) : Integer.compare(s, t);

    @ParameterizedTest
    @ValueSource(strings = {"automerge-paper", "rustcode", "sveltecomponent", "friendsforever"})
    void aRealHistoryEndsWithItsText(String name) {
        Path file = Traces.shared(name + ".json.gz");
        assumeTrue(Files.exists(file), "skipped: no shared test data at " + file);
        check(Traces.load(file));
    }

    @ParameterizedTest
    @ValueSource(strings = {"typing.json", "pair.json"})
    void anOwnHistoryEndsWithItsText(String name) {
        check(Traces.own(name));
    }

    @Test
    void aPositionAfterTheEndIsRefusedAndChangesNothing() {
        Sequence sequence = Sequence.ofText(ORDER);
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> sequence.insert(1, "a", 0, 0))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(sequence.text()).isEmpty();
        assertThat(sequence.insert(0, "a", 0, 0)).isEqualTo(new Origins(-1, 0, -1, 0));
    }

    private static void check(Traces.Trace trace) {
        List<List<Operation>> operations = Traces.operations(trace, ORDER);
        int orders = trace.concurrent() ? 4 : 1;
        for (int i = 0; i < orders; i++) {
            Sequence sequence = Sequence.ofText(ORDER);
            for (int next : causalOrder(trace, new Random(i), i == 0)) {
                operations.get(next).forEach(op -> op.integrate(sequence, VisibleChanges.NONE));
            }
            assertThat(sequence.text()).isEqualTo(trace.end());
            assertThat(sequence.length())
                    .isEqualTo(trace.end().codePointCount(0, trace.end().length()));
        }
    }

    /** Transactions after their parents, else in a random order. */
    static List<Integer> causalOrder(Traces.Trace trace, Random random, boolean asWritten) {
        int count = trace.transactions().size();
        List<Integer> order = new ArrayList<>(count);
        if (!trace.concurrent() || asWritten) {
            for (int i = 0; i < count; i++) {
                order.add(i);
            }
            return order;
        }
        List<List<Integer>> children = new ArrayList<>();
        int[] waiting = new int[count];
        List<Integer> ready = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            children.add(new ArrayList<>());
            waiting[i] = trace.transactions().get(i).parents().length;
            for (int parent : trace.transactions().get(i).parents()) {
                children.get(parent).add(i);
            }
            if (waiting[i] == 0) {
                ready.add(i);
            }
        }
        while (!ready.isEmpty()) {
            // Mostly stay on one branch, so that long stretches arrive together.
            int at = random.nextInt(8) == 0 ? random.nextInt(ready.size()) : ready.size() - 1;
            int next = ready.remove(at);
            order.add(next);
            for (int child : children.get(next)) {
                if (--waiting[child] == 0) {
                    ready.add(child);
                }
            }
        }
        assertThat(order).hasSize(count);
        return order;
    }
}
