package dev.parley.gateway.internal;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.ListEditor;
import dev.parley.crdt.api.ListElement;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.RefusedException;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.api.State;
import dev.parley.crdt.api.Transaction;
import dev.parley.gateway.api.Arguments;
import dev.parley.gateway.api.Operation;
import dev.parley.gateway.api.Operation.Type;
import dev.parley.gateway.api.OperationException;
import dev.parley.stores.api.Documents;
import dev.parley.stores.api.StoreException;
import dev.parley.wire.api.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * Lists in a store. An element is named by its index, which others may shift meanwhile, or by its
 * id, which stays with it wherever it is moved; the index is taken when the change is made.
 */
final class StoreLists {
    private static final int MIN_DIGITS = 4;
    private static final String ELEMENT =
            "its index from 0, or its id or the first " + MIN_DIGITS + " or more digits of it";

    private final StoreEdits edits;
    private final StoreVersions versions;

    StoreLists(StoreEdits edits, StoreVersions versions) {
        this.edits = edits;
        this.versions = versions;
    }

    List<Operation> operations() {
        return List.of(
                versions.reading(
                        Operation.get(
                                        "stores.items",
                                        "/stores/{store}/items",
                                        "The elements of the list at a place, with their ids",
                                        (arguments, progress) -> items(arguments))
                                .needs("store", Type.TEXT, StoreOperations.ID)
                                .needs("path", Type.TEXT, StoreEdits.PLACE)),
                StoreEdits.sealable(
                                undoable(
                                        "insert",
                                        "Puts a value into the list at a place",
                                        StoreLists::insert))
                        .needs("value", Type.ANY, "a text, number, boolean or null")
                        .takes("index", Type.INTEGER, "how many come before it; all"),
                undoable("move", "Moves an element of the list at a place", StoreLists::move)
                        .needs("element", Type.TEXT, ELEMENT)
                        .needs("to", Type.INTEGER, "the index it has afterwards"),
                StoreEdits.sealable(
                                undoable(
                                        "replace",
                                        "Gives an element of the list at a place another value",
                                        StoreLists::replace))
                        .needs("element", Type.TEXT, ELEMENT)
                        .needs("value", Type.ANY, "a text, number, boolean or null"),
                undoable("drop", "Takes an element out of the list at a place", StoreLists::drop)
                        .needs("element", Type.TEXT, ELEMENT));
    }

    private Operation undoable(String verb, String summary, StoreEdits.Edits edit) {
        return StoreEdits.undoable(edits.write(verb, summary, edit));
    }

    private Value items(Arguments arguments) throws OperationException {
        Path path = place(arguments);
        return versions.read(
                arguments,
                state -> {
                    List<Value> items = new ArrayList<>();
                    for (ListElement each : state.list(path)) {
                        items.add(
                                Value.map()
                                        .put("index", items.size())
                                        .put("id", each.id().toString())
                                        .put("value", Documents.value(each.value()))
                                        .build());
                    }
                    return Value.map()
                            .put("path", Documents.place(path))
                            .put("heads", Value.texts(state.heads().stream().map(Id::hex).toList()))
                            .put("items", Value.list(items))
                            .build();
                });
    }

    private static Path place(Arguments arguments) throws OperationException {
        try {
            return Documents.path(arguments.text("path"), ObjectType.LIST);
        } catch (StoreException e) {
            throw Waiting.failure(e);
        }
    }

    private static Replica.Edit insert(String place, Arguments arguments) throws StoreException {
        Path path = Documents.path(place, ObjectType.LIST);
        Scalar value = Documents.scalar(arguments.value("value").orElse(Value.NULL));
        long index = arguments.integer("index", -1);
        boolean last = arguments.value("index").isEmpty();
        return it -> {
            ListEditor list = it.list(path);
            StoreEdits.fits(it.state(), path);
            list.insert(last ? list.size() : index(index, list.size()), value);
        };
    }

    private static Replica.Edit move(String place, Arguments arguments) throws StoreException {
        Path path = Documents.path(place, ObjectType.LIST);
        String element = arguments.text("element");
        long to = arguments.integer("to", 0);
        return it -> {
            ListEditor list = it.list(path);
            list.move(find(it, path, element), index(to, list.size() - 1));
        };
    }

    private static Replica.Edit replace(String place, Arguments arguments) throws StoreException {
        Path path = Documents.path(place, ObjectType.LIST);
        String element = arguments.text("element");
        Scalar value = Documents.scalar(arguments.value("value").orElse(Value.NULL));
        return it -> it.list(path).replace(find(it, path, element), value);
    }

    private static Replica.Edit drop(String place, Arguments arguments) throws StoreException {
        Path path = Documents.path(place, ObjectType.LIST);
        String element = arguments.text("element");
        return it -> it.list(path).drop(find(it, path, element));
    }

    private static int index(long index, int most) throws RefusedException {
        if (index < 0 || index > most) {
            throw new RefusedException(
                    RefusedException.Code.NOT_FOUND,
                    "no element has the index " + index + ", expected 0 to " + most);
        }
        return (int) index;
    }

    /** A number that is an index here is one; anything else is an id or its start. */
    private static int find(Transaction transaction, Path path, String element)
            throws RefusedException {
        int size = transaction.list(path).size();
        if (size == 0) {
            StoreEdits.fits(transaction.state(), path);
            throw new RefusedException(
                    RefusedException.Code.NOT_FOUND,
                    "no list with elements is at " + Documents.place(path));
        }
        if (element.matches("[0-9]{1,8}") && Integer.parseInt(element) < size) {
            return Integer.parseInt(element);
        }
        List<Integer> named = named(transaction.state(), path, element);
        if (named.size() != 1) {
            throw new RefusedException(
                    RefusedException.Code.NOT_FOUND,
                    (named.isEmpty() ? "no element is '" : named.size() + " elements are '")
                            + element
                            + "', expected an index of 0 to "
                            + (size - 1)
                            + ", or an id or its first "
                            + MIN_DIGITS
                            + " or more digits; 'parley store items' shows them");
        }
        return named.get(0);
    }

    private static List<Integer> named(State state, Path path, String element) {
        List<Integer> named = new ArrayList<>();
        List<ListElement> all = state.list(path);
        for (int i = 0; i < all.size() && element.length() >= MIN_DIGITS; i++) {
            if (all.get(i).id().toString().startsWith(element)) {
                named.add(i);
            }
        }
        return named;
    }
}
