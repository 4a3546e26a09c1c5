package dev.parley.gateway.internal;

import dev.parley.crdt.api.Id;
import dev.parley.gateway.api.Arguments;
import dev.parley.gateway.api.Operation;
import dev.parley.gateway.api.Operation.Type;
import dev.parley.gateway.api.OperationException;
import dev.parley.stores.api.Documents.Assignment;
import dev.parley.stores.api.StoreException;
import dev.parley.stores.api.Stores;
import dev.parley.stores.api.Tags;
import dev.parley.wire.api.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Names for versions of a store. They are of the main line, and everybody has them. */
final class StoreTags {
    private static final String NAME =
            "1 to 64 of a-z, 0-9, '.', '_', '/' and '-', for example v1.0; no digits of a change";

    private final Stores stores;
    private final StoreEdits edits;

    StoreTags(Stores stores, StoreEdits edits) {
        this.stores = stores;
        this.edits = edits;
    }

    List<Operation> operations() {
        return List.of(
                Operation.get(
                                "stores.tags",
                                "/stores/{store}/tags",
                                "The names of versions",
                                (arguments, progress) -> list(arguments))
                        .needs("store", Type.TEXT, StoreOperations.ID),
                Operation.of(
                                "stores.tag",
                                "POST",
                                "/stores/{store}/tags",
                                "Gives a version a name",
                                (arguments, progress) -> tag(arguments))
                        .needs("store", Type.TEXT, StoreOperations.ID)
                        .needs("tag", Type.TEXT, NAME)
                        .takes("version", Type.TEXT, StoreVersions.VERSION + "; now")
                        .takes("move", Type.ANY, "true: also if it names another one; false")
                        .takes("message", Type.TEXT, "for people"),
                Operation.of(
                                "stores.untag",
                                "POST",
                                "/stores/{store}/untag",
                                "Takes a version's name away",
                                (arguments, progress) -> untag(arguments))
                        .needs("store", Type.TEXT, StoreOperations.ID)
                        .needs("tag", Type.TEXT, NAME));
    }

    private Value list(Arguments arguments) throws OperationException {
        Map<String, List<List<Id>>> tags =
                StoreOperations.wait(
                        stores.read(
                                StoreOperations.store(stores, arguments),
                                view -> Tags.all(view.state())));
        List<Value> all = new ArrayList<>();
        tags.forEach(
                (name, versions) ->
                        all.add(
                                Value.map()
                                        .put("name", name)
                                        .put("heads", StoreHistory.hex(versions.get(0)))
                                        .put(
                                                "versions",
                                                Value.list(
                                                        versions.stream()
                                                                .map(StoreHistory::hex)
                                                                .toList()))
                                        .build()));
        return Value.map().put("tags", Value.list(all)).build();
    }

    private Value tag(Arguments arguments) throws OperationException {
        String version = arguments.optionalText("version").orElse("now");
        Value move = arguments.value("move").orElse(Value.FALSE);
        if (!(move instanceof Value.Bool moves)) {
            throw OperationException.invalid("move is no boolean", "expected true or false");
        }
        List<Id> heads =
                StoreOperations.wait(
                        stores.read(
                                StoreOperations.store(stores, arguments),
                                view -> StoreVersions.find(view, version)));
        Id change = write(arguments, () -> Tags.put(arguments.text("tag"), heads, moves.value()));
        return Value.map()
                .put("tag", arguments.text("tag"))
                .put("heads", StoreHistory.hex(heads))
                .put("change", change.hex())
                .build();
    }

    private Value untag(Arguments arguments) throws OperationException {
        return StoreEdits.answer(write(arguments, () -> Tags.remove(arguments.text("tag"))));
    }

    private interface Making {
        Assignment make() throws StoreException;
    }

    private Id write(Arguments arguments, Making making) throws OperationException {
        return edits.write(
                arguments,
                (place, given) -> {
                    Assignment assignment = making.make();
                    return assignment::on;
                });
    }
}
