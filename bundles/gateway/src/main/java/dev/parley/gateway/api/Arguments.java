package dev.parley.gateway.api;

import dev.parley.gateway.api.Operation.Argument;
import dev.parley.gateway.api.Operation.Type;
import dev.parley.wire.api.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The arguments of one call, checked against the operation's list. Immutable. */
public final class Arguments {
    /** As much as a body of REST may have. */
    public static final int MAX_TEXT_CHARS = 1 << 20;

    private final Value.Map values;

    private Arguments(Value.Map values) {
        this.values = values;
    }

    /**
     * @throws OperationException ARGUMENTS_INVALID: an unknown name, a wrong type, or one missing
     */
    public static Arguments check(Operation operation, Value.Map values) throws OperationException {
        for (var entry : values.entries().entrySet()) {
            String name = entry.getKey() instanceof Value.Text text ? text.value() : "?";
            Argument argument =
                    operation
                            .argument(name)
                            .orElseThrow(
                                    () ->
                                            OperationException.invalid(
                                                    "unknown argument '" + name + "'",
                                                    expected(operation)));
            if (entry.getValue() instanceof Value.Text text
                    && text.value().length() > MAX_TEXT_CHARS) {
                throw OperationException.invalid(
                        "argument '" + name + "' has " + text.value().length() + " characters",
                        "expected at most " + MAX_TEXT_CHARS);
            }
            if (!fits(argument.type(), entry.getValue())) {
                throw OperationException.invalid(
                        "argument '" + name + "' is not of type " + argument.type(),
                        argument.description());
            }
        }
        for (Argument argument : operation.arguments()) {
            if (argument.required() && values.get(argument.name()).isEmpty()) {
                throw OperationException.invalid(
                        "argument '" + argument.name() + "' is missing", argument.description());
            }
        }
        return new Arguments(values);
    }

    private static String expected(Operation operation) {
        List<String> names = new ArrayList<>();
        operation.arguments().forEach(argument -> names.add(argument.name()));
        return names.isEmpty() ? "it takes none" : "it takes " + String.join(", ", names);
    }

    private static boolean fits(Type type, Value value) {
        return switch (type) {
            case TEXT -> value instanceof Value.Text;
            case INTEGER -> value instanceof Value.Int;
            case TEXTS ->
                    value instanceof Value.List list
                            && list.items().stream().allMatch(item -> item instanceof Value.Text);
            case BODY -> value instanceof Value.Map;
            case ANY -> true;
        };
    }

    public Optional<Value> value(String name) {
        return values.get(name);
    }

    public String text(String name) {
        return optionalText(name).orElse("");
    }

    public Optional<String> optionalText(String name) {
        return values.get(name).map(value -> ((Value.Text) value).value());
    }

    public long integer(String name, long otherwise) {
        return values.get(name).map(value -> ((Value.Int) value).value()).orElse(otherwise);
    }

    public Optional<List<String>> texts(String name) {
        return values.get(name).map(Arguments::texts);
    }

    private static List<String> texts(Value value) {
        List<String> texts = new ArrayList<>();
        for (Value item : ((Value.List) value).items()) {
            texts.add(((Value.Text) item).value());
        }
        return List.copyOf(texts);
    }
}
