package dev.parley.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** What the lists of commands say about each. */
class HelpTest {
    private static final int MAX_SENTENCE_CHARS = 80;

    /** The lists of a command and of all below it: "parley store add" to what stands there. */
    private static void listed(CommandLine parent, Map<String, String> into) {
        if (parent.getSubcommands().isEmpty()) {
            return;
        }
        String name = parent.getCommandSpec().qualifiedName();
        String help = parent.getUsageMessage(Ansi.OFF);
        List<String> entries = new ArrayList<>();
        for (String line : help.substring(help.indexOf("Commands:\n") + 10).split("\n")) {
            if (line.isBlank()) {
                break;
            } else if (line.startsWith("   ")) {
                entries.add(entries.remove(entries.size() - 1) + " " + line.strip());
            } else {
                entries.add(line.strip());
            }
        }
        for (String entry : entries) {
            String[] halves = entry.split(" +", 2);
            into.put(name + " " + halves[0], halves.length == 2 ? halves[1] : "");
        }
        parent.getSubcommands().values().forEach(it -> listed(it, into));
    }

    @Test
    void everyCommandStandsInItsListWithOneWholeSentence() {
        Map<String, String> all = new TreeMap<>();
        listed(Main.commands(List.of()), all);
        assertThat(all)
                .containsKeys("parley store", "parley store add", "parley group invite")
                .containsKeys("parley tree", "parley doc edit", "parley task claim")
                .hasSizeGreaterThan(80);
        assertThat(all)
                .allSatisfy(
                        (command, sentence) ->
                                assertThat(sentence)
                                        .as(command)
                                        .matches("[A-Z].*[^.]\\.")
                                        .doesNotContainPattern("[.] [A-Z]")
                                        .hasSizeLessThanOrEqualTo(MAX_SENTENCE_CHARS));
    }
}
