package dev.parley.crdt.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class PositionsTest {
    private static String at(List<String> all, int index) {
        return all.get(index);
    }

    @Property(tries = 200)
    void thereIsAlwaysOneBetweenOrItSaysSo(@ForAll long seed) {
        Random random = new Random(seed);
        List<String> all = new ArrayList<>();
        all.add(Positions.between(null, null).orElseThrow());
        int hot = random.nextInt(3);
        for (int i = 0; i < 300; i++) {
            int index = hot == 0 ? all.size() : hot == 1 ? 0 : random.nextInt(all.size() + 1);
            String between =
                    index == 0
                            ? Positions.between(null, at(all, 0)).orElseThrow()
                            : index == all.size()
                                    ? Positions.between(at(all, index - 1), null).orElseThrow()
                                    : Positions.between(at(all, index - 1), at(all, index))
                                            .orElseThrow();
            assertThat(Positions.isValid(between)).isTrue();
            all.add(index, between);
        }
        assertThat(all).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void oneGapTakesThreeHundredStepsAndAnEndMillions() {
        for (boolean upwards : new boolean[] {true, false}) {
            String low = "V";
            String high = "W";
            int steps = 0;
            for (var next = Positions.between(low, high);
                    next.isPresent();
                    next = Positions.between(low, high)) {
                assertThat(next.get()).isGreaterThan(low).isLessThan(high);
                low = upwards ? next.get() : low;
                high = upwards ? high : next.get();
                steps++;
            }
            assertThat(steps).isBetween(300, 400);
        }
        String last = "V";
        for (int i = 0; i < 100_000; i++) {
            String next = Positions.between(last, null).orElseThrow();
            assertThat(next).isGreaterThan(last).hasSizeLessThanOrEqualTo(4);
            last = next;
        }
    }

    @Test
    void equalOnesHaveNoneBetween() {
        assertThat(Positions.between("V", "V")).isEmpty();
        assertThat(Positions.spread("V", "V", 1)).isEmpty();
        assertThat(Positions.isValid("V0")).isFalse();
        assertThat(Positions.isValid("")).isFalse();
        assertThat(Positions.isValid("V-")).isFalse();
        assertThat(Positions.isValid("V".repeat(65))).isFalse();
    }

    @Property(tries = 300)
    void whatIsSpreadOutHasRoom(@ForAll long seed) {
        Random random = new Random(seed);
        String low = random.nextBoolean() ? null : random(random);
        String high = random.nextBoolean() ? null : random(random);
        int count = 1 + random.nextInt(200);
        var spread = Positions.spread(low, high, count);
        if (low != null && high != null && low.compareTo(high) >= 0) {
            assertThat(spread).isEmpty();
            return;
        }
        assertThat(spread).isPresent();
        List<String> all = spread.get();
        assertThat(all).hasSize(count).isSorted().doesNotHaveDuplicates();
        assertThat(all).allMatch(Positions::isValid);
        if (low != null) {
            assertThat(all.get(0)).isGreaterThan(low);
        }
        if (high != null) {
            assertThat(all.get(count - 1)).isLessThan(high);
        }
        for (int i = 1; i < count; i++) {
            assertThat(Positions.between(all.get(i - 1), all.get(i))).isPresent();
        }
    }

    private static String random(Random random) {
        StringBuilder out = new StringBuilder();
        for (int i = random.nextInt(12); i >= 0; i--) {
            out.append("09AZaz".charAt(random.nextInt(6)));
        }
        return out.append('1').toString();
    }
}
