package org.example.taskboard;

import dev.parley.plugin.PluginException;
import dev.parley.plugin.Tool;
import java.util.List;
import java.util.Optional;

/** What is to be done, on a store that several containers share. */
public interface TaskBoard {
    enum Status {
        OPEN,
        CLAIMED,
        DONE,
        CANCELLED
    }

    /** {@code holder} is the agent that has it or did it; {@code ours} whether that is this container's. */
    record Entry(String id, String title, Status status, Optional<String> holder, boolean ours, Optional<String> result) {}

    /** {@code note} says why nothing was done; empty if it was. */
    record Outcome(Entry task, boolean done, String note) {}

    @Tool(title = "Add a task", description = "Puts a task on the board.", effects = Tool.Effects.WRITE)
    Entry add(String title) throws PluginException;

    @Tool(title = "Read the board", description = "All tasks, in the order in which they were made.")
    List<Entry> list() throws PluginException;

    @Tool(
            title = "Claim a task",
            description = "Takes a task, by its id or title, for an hour. Of several who claim it at the same moment one"
                    + " becomes the holder, the same on every board; until they have heard of each other each believes"
                    + " to be it, so read the board again before work that must not be done twice.",
            effects = Tool.Effects.WRITE)
    Outcome claim(String task) throws PluginException;

    @Tool(title = "Give a task back", description = "Gives this container's claim back.", effects = Tool.Effects.WRITE)
    Outcome release(String task) throws PluginException;

    @Tool(
            title = "Finish a task",
            description = "Writes down what came of a task that this container holds.",
            effects = Tool.Effects.WRITE)
    Outcome finish(String task, String result) throws PluginException;
}
