package dev.parley.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SamplesTest {
    @Test
    void quantilesAreOfTheSortedValues() {
        Samples samples = Samples.of(IntStream.range(0, 100).mapToDouble(i -> 99 - i).toArray());
        assertThat(samples.median()).isEqualTo(50);
        assertThat(samples.quantile(0.99)).isEqualTo(99);
        assertThat(samples.quantile(1)).isEqualTo(99);
        assertThat(Samples.of(new double[] {3, 1, 2}).median()).isEqualTo(2);
    }

    @Test
    void theMemoryOfAProcessCountsItsChildren() throws Exception {
        Memory alone = Memory.of(ProcessHandle.current().pid());
        assertThat(alone.own()).isPositive().isLessThanOrEqualTo(alone.proportional());
        assertThat(alone.proportional()).isLessThanOrEqualTo(alone.resident());
        Process child = new ProcessBuilder("sleep", "60").start();
        try {
            assertThat(Memory.of(ProcessHandle.current().pid()).processes())
                    .isEqualTo(alone.processes() + 1);
        } finally {
            child.destroyForcibly();
        }
    }
}
