package dev.parley.crdt.internal;

import dev.parley.crdt.api.ElementId;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.KeyId;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.api.State;
import dev.parley.crdt.api.Task;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Changes and states in words that JSON has, for the vectors. */
final class Described {
    private Described() {}

    static Map<String, @Nullable Object> map(@Nullable Object... pairs) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put(String.valueOf(pairs[i]), pairs[i + 1]);
        }
        return map;
    }

    static Map<String, @Nullable Object> change(Change change) {
        Map<String, @Nullable Object> fields = record(change);
        fields.put("time", Long.toUnsignedString(change.time()));
        List<@Nullable Object> operations = new ArrayList<>();
        for (Operation operation : change.operations()) {
            Map<String, @Nullable Object> described =
                    map("action", operation.getClass().getSimpleName());
            described.putAll(record(operation));
            operations.add(described);
        }
        fields.put("operations", operations);
        return fields;
    }

    private static Map<String, @Nullable Object> record(Object record) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            try {
                component.getAccessor().setAccessible(true);
                fields.put(component.getName(), value(component.getAccessor().invoke(record)));
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }
        return fields;
    }

    static @Nullable Object value(@Nullable Object value) {
        if (value instanceof KeyId key) {
            return key.hex();
        }
        if (value instanceof Id id) {
            return id.hex();
        }
        if (value instanceof Path path) {
            List<Object> segments = new ArrayList<>();
            path.segments()
                    .forEach(it -> segments.add(List.of(it.key(), (long) it.type().ordinal())));
            return segments;
        }
        if (value instanceof Scalar scalar) {
            return scalar(scalar);
        }
        if (value instanceof ElementId element) {
            return element.toString();
        }
        if (value instanceof Optional<?> optional) {
            return value(optional.orElse(null));
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> values = new ArrayList<>();
            list.forEach(it -> values.add(value(it)));
            return values;
        }
        if (value instanceof Record record) {
            return record(record);
        }
        if (value instanceof Enum<?> constant) {
            return constant.name();
        }
        return value instanceof Integer number ? Long.valueOf(number) : value;
    }

    private static @Nullable Object scalar(Scalar scalar) {
        if (scalar instanceof Scalar.Text text) {
            return text.value();
        }
        if (scalar instanceof Scalar.Int number) {
            return number.value();
        }
        if (scalar instanceof Scalar.Bool bool) {
            return bool.value();
        }
        if (scalar instanceof Scalar.Real real) {
            return map("f64", String.format("%016x", Double.doubleToLongBits(real.value())));
        }
        if (scalar instanceof Scalar.Sealed sealed) {
            return map(
                    "sealed",
                    sealed.key().hex(),
                    "content",
                    HexFormat.of().formatHex(sealed.content()));
        }
        if (scalar instanceof Scalar.Expunged expunged) {
            return map("expunged", expunged.key().hex());
        }
        return scalar instanceof Scalar.Bytes bytes
                ? map("bytes", HexFormat.of().formatHex(bytes.value()))
                : null;
    }

    /** What is at a path. */
    static @Nullable Object at(Path path, State state) {
        return switch (path.type()) {
            case MAP -> {
                List<Object> keys = new ArrayList<>();
                state.keys(path)
                        .forEach(it -> keys.add(List.of(it.key(), (long) it.type().ordinal())));
                yield keys;
            }
            case REGISTER -> value(state.register(path));
            case MULTI_REGISTER -> value(state.registers(path));
            case COUNTER -> state.counter(path);
            case ESCROW -> {
                Map<String, @Nullable Object> shares = new LinkedHashMap<>();
                state.shares(path).forEach((owner, share) -> shares.put(owner.hex(), share));
                yield shares;
            }
            case FLAG_ENABLE_WINS, FLAG_DISABLE_WINS -> state.flag(path);
            case SET_ADD_WINS, SET_REMOVE_WINS -> value(state.set(path));
            case TREE -> nodes(path, ElementId.ROOT, state);
            case TASKS -> {
                List<@Nullable Object> tasks = new ArrayList<>();
                for (Task task : state.tasks(path)) {
                    tasks.add(record(task));
                }
                yield tasks;
            }
            case TEXT -> state.text(path);
            case LIST -> value(state.list(path));
        };
    }

    private static List<@Nullable Object> nodes(Path path, ElementId parent, State state) {
        List<@Nullable Object> nodes = new ArrayList<>();
        state.children(path, parent)
                .forEach(
                        it ->
                                nodes.add(
                                        map(
                                                "id",
                                                it.id().toString(),
                                                "label",
                                                value(it.label()),
                                                "children",
                                                nodes(path, it.id(), state))));
        return nodes;
    }
}
