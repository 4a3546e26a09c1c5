package dev.parley.shell.internal;

import dev.parley.wire.api.Json;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The verbs of one command, as a table: a line is the verb, the operation it asks for, and the
 * operation's arguments in the order of the words. {@code name*} is JSON, or text if it is none;
 * {@code name?} may be left out; {@code name=text} is always so.
 */
final class Verbs {
    private static final int MAX_JSON_BYTES = 1 << 20;

    private record Verb(String operation, List<String> arguments) {}

    /** What is asked for. */
    record Question(String operation, Value.MapBuilder arguments) {}

    private final String command;
    private final Map<String, Verb> verbs = new LinkedHashMap<>();

    Verbs(String command, String... lines) {
        this.command = command;
        for (String line : lines) {
            List<String> words = List.of(line.split(" "));
            verbs.put(words.get(0), new Verb(words.get(1), words.subList(2, words.size())));
        }
    }

    /**
     * @param words the verb first; none is {@code list}
     * @return nothing if there is no such verb, or there are too few or too many words
     */
    Optional<Question> question(List<String> words) {
        Verb verb = verbs.get(words.isEmpty() ? "list" : words.get(0));
        if (verb == null) {
            return Optional.empty();
        }
        Value.MapBuilder arguments = Value.map();
        int next = 1;
        for (String argument : verb.arguments()) {
            int equals = argument.indexOf('=');
            if (equals >= 0) {
                arguments.put(argument.substring(0, equals), json(argument.substring(equals + 1)));
            } else if (next < words.size()) {
                String word = words.get(next++);
                boolean json = argument.contains("*");
                arguments.put(name(argument), json ? json(word) : Value.of(word));
            } else if (!argument.endsWith("?")) {
                return Optional.empty();
            }
        }
        return next < words.size()
                ? Optional.empty()
                : Optional.of(new Question(verb.operation(), arguments));
    }

    private static String name(String argument) {
        return argument.replace("*", "").replace("?", "");
    }

    private static Value json(String given) {
        try {
            return Json.parse(given, MAX_JSON_BYTES);
        } catch (MalformedException e) {
            return Value.of(given);
        }
    }

    /** Of the verb that was meant, or all of them. */
    String usage(List<String> words) {
        Verb meant = words.isEmpty() ? null : verbs.get(words.get(0));
        if (meant != null) {
            return "usage: " + command + " " + usage(words.get(0), meant);
        }
        List<String> all = new ArrayList<>();
        verbs.forEach((name, verb) -> all.add(usage(name, verb)));
        return "usage: " + command + " [" + String.join(" | ", all) + "]";
    }

    private static String usage(String name, Verb verb) {
        StringBuilder words = new StringBuilder(name);
        for (String argument : verb.arguments()) {
            String shown = name(argument).toUpperCase(Locale.ROOT);
            if (argument.endsWith("?")) {
                words.append(" [").append(shown).append(']');
            } else if (!argument.contains("=")) {
                words.append(' ').append(shown);
            }
        }
        return words.toString();
    }
}
