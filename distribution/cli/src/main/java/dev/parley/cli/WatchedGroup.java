package dev.parley.cli;

import dev.parley.wire.api.Json;
import dev.parley.wire.api.Value;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;

/** Prints what happens in a group as it happens. */
final class WatchedGroup {
    /** Ends a stream that would go on. */
    private static final class Enough extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Enough() {
            super("enough", null, false, false);
        }
    }

    private final PrintWriter out;
    private final PrintWriter err;
    private final boolean json;
    private final @Nullable Long most;
    private long printed;
    private String last = "";

    /**
     * @param most ends after so many; null for never
     */
    WatchedGroup(PrintWriter out, PrintWriter err, boolean json, @Nullable Long most) {
        this.out = out;
        this.err = err;
        this.json = json;
        this.most = most;
    }

    /** The container ends each answer after some minutes; then it is asked to go on. */
    int follow(Client client, String path, String since) throws CliException {
        last = since;
        try {
            while (most == null || printed < most) {
                client.events(
                        path + (last.isEmpty() ? "" : "?since=" + Paths.word(last)), this::event);
            }
        } catch (Enough e) {
            return 0;
        }
        return 0;
    }

    private void event(Value event) {
        String id = Tree.text(event, "id");
        last = id.isEmpty() ? last : id;
        String kind = Tree.text(event, "event");
        if (kind.equals("ping") || kind.equals("start")) {
            return;
        } else if (kind.equals("lost") && !json) {
            err.println("parley: events are left out: " + Tree.text(event, "message"));
            return;
        }
        out.println(json ? Json.write(event) : shown(kind, event));
        printed++;
        if (most != null && printed >= most) {
            throw new Enough();
        }
    }

    private static String shown(String kind, Value event) {
        return switch (kind) {
            case "message" -> line(event);
            case "joined" -> "* " + who(event) + " joined";
            case "gone" -> "* " + who(event) + " is gone";
            case "role" -> "* " + who(event) + " is now " + Tree.text(event, "role");
            case "renamed" -> "* the group is now called " + Tree.text(event, "name");
            case "status" -> "* this agent is now " + Tree.text(event, "status");
            case "reordered" ->
                    "* "
                            + Tree.text(event, "undone")
                            + " changes were made again, because others came first";
            default -> "* " + kind;
        };
    }

    /** A message as one line, or more if its text has more; those begin with blanks. */
    static String line(Value message) {
        boolean text = !Tree.at(message, "text").equals(Value.NULL);
        return Tree.text(message, "sequence")
                + "  "
                + Tree.text(message, "time")
                + "  "
                + who(message)
                + "  "
                + (text
                        ? lines(message)
                        : "("
                                + Tree.text(message, "type")
                                + ", "
                                + bytes(Tree.text(message, "content"))
                                + " bytes)");
    }

    private static String lines(Value message) {
        String text = Tree.at(message, "text") instanceof Value.Text it ? it.value() : "";
        return String.join("\n    ", text.lines().map(Tree::shown).toList());
    }

    private static int bytes(String base64) {
        int padding = base64.endsWith("==") ? 2 : base64.endsWith("=") ? 1 : 0;
        return base64.length() / 4 * 3 - padding;
    }

    private static String who(Value event) {
        String name = Tree.text(event, "name");
        String words = name.isEmpty() ? Tree.text(event, "words") : name;
        return Tree.at(event, "own").equals(Value.TRUE) ? "you" : words;
    }
}
