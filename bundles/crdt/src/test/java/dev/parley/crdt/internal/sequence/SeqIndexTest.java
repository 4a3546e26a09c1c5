package dev.parley.crdt.internal.sequence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The index against an array with a leaf for each seq. */
class SeqIndexTest {
    private static final int SEQS = 6_000;

    private final List<Leaf> leaves = new ArrayList<>();
    private final Leaf[] expected = new Leaf[SEQS];
    private final SeqIndex index = new SeqIndex();
    private int end;

    @Test
    void whatWasPutLastIsFound() {
        for (int seed = 0; seed < 20; seed++) {
            SeqIndexTest fresh = new SeqIndexTest();
            fresh.run(new Random(seed), seed % 2 == 0 ? 12 : 3);
        }
    }

    /** As if all had been put one after the other. */
    @Test
    void whatCameAllAtOnceIsFoundAndCanBeChanged() {
        for (int entries : new int[] {1, 2, 223, 224, 225, 448, 2_000}) {
            SeqIndexTest fresh = new SeqIndexTest();
            Random random = new Random(entries);
            int[] starts = new int[entries + 5];
            Leaf[] at = new Leaf[entries + 5];
            for (int i = 0; i < entries; i++) {
                starts[i] = fresh.end;
                at[i] = new Leaf(1);
                int stop = fresh.end + 1 + random.nextInt(2);
                java.util.Arrays.fill(fresh.expected, fresh.end, stop, at[i]);
                fresh.end = stop;
            }
            fresh.index.fill(starts, at, entries, fresh.end);
            fresh.check();
            fresh.run(random, 5);
        }
    }

    private void run(Random random, int longest) {
        for (int i = 0; i < 400; i++) {
            leaves.add(new Leaf(1));
        }
        put(0, 1, leaves.get(0));
        for (int step = 0; step < 9_000; step++) {
            int kind = random.nextInt(4);
            int count = 1 + random.nextInt(random.nextInt(50) == 0 ? 500 : longest);
            int start = kind == 0 ? end : random.nextInt(end);
            // Half of the time to the leaf beside, as when a leaf is split.
            Leaf leaf =
                    kind == 1 && start > 0
                            ? expected[start - 1]
                            : leaves.get(random.nextInt(leaves.size()));
            if (start + count <= SEQS && (kind == 0 || start + count <= end)) {
                put(start, count, leaf);
            }
            if (step % 300 == 0) {
                check();
            }
        }
        check();
        assertThat(end).isGreaterThan(SEQS - 600);
    }

    private void put(int start, int count, Leaf leaf) {
        index.put(start, count, leaf);
        java.util.Arrays.fill(expected, start, start + count, leaf);
        end = Math.max(end, start + count);
    }

    private void check() {
        assertThat(index.end()).isEqualTo(end);
        for (int seq = 0; seq < end; seq++) {
            assertThat(index.get(seq) == expected[seq]).as("seq %s of %s", seq, end).isTrue();
        }
    }
}
