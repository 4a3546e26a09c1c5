package org.example.guestbook;

import dev.parley.plugin.PluginException;
import dev.parley.plugin.Tool;
import java.util.List;

/** A book that everybody signs, each in their own container. */
public interface Guestbook {
    record Entry(String time, String name, String message) {}

    /** {@code note} says what did not happen, and what to do about it; empty if all did. */
    record Signed(Entry entry, boolean sent, String note) {}

    /** {@code note} says why entries of others may be missing; empty if they are not. */
    record Book(List<Entry> entries, String note) {}

    @Tool(
            title = "Sign the guestbook",
            description = "Keeps an entry here and sends it to the guestbooks of others.",
            effects = Tool.Effects.EXTERNAL)
    Signed sign(String name, String message) throws PluginException;

    @Tool(title = "Read the guestbook", description = "The last 100 entries, oldest first.")
    Book list() throws PluginException;
}
