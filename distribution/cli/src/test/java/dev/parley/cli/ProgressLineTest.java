package dev.parley.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.wire.api.Value;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
    private final StringWriter out = new StringWriter();

    private void show(boolean terminal, Value.MapBuilder... steps) {
        try (ProgressLine line = new ProgressLine(new PrintWriter(out), terminal)) {
            for (Value.MapBuilder step : steps) {
                line.show(step.build());
            }
        }
    }

    private static Value.MapBuilder fetching(long bytes, long total, long holders) {
        return Value.map()
                .put("step", "fetching")
                .put("bytes", bytes)
                .put("total", total)
                .put("holders", holders);
    }

    @Test
    void aTerminalHasOneLineThatIsWrittenOverAndCleared() {
        show(
                true,
                fetching(0, 4 << 20, 2),
                fetching(1 << 20, 4 << 20, 2),
                Value.map().put("step", "checking"));
        assertThat(out.toString().split("\r\u001b\\[K", -1))
                .containsExactly(
                        "",
                        "  fetching 0.0 of 4.0 MiB from 2 holders",
                        "  fetching 1.0 of 4.0 MiB from 2 holders",
                        "  checking",
                        "");
        assertThat(out.toString()).doesNotContain("\n");
    }

    @Test
    void aTerminalSaysHowLongSomebodyHasBeenWaitedFor() {
        Value.MapBuilder asking = Value.map().put("step", "asking").put("seconds", 12);
        show(true, asking);
        assertThat(out.toString()).contains("  asking 12 s");
        show(false, asking);
        assertThat(out.toString()).endsWith("  asking" + System.lineSeparator());
    }

    @Test
    void aFileHasEachStepOnce() {
        show(
                false,
                Value.map().put("step", "looking"),
                fetching(0, 4861, 1),
                fetching(4861, 4861, 1),
                Value.map().put("step", "checking"));
        assertThat(out.toString())
                .isEqualToNormalizingNewlines(
                        "  looking\n  fetching 4861 bytes from 1 holder\n  checking\n");
    }

    @Test
    void theUnitIsThatOfTheWhole() {
        show(true, fetching(1, 4861, 1), fetching(51_200, 102_400, 1));
        assertThat(out.toString()).contains("1 of 4861 bytes").contains("50.0 of 100.0 KiB");
    }

    @Test
    void aStepCannotMoveTheCursor() {
        show(false, Value.map().put("step", "\u001b[2J"));
        assertThat(out.toString()).doesNotContain("\u001b");
    }
}
