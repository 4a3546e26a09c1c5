package dev.parley.gateway.api;

import dev.parley.wire.api.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One thing a container can be asked. Immutable.
 *
 * @param name {@code contacts.set}: what it acts on, and the verb
 * @param method the HTTP method
 * @param path the HTTP path; a name in braces is an argument
 * @param summary one sentence for people
 * @param streams whether it tells of something before it answers
 */
public record Operation(
        String name,
        String method,
        String path,
        String summary,
        Streams streams,
        List<Argument> arguments,
        Handler handler) {

    public Operation {
        arguments = List.copyOf(arguments);
    }

    /** What is told while it works. */
    public enum Streams {
        NOTHING,
        /** Steps of long work, to whoever wants to hear of them. */
        STEPS,
        /**
         * Events, for as long as the listener stays. Each is a map; {@code event} is its kind, and
         * {@code after} or else {@code id}, if there, is where to go on behind it. Whoever asks
         * anew gives the last id as the argument {@code since}. A kind {@code ping} only shows
         * whether the listener is there.
         */
        EVENTS
    }

    /** Does the work; the arguments were checked against their list. May block. */
    @FunctionalInterface
    public interface Handler {
        Value handle(Arguments arguments, Consumer<Value> progress) throws OperationException;
    }

    /** What an argument may be. */
    public enum Type {
        TEXT,
        INTEGER,
        TEXTS,
        /** Any JSON value. */
        ANY,
        /** Any JSON object; over HTTP it is the whole body. */
        BODY
    }

    /** One argument. */
    public record Argument(String name, Type type, boolean required, String description) {}

    public static Operation get(String name, String path, String summary, Handler handler) {
        return of(name, "GET", path, summary, handler);
    }

    public static Operation of(
            String name, String method, String path, String summary, Handler handler) {
        return new Operation(name, method, path, summary, Streams.NOTHING, List.of(), handler);
    }

    public Operation needs(String argument, Type type, String description) {
        return with(new Argument(argument, type, true, description));
    }

    public Operation takes(String argument, Type type, String description) {
        return with(new Argument(argument, type, false, description));
    }

    public Operation streaming(Streams what) {
        return new Operation(name, method, path, summary, what, arguments, handler);
    }

    private Operation with(Argument argument) {
        List<Argument> more = new ArrayList<>(arguments);
        more.add(argument);
        return new Operation(name, method, path, summary, streams, more, handler);
    }

    public Optional<Argument> argument(String wanted) {
        return arguments.stream().filter(one -> one.name().equals(wanted)).findFirst();
    }

    public boolean inPath(Argument argument) {
        return path.contains("{" + argument.name() + "}");
    }
}
