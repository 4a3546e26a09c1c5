package dev.parley.stores.api;

import dev.parley.crdt.api.ElementId;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.ListElement;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.RefusedException;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.api.State;
import dev.parley.crdt.api.Task;
import dev.parley.crdt.api.Transaction;
import dev.parley.crdt.api.TreeNode;
import dev.parley.stores.api.StoreException.Code;
import dev.parley.wire.api.Value;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A store's state as JSON values, and places in it as texts, for surfaces and plugins.
 *
 * <p>A place is keys after {@code /}, for example {@code /stats/visits}; a {@code /} in a key is
 * written {@code ~1} and a {@code ~} {@code ~0} (RFC 6901). Maps are objects, registers scalars,
 * counters numbers, flags booleans, sets and lists lists, texts texts, trees lists of {@code id},
 * {@code label}, {@code children}, tasks lists of objects; bytes are {@code {"hex": "…"}}, values
 * whose key is not here {@code {"sealed": true}}, and those that are gone {@code {"expunged":
 * true}}. Two objects of different types under one key stand under {@code key} and {@code key
 * (type)}. The tags ({@link Tags}) are not shown as a part of the root.
 */
public final class Documents {
    private Documents() {}

    /**
     * @return the keys of a place; none for the root
     * @throws StoreException INVALID
     */
    public static List<String> keys(String place) throws StoreException {
        if (place.isEmpty() || place.equals("/")) {
            return List.of();
        }
        if (!place.startsWith("/")) {
            throw new StoreException(
                    Code.INVALID, "a place starts with '/', found '" + place + "'");
        }
        List<String> keys = new ArrayList<>();
        for (String key : place.substring(1).split("/", -1)) {
            keys.add(key.replace("~1", "/").replace("~0", "~"));
        }
        return keys;
    }

    /**
     * The object of this type at a place; everything above it is a map.
     *
     * @throws StoreException INVALID: no place, or one that is too deep or whose keys are too long
     */
    public static Path path(String place, ObjectType type) throws StoreException {
        List<String> keys = keys(place);
        try {
            Path path = Path.ROOT;
            for (int i = 0; i < keys.size(); i++) {
                path = i + 1 < keys.size() ? path.map(keys.get(i)) : path.at(keys.get(i), type);
            }
            if (keys.isEmpty() && type != ObjectType.MAP) {
                throw new StoreException(Code.INVALID, "the root is a map; give a key after '/'");
            }
            return path;
        } catch (IllegalArgumentException e) {
            throw new StoreException(Code.INVALID, String.valueOf(e.getMessage()));
        }
    }

    /** Where an object is, as {@link #keys} reads it. */
    public static String place(Path path) {
        StringBuilder place = new StringBuilder();
        for (Path.Segment segment : path.segments()) {
            place.append('/').append(segment.key().replace("~", "~0").replace("/", "~1"));
        }
        return place.isEmpty() ? "/" : place.toString();
    }

