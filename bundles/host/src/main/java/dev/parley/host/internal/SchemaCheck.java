package dev.parley.host.internal;

import dev.parley.host.api.ToolException;
import dev.parley.wire.api.Json;
import dev.parley.wire.api.Value;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;

/**
 * Checks a value against the subset of JSON Schema that descriptors use: type, properties,
 * required, additionalProperties, items, enum, minimum and maximum. A stranger's schema can ask for
 * nothing costly.
 */
final class SchemaCheck {
    private SchemaCheck() {}

    static void check(Value value, Value.Map schema) throws ToolException {
        check(value, schema, "input");
    }

    private static void check(Value value, Value.Map schema, String path) throws ToolException {
        String type = IsolateProcess.text(schema, "type");
        boolean fits =
                switch (type) {
                    case "string" -> value instanceof Value.Text;
                    case "boolean" -> value instanceof Value.Bool;
                    case "integer" -> value instanceof Value.Int;
                    case "number" -> value instanceof Value.Int || finite(value);
                    case "array" -> value instanceof Value.List;
                    case "object" -> value instanceof Value.Map;
                    default -> false;
                };
        if (!fits) {
            throw invalid(path, "found " + kind(value), "expected " + type);
        }
        if (schema.get("enum").orElse(Value.NULL) instanceof Value.List allowed
                && !allowed.items().contains(value)) {
            throw invalid(
                    path,
                    "found "
                            + (value instanceof Value.Text text
                                    ? "'" + text.value() + "'"
                                    : Json.write(value)),
                    "expected one of " + Json.write(allowed));
        }
        if (value instanceof Value.Int || value instanceof Value.Real) {
            range(value, schema, path);
        } else if (value instanceof Value.List list
                && schema.get("items").orElse(Value.NULL) instanceof Value.Map items) {
            for (int i = 0; i < list.items().size(); i++) {
                check(list.items().get(i), items, path + "[" + i + "]");
            }
        } else if (value instanceof Value.Map map) {
            object(map, schema, path);
        }
    }

    /** Exact, so that a large integer is compared as what it is. */
    private static BigDecimal decimal(Value number) {
        return number instanceof Value.Int whole
                ? BigDecimal.valueOf(whole.value())
                : new BigDecimal(((Value.Real) number).value());
    }

    private static Optional<BigDecimal> bound(Value.Map schema, String key) {
        Value bound = schema.get(key).orElse(Value.NULL);
        return bound instanceof Value.Int || finite(bound)
                ? Optional.of(decimal(bound))
                : Optional.empty();
    }

    private static boolean finite(Value value) {
        return value instanceof Value.Real real && Double.isFinite(real.value());
    }

    private static void range(Value value, Value.Map schema, String path) throws ToolException {
        BigDecimal number = decimal(value);
        Optional<BigDecimal> min = bound(schema, "minimum");
        Optional<BigDecimal> max = bound(schema, "maximum");
        if (min.isPresent() && number.compareTo(min.get()) < 0
                || max.isPresent() && number.compareTo(max.get()) > 0) {
            throw invalid(path, "found " + Json.write(value), "expected a number within its range");
        }
    }

    private static void object(Value.Map map, Value.Map schema, String path) throws ToolException {
        Value.Map properties =
                schema.get("properties").orElse(Value.NULL) instanceof Value.Map known
                        ? known
                        : Value.map().build();
        for (Map.Entry<Value, Value> entry : map.entries().entrySet()) {
            String name = entry.getKey() instanceof Value.Text text ? text.value() : "?";
            if (properties.get(name).orElse(Value.NULL) instanceof Value.Map property) {
                check(entry.getValue(), property, path + "." + name);
            } else if (schema.get("additionalProperties").orElse(Value.NULL)
                    instanceof Value.Map other) {
                check(entry.getValue(), other, path + "." + name);
            } else {
                throw invalid(
                        path,
                        "found the unknown property '" + name + "'",
                        "expected only "
                                + properties.entries().keySet().stream()
                                        .map(it -> ((Value.Text) it).value())
                                        .toList());
            }
        }
        if (schema.get("required").orElse(Value.NULL) instanceof Value.List required) {
            for (Value item : required.items()) {
                if (item instanceof Value.Text name && map.get(name.value()).isEmpty()) {
                    throw invalid(path, "found no '" + name.value() + "'", "it is required");
                }
            }
        }
    }

    private static ToolException invalid(String path, String found, String expected) {
        return new ToolException("ARGUMENTS_INVALID", path + ": " + found + ", " + expected);
    }

    private static String kind(Value value) {
        return value.getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT);
    }
}
