package dev.parley.gateway.internal;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.RefusedException;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.api.State;
import dev.parley.gateway.api.Arguments;
import dev.parley.gateway.api.Operation;
import dev.parley.gateway.api.Operation.Type;
import dev.parley.gateway.api.OperationException;
import dev.parley.stores.api.Documents;
import dev.parley.stores.api.StoreException;
import dev.parley.stores.api.StoreView;
import dev.parley.stores.api.Stores;
import dev.parley.stores.api.TextMerge;
import dev.parley.wire.api.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What is in a store: reading it, and writing at a place in it. */
final class StoreValues {
    private static final String PLACE = "keys after '/', for example /stats/visits";

    private final Stores stores;

    StoreValues(Stores stores) {
        this.stores = stores;
    }

    private interface Edits {
        Replica.Edit of(String place, Arguments arguments)
                throws StoreException, OperationException;
    }

    List<Operation> operations() {
        return List.of(
                Operation.get(
                                "stores.value",
                                "/stores/{store}/value",
                                "What is at a place of a store",
                                (arguments, progress) -> read(arguments))
                        .needs("store", Type.TEXT, StoreOperations.ID)
                        .takes("path", Type.TEXT, PLACE + "; the whole store")
                        .takes("branch", Type.TEXT, "the branch to look at; the main line")
                        .takes("at", Type.TEXT, "changes in hex, with commas: as it was with them"),
                write("put", "Puts a value at a place, or an object key by key", this::put)
                        .needs("value", Type.ANY, "a text, number, boolean, null or object")
                        .takes(
                                "type",
                                Type.TEXT,
                                "register, multi-register (keeps what all wrote at once),"
                                        + " flag-enable-wins or flag-disable-wins; register"),
                write(
                                "text",
                                "Makes a text of the one at a place, as the fewest changes",
                                this::text)
                        .needs("text", Type.TEXT, "what it is to be")
                        .takes(
                                "base",
                                Type.TEXT,
                                "the heads, with commas, of the text that was edited: what others"
                                        + " changed since stays; as it is now"),
                write(
                        "delete",
                        "Forgets what is at a place",
                        (place, arguments) -> Documents.clear(place)::on),
                write(
                                "increment",
                                "Adds to the counter at a place",
                                (place, arguments) -> {
                                    Path path = Documents.path(place, ObjectType.COUNTER);
                                    long by = arguments.integer("by", 1);
                                    return it -> it.increment(path, by);
                                })
                        .takes("by", Type.INTEGER, "may be negative; 1"),
                write("add", "Adds a value to the set at a place", (p, a) -> set(p, a, true))
                        .needs("value", Type.ANY, "a text, number, boolean or null"),
                write("remove", "Removes a value of the set at a place", (p, a) -> set(p, a, false))
                        .needs("value", Type.ANY, "a text, number, boolean or null"));
    }

    private Operation write(String verb, String summary, Edits edits) {
        return Operation.of(
                        "stores." + verb,
                        "POST",
                        "/stores/{store}/" + verb,
                        summary,
                        (arguments, progress) -> write(arguments, edits))
                .needs("store", Type.TEXT, StoreOperations.ID)
                .needs("path", Type.TEXT, PLACE)
                .takes("branch", Type.TEXT, "the branch to write on; the main line")
                .takes("message", Type.TEXT, "for people; makes it a change of its own");
    }

    private Value write(Arguments arguments, Edits edits) throws OperationException {
        Id store = StoreOperations.store(stores, arguments);
        Replica.Edit edit;
        try {
            edit = edits.of(arguments.text("path"), arguments);
        } catch (StoreException e) {
            throw Waiting.failure(e);
        }
        Id change = StoreOperations.wait(StoreOperations.write(stores, store, arguments, edit));
        return Value.map().put("change", change.hex()).build();
    }

