package org.example.poll;

import dev.parley.plugin.PluginException;
import dev.parley.plugin.Tool;
import java.util.List;
import java.util.Map;

/** Questions to the members of a private group, and their votes. */
public interface Poll {
    /** {@code votes} has every option; each member is counted once, with what it said last. */
    record Standing(String id, String question, Map<String, Integer> votes) {}

    @Tool(
            title = "Ask the group",
            description = "Asks the members a question with 2 to 10 options.",
            effects = Tool.Effects.WRITE)
    Standing ask(String question, List<String> options) throws PluginException;

    @Tool(
            title = "Vote",
            description = "Chooses an option of a question, by its id or its text. The latest choice counts.",
            effects = Tool.Effects.WRITE)
    Standing vote(String poll, String option) throws PluginException;

    @Tool(title = "Look at the polls", description = "The questions of which messages are kept, oldest first.")
    List<Standing> polls() throws PluginException;
}
