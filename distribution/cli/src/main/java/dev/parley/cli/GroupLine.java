package dev.parley.cli;

import dev.parley.wire.api.Value;

/** What happens in a group, as a line. */
final class GroupLine {
    private GroupLine() {}

    /** What happened. */
    static String of(Value event) {
        String kind = Tree.text(event, "event");
        return switch (kind) {
            case "message" -> message(event);
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
    static String message(Value message) {
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
