package dev.parley.crdt.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class VersionTest {
    private record Pair(Version version, Map<Integer, Integer> expected) {}

    private static int agent(Random random) {
        int highest = 1 << random.nextInt(random.nextInt(10) == 0 ? 31 : 11);
        return random.nextInt(4) == 0 ? highest - 1 : random.nextInt(highest);
    }

    private static void assertHas(Pair pair, Iterable<Integer> agents) {
        for (int agent : agents) {
            int expected = pair.expected.getOrDefault(agent, 0);
            assertThat(pair.version.get(agent)).isEqualTo(expected);
            assertThat(pair.version.contains(agent, expected)).isFalse();
            assertThat(expected > 0 && !pair.version.contains(agent, expected - 1)).isFalse();
        }
    }

    @Property(tries = 300)
    void versionsAreWhatWasPutIntoThem(@ForAll long seed) {
        Random random = new Random(seed);
        List<Pair> all = new ArrayList<>(List.of(new Pair(Version.EMPTY, Map.of())));
        List<Integer> agents = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            Pair one = all.get(random.nextInt(all.size()));
            Pair other = all.get(random.nextInt(all.size()));
            Map<Integer, Integer> expected = new HashMap<>(one.expected);
            if (random.nextInt(3) == 0) {
                other.expected.forEach((agent, count) -> expected.merge(agent, count, Math::max));
                Version joined = one.version.join(other.version);
                all.add(new Pair(joined, expected));
                if (expected.equals(one.expected)) {
                    assertThat(joined).isSameAs(one.version);
                }
            } else {
                int agent = agent(random);
                int count = random.nextInt(5);
                agents.add(agent);
                expected.merge(agent, count, Math::max);
                expected.values().removeIf(it -> it == 0);
                all.add(new Pair(one.version.with(agent, count), expected));
            }
        }
        all.forEach(it -> assertHas(it, agents));
    }

    @Test
    void theLastAgentThereCanBeFits() {
        Version version = Version.EMPTY.with(Integer.MAX_VALUE, 3).with(0, 1);
        assertThat(version.get(Integer.MAX_VALUE)).isEqualTo(3);
        assertThat(version.get(Integer.MAX_VALUE - 1)).isZero();
        assertThat(version.get(0)).isEqualTo(1);
        assertThat(Version.EMPTY.with(2, 0)).isSameAs(Version.EMPTY);
    }
}
