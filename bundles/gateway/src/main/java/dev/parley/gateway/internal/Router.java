package dev.parley.gateway.internal;

import dev.parley.gateway.api.Operation;
import dev.parley.gateway.api.Operation.Argument;
import dev.parley.gateway.api.Operation.Type;
import dev.parley.gateway.api.OperationException;
import dev.parley.gateway.api.OperationException.Kind;
import dev.parley.wire.api.Json;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.Value;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Finds the operation of a request, and reads its arguments. Pure. */
final class Router {
    static final int MAX_BODY_BYTES = 1 << 20;

    private Router() {}

    /** What a request asks for; {@code path} has the arguments that stand in the path. */
    record Match(Operation operation, Map<String, String> path) {}

    static boolean hasBody(Operation operation) {
        return operation.method().equals("POST") || operation.method().equals("PATCH");
    }

    static Match match(List<Operation> operations, String method, String rawPath)
            throws OperationException {
        String[] words = rawPath.split("/", -1);
        boolean otherMethod = false;
        Match parameterised = null;
        for (Operation operation : operations) {
            Map<String, String> found = fit(operation.path().split("/", -1), words);
            if (found == null) {
                continue;
            }
            if (!operation.method().equals(method)) {
                otherMethod = true;
            } else if (found.isEmpty()) {
                return new Match(operation, found);
            } else if (parameterised == null) {
                parameterised = new Match(operation, found);
            }
        }
        if (parameterised != null) {
            return parameterised;
        }
        String what = method + " " + rawPath;
        throw otherMethod
                ? new OperationException(
                        Kind.INVALID,
                        "METHOD_NOT_ALLOWED",
                        "found " + what + ", which this path does not take",
                        "GET /openapi.json lists every path and method")
                : new OperationException(
                        Kind.NOT_FOUND,
                        "NO_SUCH_ROUTE",
                        "found " + what + ", which is no path here",
                        "GET /openapi.json lists every path and method");
    }

    private static @org.jspecify.annotations.Nullable Map<String, String> fit(
            String[] pattern, String[] words) throws OperationException {
        if (pattern.length != words.length) {
            return null;
        }
        Map<String, String> found = new LinkedHashMap<>();
        for (int i = 0; i < pattern.length; i++) {
            if (pattern[i].startsWith("{") && !words[i].isEmpty()) {
                found.put(pattern[i].substring(1, pattern[i].length() - 1), decode(words[i]));
            } else if (!pattern[i].equals(words[i])) {
                return null;
            }
        }
        return found;
    }

    private static String decode(String word) throws OperationException {
        try {
            return URLDecoder.decode(word, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw OperationException.invalid("a bad %-escape in '" + word + "'", "");
        }
    }

    static Value.Map arguments(Match match, String rawQuery, byte[] body)
            throws OperationException {
        Value.MapBuilder arguments = Value.map();
        for (Map.Entry<String, String> entry : match.path().entrySet()) {
            arguments.put(entry.getKey(), entry.getValue());
        }
        Operation operation = match.operation();
        for (String pair : rawQuery.isEmpty() ? new String[0] : rawQuery.split("&")) {
            int equals = pair.indexOf('=');
            String name = decode(equals < 0 ? pair : pair.substring(0, equals));
            String text = equals < 0 ? "" : decode(pair.substring(equals + 1));
            boolean number =
                    operation.argument(name).filter(a -> a.type() == Type.INTEGER).isPresent();
            arguments.put(name, number ? integer(name, text) : Value.of(text));
        }
        if (hasBody(operation)) {
            body(match, body, arguments);
        }
        return arguments.build();
    }

    private static void body(Match match, byte[] body, Value.MapBuilder arguments)
            throws OperationException {
        Value.Map map = body.length == 0 ? Value.map().build() : parse(body);
        for (Argument argument : match.operation().arguments()) {
            if (argument.type() == Type.BODY) {
                arguments.put(argument.name(), map);
                return;
            }
        }
        for (Map.Entry<Value, Value> entry : map.entries().entrySet()) {
            String name = entry.getKey() instanceof Value.Text text ? text.value() : "?";
            if (match.path().containsKey(name)) {
                throw OperationException.invalid("'" + name + "' stands in the path already", "");
            }
            arguments.put(name, entry.getValue());
        }
    }

    private static Value.Map parse(byte[] body) throws OperationException {
        try {
            if (Json.parse(body, MAX_BODY_BYTES) instanceof Value.Map map) {
                return map;
            }
            throw new MalformedException(
                    MalformedException.Reason.WRONG_TYPE, "found no JSON object");
        } catch (MalformedException e) {
            throw new OperationException(
                    Kind.INVALID,
                    "MALFORMED_JSON",
                    "the body: " + e.getMessage(),
                    "send one JSON object (RFC 8259)");
        }
    }

    private static Value integer(String name, String text) throws OperationException {
        try {
            return Value.of(Long.parseLong(text));
        } catch (NumberFormatException e) {
            throw OperationException.invalid("'" + name + "' is not a whole number: " + text, "");
        }
    }
}
