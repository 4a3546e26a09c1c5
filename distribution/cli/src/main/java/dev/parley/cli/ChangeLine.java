package dev.parley.cli;

import dev.parley.wire.api.Value;
import java.util.ArrayList;
import java.util.List;

/** A change of a store as one line. */
final class ChangeLine {
    private static final int DIGITS = 10;

    private ChangeLine() {}

    static String of(Value change) {
        String name = Tree.text(change, "authorName");
        String branch = Tree.text(change, "branch");
        List<String> paths = new ArrayList<>();
        for (Value path : Tree.list(change, "paths")) {
            paths.add(path instanceof Value.Text text ? Tree.shown(text.value()) : "");
        }
        String id = Tree.text(change, "id");
        String message = Tree.text(change, "message");
        return Tree.text(change, "time")
                + "  "
                + (name.isEmpty() ? Tree.text(change, "authorWords") : name)
                + "  "
                + id.substring(0, Math.min(DIGITS, id.length()))
                + (branch.isEmpty() ? "" : "  on " + branch)
                + "  "
                + String.join(", ", paths)
                + (message.isEmpty() ? "" : "  '" + message + "'");
    }
}
