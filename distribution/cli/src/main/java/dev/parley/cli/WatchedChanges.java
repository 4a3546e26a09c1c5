package dev.parley.cli;

import dev.parley.wire.api.Json;
import dev.parley.wire.api.Value;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Prints a store's changes as they come. */
final class WatchedChanges {
    private static final int DIGITS = 10;

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
    WatchedChanges(PrintWriter out, PrintWriter err, boolean json, @Nullable Long most) {
        this.out = out;
        this.err = err;
        this.json = json;
        this.most = most;
    }

    /** The container ends each answer after some minutes; then it is asked to go on. */
    int follow(Client client, String path, @Nullable String since) throws CliException {
        last = since == null ? "" : since;
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
        String after = Tree.text(event, "after");
        String id = after.isEmpty() ? Tree.text(event, "id") : after;
        if (!id.isEmpty()) {
            last = id;
        }
        switch (Tree.text(event, "event")) {
            case "change" -> {
                out.println(json ? Json.write(event) : line(event));
                printed++;
                if (most != null && printed >= most) {
                    throw new Enough();
                }
            }
            case "lost" -> {
                if (json) {
                    out.println(Json.write(event));
                } else {
                    err.println("parley: changes are left out: " + Tree.text(event, "message"));
                }
            }
            default -> {}
        }
    }

    private static String line(Value change) {
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
