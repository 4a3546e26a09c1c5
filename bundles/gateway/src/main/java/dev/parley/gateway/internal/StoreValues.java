package dev.parley.gateway.internal;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.api.State;
import dev.parley.gateway.api.Arguments;
import dev.parley.gateway.api.Operation;
import dev.parley.gateway.api.Operation.Type;
import dev.parley.gateway.api.OperationException;
import dev.parley.stores.api.Documents;
import dev.parley.stores.api.StoreException;
import dev.parley.stores.api.Stores;
import dev.parley.stores.api.TextMerge;
import dev.parley.wire.api.Value;
import java.util.List;
import java.util.Map;

/** What is in a store: reading it, and writing at a place in it. */
final class StoreValues {
    private static final String SET =
            "set-add-wins or set-remove-wins: what wins of the same moment; set-add-wins";

    private final Stores stores;
    private final StoreEdits edits;
    private final StoreVersions versions;

    StoreValues(Stores stores, StoreEdits edits, StoreVersions versions) {
        this.stores = stores;
        this.edits = edits;
        this.versions = versions;
    }

    List<Operation> operations() {
        return List.of(
                versions.reading(
                        Operation.get(
                                        "stores.value",
                                        "/stores/{store}/value",
                                        "What is at a place of a store",
                                        (arguments, progress) -> read(arguments))
                                .needs("store", Type.TEXT, StoreOperations.ID)
                                .takes("path", Type.TEXT, StoreEdits.PLACE + "; the whole store")),
                StoreEdits.sealable(
                                write(
                                        "put",
                                        "Puts a value at a place, or an object key by key",
                                        this::put))
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
                write("increment", "Adds to the counter at a place", StoreValues::increment)
                        .takes("by", Type.INTEGER, "may be negative; 1"),
                StoreEdits.sealable(
                                write(
                                        "add",
                                        "Adds a value to the set at a place",
                                        (p, a) -> set(p, a, true)))
                        .needs("value", Type.ANY, "a text, number, boolean or null")
                        .takes("type", Type.TEXT, SET),
                write("remove", "Removes a value of the set at a place", (p, a) -> set(p, a, false))
                        .needs("value", Type.ANY, "a text, number, boolean or null")
                        .takes("type", Type.TEXT, SET));
    }

    private Operation write(String verb, String summary, StoreEdits.Edits edit) {
        return StoreEdits.undoable(edits.write(verb, summary, edit));
    }

    private static Replica.Edit increment(String place, Arguments arguments) throws StoreException {
        Path path = Documents.path(place, ObjectType.COUNTER);
        long by = arguments.integer("by", 1);
        return it -> {
            StoreEdits.fits(it.state(), path);
            it.increment(path, by);
        };
    }

    private Replica.Edit put(String place, Arguments arguments)
            throws StoreException, OperationException {
        Value value = arguments.value("value").orElse(Value.NULL);
        String type = arguments.optionalText("type").orElse("register");
        ObjectType wanted = Documents.type(type);
        switch (wanted) {
            case REGISTER -> {
                Documents.Assignment assignment = Documents.put(place, value);
                if (value instanceof Value.Map map && map.get("hex").isEmpty()) {
                    return assignment::on;
                }
                Path path = Documents.path(place, wanted);
                return it -> {
                    StoreEdits.fits(it.state(), path);
                    assignment.on(it);
                };
            }
            case MULTI_REGISTER -> {
                Path path = Documents.path(place, wanted);
                Scalar scalar = Documents.scalar(value);
                return it -> {
                    StoreEdits.fits(it.state(), path);
                    it.set(path, scalar);
                };
            }
            case FLAG_ENABLE_WINS, FLAG_DISABLE_WINS -> {
                Path path = Documents.path(place, wanted);
                if (!(value instanceof Value.Bool flag)) {
                    throw OperationException.invalid("a flag is true or false", "");
                }
                return it -> {
                    StoreEdits.fits(it.state(), path);
                    it.flag(path, flag.value());
                };
            }
            default ->
                    throw OperationException.invalid(
                            "type is '" + type + "'", "there are other operations for that");
        }
    }

    private Replica.Edit text(String place, Arguments arguments)
            throws StoreException, OperationException {
        Id store = StoreOperations.store(stores, arguments);
        Path path = Documents.path(place, ObjectType.TEXT);
        String base = arguments.text("base");
        TextMerge merge =
                StoreOperations.wait(
                        stores.read(
                                store,
                                view ->
                                        TextMerge.of(
                                                base.isEmpty()
                                                        ? view.state(arguments.text("branch"))
                                                        : view.at(StoreVersions.find(view, base)),
                                                place,
                                                arguments.text("text"))));
        return it -> {
            StoreEdits.fits(it.state(), path);
            merge.on(it);
        };
    }

    private static Replica.Edit set(String place, Arguments arguments, boolean add)
            throws StoreException, OperationException {
        String type = arguments.optionalText("type").orElse("set-add-wins");
        if (!type.equals("set-add-wins") && !type.equals("set-remove-wins")) {
            throw OperationException.invalid("type is '" + type + "'", "expected " + SET);
        }
        Path path = Documents.path(place, Documents.type(type));
        Scalar value = Documents.scalar(arguments.value("value").orElse(Value.NULL));
        return it -> {
            if (add) {
                StoreEdits.fits(it.state(), path);
                it.add(path, value);
            } else {
                it.remove(path, value);
            }
        };
    }

    private Value read(Arguments arguments) throws OperationException {
        String place = arguments.optionalText("path").orElse("/");
        return versions.read(arguments, state -> found(place, state));
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
