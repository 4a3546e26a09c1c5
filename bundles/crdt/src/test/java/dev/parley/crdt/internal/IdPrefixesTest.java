package dev.parley.crdt.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.crdt.api.Id;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class IdPrefixesTest {
    private final Random random = new Random(7);
    private final List<Id> ids = new ArrayList<>();
    private final BitSet missing = new BitSet();
    private int looked;
    private final IdPrefixes prefixes =
            new IdPrefixes(
                    it -> {
                        looked++;
                        return missing.get(it) ? Optional.empty() : Optional.of(ids.get(it));
                    });

    private void add(int count, int likeness) {
        for (int i = 0; i < count; i++) {
            byte[] bytes = new byte[Id.BYTES];
            random.nextBytes(bytes);
            for (int at = 0; at < likeness; at++) {
                bytes[at] = (byte) (random.nextBoolean() ? 0 : 0xff);
            }
            ids.add(Id.of(bytes));
        }
    }

    private void check(String hex) {
        List<Id> expected =
                IntStream.range(0, ids.size())
                        .filter(it -> !missing.get(it) && ids.get(it).hex().startsWith(hex))
                        .mapToObj(ids::get)
                        .toList();
        assertThat(prefixes.find(hex, Integer.MAX_VALUE, ids.size()))
                .as(hex)
                .containsExactlyInAnyOrderElementsOf(expected);
        assertThat(prefixes.find(hex, 1, ids.size())).hasSize(Math.min(1, expected.size()));
    }

    @Test
    void allThatBeginSoAreFoundWhileIdsCome() {
        for (int round = 0; round < 12; round++) {
            add(500, round % 2 == 0 ? 0 : 5);
            missing.set(random.nextInt(ids.size()));
            prefixes.forget();
            for (int digits : new int[] {0, 1, 6, 7, 8, 9, 12, 64}) {
                check(ids.get(random.nextInt(ids.size())).hex().substring(0, digits));
                check("0".repeat(digits));
                check("f".repeat(digits));
                check("0ff00ff00ff0".substring(0, Math.min(digits, 12)));
            }
            add(random.nextInt(200), 5);
            check("00ff00");
        }
    }

    @Test
    void whatIsNoHexHasNone() {
        add(3_000, 0);
        for (String hex : List.of("g", "A", "00 ", "-1", "+1", "0".repeat(65))) {
            assertThat(prefixes.find(hex, 2, ids.size())).as(hex).isEmpty();
        }
    }

    @Test
    void onceTheyAreSortedFewAreLookedAt() {
        add(100_000, 0);
        assertThat(prefixes.find("abcdef0123", 2, ids.size())).isEmpty();
        add(1_000, 0);
        looked = 0;
        Id last = ids.get(ids.size() - 1);
        assertThat(prefixes.find(last.hex().substring(0, 10), 2, ids.size())).containsExactly(last);
        Id first = ids.get(0);
        assertThat(prefixes.find(first.hex().substring(0, 10), 2, ids.size()))
                .containsExactly(first);
        assertThat(looked).isLessThan(2_200);
    }
}