    /** {@code register}, {@code set-add-wins} and so on. */
    public static String name(ObjectType type) {
        return type.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * @throws StoreException INVALID
     */
    public static ObjectType type(String name) throws StoreException {
        for (ObjectType type : ObjectType.values()) {
            if (name(type).equals(name)) {
                return type;
            }
        }
        throw new StoreException(
                Code.INVALID,
                "no type '"
                        + name
                        + "', expected register, multi-register, counter, escrow,"
                        + " flag-enable-wins, flag-disable-wins, set-add-wins or set-remove-wins");
    }

    /** What is at a place: an object of each type that has content; none if nothing is there. */
    public static Map<ObjectType, Value> at(State state, String place) throws StoreException {
        Map<ObjectType, Value> found = new LinkedHashMap<>();
        for (Path path : objects(state, place)) {
            found.put(path.type(), value(state, path));
        }
        return found;
    }

    /** The objects with content at a place. */
    public static List<Path> objects(State state, String place) throws StoreException {
        Path map = path(place, ObjectType.MAP);
        List<Path.Segment> segments = map.segments();
        if (segments.isEmpty()) {
            return List.of(Path.ROOT);
        }
        Path parent = new Path(segments.subList(0, segments.size() - 1));
        String key = segments.get(segments.size() - 1).key();
        // Each type is asked for, because listing the keys costs as much as the map has.
        return Arrays.stream(ObjectType.values())
                .map(type -> parent.at(key, type))
                .filter(state::has)
                .toList();
    }

    /** One object as JSON. */
    public static Value value(State state, Path path) {
        return switch (path.type()) {
            case MAP -> map(state, path);
            case REGISTER -> state.register(path).map(Documents::value).orElse(Value.NULL);
            case MULTI_REGISTER -> scalars(state.registers(path));
            case COUNTER -> Value.of(state.counter(path));
            case ESCROW -> shares(state.shares(path));
            case FLAG_ENABLE_WINS, FLAG_DISABLE_WINS -> Value.of(state.flag(path));
            case SET_ADD_WINS, SET_REMOVE_WINS -> scalars(state.set(path));
            case TEXT -> Value.of(state.text(path));
            case LIST -> scalars(state.list(path).stream().map(ListElement::value).toList());
            case TREE -> nodes(state, path, ElementId.ROOT);
            case TASKS -> Value.list(state.tasks(path).stream().map(Documents::task).toList());
        };
    }

    private static Value map(State state, Path path) {
        Value.MapBuilder object = Value.map();
        String last = "";
        for (Path.Segment segment : state.keys(path)) {
            if (path.segments().isEmpty() && segment.key().equals(Tags.KEY)) {
                continue;
            }
            boolean again = segment.key().equals(last) && !last.isEmpty();
            last = segment.key();
            object.put(
                    again ? segment.key() + " (" + name(segment.type()) + ")" : segment.key(),
                    value(state, path.at(segment.key(), segment.type())));
        }
        return object.build();
    }

    private static Value scalars(List<Scalar> scalars) {
        return Value.list(scalars.stream().map(Documents::value).toList());
    }

    private static Value shares(Map<Id, Long> shares) {
        Value.MapBuilder object = Value.map();
        shares.forEach((agent, share) -> object.put(agent.hex(), share));
        return object.build();
    }

    private static Value nodes(State state, Path path, ElementId parent) {
        List<Value> nodes = new ArrayList<>();
        for (TreeNode node : state.children(path, parent)) {
            Value.MapBuilder object =
                    Value.map().put("id", node.id().toString()).put("label", value(node.label()));
            nodes.add(object.put("children", nodes(state, path, node.id())).build());
        }
        return Value.list(nodes);
    }

    /** A task as JSON. */
    public static Value task(Task task) {
        Value.MapBuilder object =
                Value.map()
                        .put("id", task.id().toString())
                        .put("title", task.title())
                        .put("status", task.status().name().toLowerCase(Locale.ROOT))
                        .put("author", task.author().hex())
                        .put("exclusive", task.exclusive());
        task.holder()
                .ifPresent(
                        claim ->
                                object.put("holder", claim.author().hex())
                                        .put("fence", claim.fence().hex()));
        return object.put(
                        "claims", Value.list(task.claims().stream().map(Documents::claim).toList()))
                .put("results", Value.list(task.results().stream().map(Documents::result).toList()))
                .put(
                        "duplicates",
                        Value.list(task.duplicates().stream().map(Documents::result).toList()))
                .build();
    }

    private static Value claim(Task.Claim claim) {
        return Value.map()
                .put("id", claim.id().toString())
                .put("author", claim.author().hex())
                .put("fence", claim.fence().hex())
                .put("leaseEnd", Instant.ofEpochMilli(claim.leaseEndMillis()).toString())
                .put("granted", claim.granted())
                .put("finished", claim.finished())
                .build();
    }

    private static Value result(Task.Result result) {
        return Value.map()
                .put("author", result.author().hex())
                .put("value", value(result.value()))
                .build();
    }

    public static Value value(Scalar scalar) {
        if (scalar instanceof Scalar.Bool it) {
            return Value.of(it.value());
        } else if (scalar instanceof Scalar.Int it) {
            return Value.of(it.value());
        } else if (scalar instanceof Scalar.Real it) {
            return Double.isFinite(it.value())
                    ? Value.of(it.value())
                    : Value.of(Double.toString(it.value()));
        } else if (scalar instanceof Scalar.Text it) {
            return Value.of(it.value());
        } else if (scalar instanceof Scalar.Bytes it) {
            return Value.map().put("hex", HexFormat.of().formatHex(it.value())).build();
        }
        if (scalar instanceof Scalar.Sealed) {
            return Value.map().put("sealed", true).build();
        } else if (scalar instanceof Scalar.Expunged) {
            return Value.map().put("expunged", true).build();
        }
        return Value.NULL;
    }

    /**
     * @throws StoreException INVALID: an object or a list
     */
    public static Scalar scalar(Value value) throws StoreException {
        if (value instanceof Value.Bool it) {
            return Scalar.of(it.value());
        } else if (value instanceof Value.Int it) {
            return Scalar.of(it.value());
        } else if (value instanceof Value.Real it) {
            return new Scalar.Real(it.value());
        } else if (value instanceof Value.Text it) {
            return Scalar.of(it.value());
        } else if (value instanceof Value.Bytes it) {
            return new Scalar.Bytes(it.value());
        } else if (value instanceof Value.Null) {
            return Scalar.NULL;
        }
        if (value instanceof Value.Map map
                && map.entries().size() == 1
                && map.get("hex").orElse(Value.NULL) instanceof Value.Text hex) {
            try {
                return new Scalar.Bytes(HexFormat.of().parseHex(hex.value()));
            } catch (IllegalArgumentException e) {
                throw new StoreException(Code.INVALID, "no hex digits: " + e.getMessage());
            }
        }
        throw new StoreException(
                Code.INVALID, "expected a text, a number, true, false, null or {\"hex\": …}");
    }

    /** Writes that were read from JSON, all their values checked. */
    public interface Assignment {
        void on(Transaction transaction) throws RefusedException;
    }

    /**
     * Puts a value at a place: an object key by key, anything else into a register.
     *
     * @throws StoreException INVALID
     */
    public static Assignment put(String place, Value value) throws StoreException {
        List<Assignment> all = new ArrayList<>();
        collect(place, value, all);
        return transaction -> {
            for (Assignment each : all) {
                each.on(transaction);
            }
        };
    }

    private static void collect(String place, Value value, List<Assignment> all)
            throws StoreException {
        if (value instanceof Value.Map map && map.get("hex").isEmpty()) {
            Path path = path(place, ObjectType.MAP);
            if (!path.segments().isEmpty()) {
                all.add(transaction -> transaction.put(path));
            }
            for (Map.Entry<Value, Value> entry : map.entries().entrySet()) {
                String key = entry.getKey() instanceof Value.Text text ? text.value() : "";
                collect(
                        (place.equals("/") ? "" : place)
                                + "/"
                                + key.replace("~", "~0").replace("/", "~1"),
                        entry.getValue(),
                        all);
            }
            return;
        }
        Path path = path(place, ObjectType.REGISTER);
        Scalar scalar = scalar(value);
        all.add(transaction -> transaction.set(path, scalar));
    }

    /**
     * Forgets all that is at a place.
     *
     * @throws StoreException INVALID
     */
    public static Assignment clear(String place) throws StoreException {
        keys(place);
        return transaction -> {
            List<Path> objects;
            try {
                objects = objects(transaction.state(), place);
            } catch (StoreException e) {
                throw new RefusedException(
                        RefusedException.Code.NOT_FOUND, String.valueOf(e.getMessage()));
            }
            if (objects.isEmpty()) {
                throw new RefusedException(
                        RefusedException.Code.NOT_FOUND, "nothing is at " + place);
            }
            for (Path object : objects) {
                transaction.clear(object);
            }
        };
    }
}
