package dev.parley.cli;

import dev.parley.wire.api.Json;
import dev.parley.wire.api.Value;
import java.io.PrintWriter;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Prints events as they come, for as long as somebody wants to read them. */
final class FollowedEvents {
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
    private final Function<Value, String> line;
    private long printed;
    private String last = "";

    /**
     * @param most ends after so many; null for never
     * @param line an event for people
     */
    FollowedEvents(
            PrintWriter out,
            PrintWriter err,
            boolean json,
            @Nullable Long most,
            Function<Value, String> line) {
        this.out = out;
        this.err = err;
        this.json = json;
        this.most = most;
        this.line = line;
    }

    /**
     * The container ends each answer after some minutes; then it is asked to go on.
     *
     * @param since where to go on; empty for from now on
     */
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
        String after = Tree.text(event, "after");
        String id = after.isEmpty() ? Tree.text(event, "id") : after;
        last = id.isEmpty() ? last : id;
        switch (Tree.text(event, "event")) {
            case "start", "ping" -> {}
            case "lost" -> {
                if (json) {
                    out.println(Json.write(event));
                } else {
                    err.println("parley: events are left out: " + Tree.text(event, "message"));
                }
            }
            default -> {
                out.println(json ? Json.write(event) : line.apply(event));
                printed++;
                if (most != null && printed >= most || out.checkError()) {
                    throw new Enough(); // also if whoever read it has gone, as 'head' does
                }
            }
        }
    }
}