    private Replica.Edit put(String place, Arguments arguments)
            throws StoreException, OperationException {
        Value value = arguments.value("value").orElse(Value.NULL);
        String type = arguments.optionalText("type").orElse("register");
        ObjectType wanted = Documents.type(type);
        switch (wanted) {
            case REGISTER -> {
                return Documents.put(place, value)::on;
            }
            case MULTI_REGISTER -> {
                Path path = Documents.path(place, wanted);
                Scalar scalar = Documents.scalar(value);
                return it -> it.set(path, scalar);
            }
            case FLAG_ENABLE_WINS, FLAG_DISABLE_WINS -> {
                Path path = Documents.path(place, wanted);
                if (!(value instanceof Value.Bool flag)) {
                    throw OperationException.invalid("a flag is true or false", "");
                }
                return it -> it.flag(path, flag.value());
            }
            default ->
                    throw OperationException.invalid(
                            "type is '" + type + "'", "there are other operations for that");
        }
    }

    private Replica.Edit text(String place, Arguments arguments)
            throws StoreException, OperationException {
        Id store = StoreOperations.store(stores, arguments);
        List<Id> base = versions(arguments.text("base"));
        TextMerge merge =
                StoreOperations.wait(
                        stores.read(
                                store,
                                view -> {
                                    try {
                                        State before =
                                                base.isEmpty()
                                                        ? view.state(arguments.text("branch"))
                                                        : view.at(base);
                                        return TextMerge.of(before, place, arguments.text("text"));
                                    } catch (StoreException e) {
                                        throw new IllegalArgumentException(e.getMessage(), e);
                                    }
                                }));
        return merge::on;
    }

    private static List<Id> versions(String texts) throws OperationException {
        List<Id> versions = new ArrayList<>();
        for (String hex : texts.split(",")) {
            if (!hex.isEmpty()) {
                if (!hex.matches("[0-9a-f]{64}")) {
                    throw OperationException.invalid(
                            "'" + hex + "' is no change", "expected 64 hex digits; see the log");
                }
                versions.add(Id.parse(hex));
            }
        }
        return versions;
    }

    private static Replica.Edit set(String place, Arguments arguments, boolean add)
            throws StoreException {
        Path path = Documents.path(place, ObjectType.SET_ADD_WINS);
        Scalar value = Documents.scalar(arguments.value("value").orElse(Value.NULL));
        return add ? it -> it.add(path, value) : it -> it.remove(path, value);
    }

    private Value read(Arguments arguments) throws OperationException {
        Id store = StoreOperations.store(stores, arguments);
        String place = arguments.optionalText("path").orElse("/");
        List<Id> versions = versions(arguments.text("at"));
        return StoreOperations.wait(
                stores.read(
                        store,
                        view -> {
                            try {
                                return found(place, state(view, arguments, versions));
                            } catch (StoreException e) {
                                throw new IllegalArgumentException(e.getMessage(), e);
                            }
                        }));
    }

    private static State state(StoreView view, Arguments arguments, List<Id> versions)
            throws RefusedException {
        return versions.isEmpty() ? view.state(arguments.text("branch")) : view.at(versions);
    }

    /** The first object there, and all of them by type if there are more. */
    private static Value found(String place, State state) throws StoreException {
        Map<ObjectType, Value> objects = Documents.at(state, place);
        Value.MapBuilder found =
                Value.map()
                        .put("path", place)
                        .put("heads", Value.texts(state.heads().stream().map(Id::hex).toList()));
        if (objects.isEmpty()) {
            return found.put("found", false).put("value", Value.NULL).build();
        }
        Map.Entry<ObjectType, Value> first = objects.entrySet().iterator().next();
        found.put("found", true)
                .put("type", Documents.name(first.getKey()))
                .put("value", first.getValue());
        if (objects.size() > 1) {
            Value.MapBuilder byType = Value.map();
            objects.forEach((type, value) -> byType.put(Documents.name(type), value));
            found.put("objects", byType.build());
        }
        return found.build();
    }
}
