package dev.parley.gateway.internal;

import dev.parley.wire.api.Json;
import dev.parley.wire.api.Value;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Events as an HTTP body: server-sent events (WHATWG HTML, 9.2), or one JSON object a line. */
final class EventStream {
    private static final byte[] COMMENT = ":\n\n".getBytes(StandardCharsets.US_ASCII);

    private final OutputStream out;
    private final boolean lines;

    /**
     * @param lines whether it is JSON lines
     */
    EventStream(OutputStream out, boolean lines) {
        this.out = out;
        this.lines = lines;
    }

    /**
     * @throws ReaderLeftException if nobody reads it
     */
    void event(Value event) {
        if (lines) {
            send(line("progress", event));
        } else if (text(event, "event").equals(Optional.of("ping"))) {
            send(COMMENT);
        } else {
            send(
                    block(
                            text(event, "event").orElse("message"),
                            text(event, "after").or(() -> text(event, "id")),
                            event));
        }
    }

    /** The last one: what the operation answered, or why it failed. */
    void end(String kind, Value value) {
        send(lines ? line(kind, value) : block(kind, Optional.empty(), value));
    }

    private static byte[] line(String kind, Value value) {
        return (Json.write(Value.map().put(kind, value).build()) + "\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    /** JSON is written without line ends, so it is one line of data. */
    private static byte[] block(String kind, Optional<String> id, Value value) {
        return ("event: "
                        + kind
                        + "\n"
                        + id.map(it -> "id: " + it + "\n").orElse("")
                        + "data: "
                        + Json.write(value)
                        + "\n\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static Optional<String> text(Value event, String name) {
        return event instanceof Value.Map map
                        && map.get(name).orElse(Value.NULL) instanceof Value.Text text
                ? Optional.of(text.value())
                : Optional.empty();
    }

    private void send(byte[] bytes) {
        try {
            out.write(bytes);
            out.flush();
        } catch (IOException e) {
            throw new ReaderLeftException(e);
        }
    }
}
