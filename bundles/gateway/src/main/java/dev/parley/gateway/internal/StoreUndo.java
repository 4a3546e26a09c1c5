package dev.parley.gateway.internal;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.Undoable;
import dev.parley.crdt.api.Undone;
import dev.parley.gateway.api.Arguments;
import dev.parley.gateway.api.Operation;
import dev.parley.gateway.api.Operation.Type;
import dev.parley.gateway.api.OperationException;
import dev.parley.stores.api.StoreException;
import dev.parley.stores.api.StoreException.Code;
import dev.parley.stores.api.Stores;
import dev.parley.stores.api.UndoList;
import dev.parley.wire.api.Value;
import java.time.Instant;
import java.util.List;

/** What this agent wrote to a store, taken back and done again. */
final class StoreUndo {
    private static final int MAX_LISTED = 1000;
    private static final String BRANCH = "the branch; the main line";

    private final Stores stores;

    StoreUndo(Stores stores) {
        this.stores = stores;
    }

    List<Operation> operations() {
        return List.of(
                Operation.get(
                                "stores.undoable",
                                "/stores/{store}/undo",
                                "What this agent can take back and do again, the next one first",
                                (arguments, progress) -> list(arguments))
                        .needs("store", Type.TEXT, StoreOperations.ID)
                        .takes("branch", Type.TEXT, BRANCH)
                        .takes("limit", Type.INTEGER, "how many; 50, at most " + MAX_LISTED),
                post(
                                "undo",
                                "Takes this agent's last change back that stands; what others"
                                        + " changed since stays",
                                this::undo)
                        .takes(
                                "change",
                                Type.TEXT,
                                "another one that stands, or its first six or more digits"),
                post(
                        "redo",
                        "Does the change again that was taken back last",
                        arguments ->
                                stores.redo(
                                        StoreOperations.store(stores, arguments),
                                        arguments.text("branch"))));
    }

    private interface Step {
        java.util.concurrent.CompletionStage<Undone> of(Arguments arguments)
                throws OperationException;
    }

    private static Operation post(String verb, String summary, Step step) {
        return Operation.of(
                        "stores." + verb,
                        "POST",
                        "/stores/{store}/" + verb,
                        summary,
                        (arguments, progress) -> describe(StoreOperations.wait(step.of(arguments))))
                .needs("store", Type.TEXT, StoreOperations.ID)
                .takes("branch", Type.TEXT, BRANCH);
    }

    private java.util.concurrent.CompletionStage<Undone> undo(Arguments arguments)
            throws OperationException {
        Id store = StoreOperations.store(stores, arguments);
        String branch = arguments.text("branch");
        String named = arguments.text("change");
        if (named.isEmpty()) {
            return stores.undo(store, branch);
        }
        List<Id> changes =
                StoreOperations.wait(stores.read(store, view -> StoreVersions.find(view, named)));
        if (changes.size() != 1) {
            throw Waiting.failure(
                    new StoreException(
                            Code.AMBIGUOUS,
                            "'" + named + "' names " + changes.size() + " changes, expected one"));
        }
        return stores.undo(store, branch, changes.get(0));
    }

    private static Value describe(Undone undone) {
        return Value.map()
                .put("change", undone.change().id().hex())
                .put("of", undone.of().hex())
                .put(
                        "differences",
                        Value.list(
                                undone.differences().stream().map(StoreHistory::describe).toList()))
                .put(
                        "left",
                        Value.list(
                                undone.left().stream()
                                        .map(it -> StoreHistory.object(it).build())
                                        .toList()))
                .build();
    }

    private Value list(Arguments arguments) throws OperationException {
        int limit = (int) Math.max(1, Math.min(MAX_LISTED, arguments.integer("limit", 50)));
        UndoList list =
                StoreOperations.wait(
                        stores.undoList(
                                StoreOperations.store(stores, arguments),
                                arguments.text("branch")));
        return Value.map()
                .put("undoable", describe(list.undoable(), limit))
                .put("redoable", describe(list.redoable(), limit))
                .build();
    }

    private static Value describe(List<Undoable> changes, int limit) {
        return Value.list(changes.stream().limit(limit).map(StoreUndo::describe).toList());
    }

    private static Value describe(Undoable change) {
        return Value.map()
                .put("change", change.change().hex())
                .put("time", Instant.ofEpochMilli(change.timeMillis()).toString())
                .put("message", change.message())
                .put(
                        "objects",
                        Value.list(
                                change.paths().stream()
                                        .map(it -> StoreHistory.object(it).build())
                                        .toList()))
                .put("refused", change.refusal())
                .build();
    }
}
