package dev.parley.gateway.internal;

import dev.parley.crdt.api.Blame;
import dev.parley.crdt.api.ChangeInfo;
import dev.parley.crdt.api.Difference;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.State;
import dev.parley.crdt.api.TextEdit;
import dev.parley.gateway.api.Arguments;
import dev.parley.gateway.api.Operation;
import dev.parley.gateway.api.Operation.Type;
import dev.parley.gateway.api.OperationException;
import dev.parley.identity.api.AgentId;
import dev.parley.stores.api.Documents;
import dev.parley.stores.api.StoreException;
import dev.parley.stores.api.StoreView;
import dev.parley.stores.api.Stores;
import dev.parley.stores.api.Tags;
import dev.parley.wire.api.Value;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What was done in a store: its log, what changed between versions, branches, blame. */
final class StoreHistory {
    private static final int MAX_LOG = 1000;

    private final Stores stores;
    private final StoreVersions versions;
    private final AgentNames agents;

    StoreHistory(Stores stores, StoreVersions versions, AgentNames agents) {
        this.stores = stores;
        this.versions = versions;
        this.agents = agents;
    }

    List<Operation> operations() {
        return List.of(
                get("log", "The latest changes, newest first", this::log)
                        .takes("limit", Type.INTEGER, "how many; 50, at most " + MAX_LOG),
                get("diff", "What is different in the second version, tags left out", this::diff)
                        .needs("from", Type.TEXT, StoreVersions.VERSION)
                        .takes("to", Type.TEXT, StoreVersions.VERSION + "; now"),
                get("branches", "The branches and their last changes", this::branches),
                Operation.get(
                                "stores.merging",
                                "/stores/{store}/merge",
                                "What two branches both changed since they parted",
                                (arguments, progress) -> merging(arguments))
                        .needs("store", Type.TEXT, StoreOperations.ID)
                        .takes("from", Type.TEXT, "the branch; empty for the main line")
                        .takes("into", Type.TEXT, "the branch; the main line"),
                post("merge", "Brings all of one branch into another", this::merge)
                        .takes("from", Type.TEXT, "the branch; empty for the main line")
                        .takes("into", Type.TEXT, "the branch; the main line")
                        .takes("message", Type.TEXT, "for people"),
                versions.reading(
                        get("blame", "Who wrote each piece of the text at a place", this::blame)
                                .needs("path", Type.TEXT, StoreEdits.PLACE)));
    }

    private interface Answer {
        Value to(Arguments arguments) throws OperationException;
    }

    private static Operation get(String verb, String summary, Answer answer) {
        return operation("GET", verb, summary, answer);
    }

    private static Operation post(String verb, String summary, Answer answer) {
        return operation("POST", verb, summary, answer);
    }

    private static Operation operation(String method, String verb, String summary, Answer answer) {
        return Operation.of(
                        "stores." + verb,
                        method,
                        "/stores/{store}/" + verb,
                        summary,
                        (arguments, progress) -> answer.to(arguments))
                .needs("store", Type.TEXT, StoreOperations.ID);
    }

    private Id store(Arguments arguments) throws OperationException {
        return StoreOperations.store(stores, arguments);
    }

    private static Value step(java.util.concurrent.CompletionStage<Id> change)
            throws OperationException {
        return StoreEdits.answer(StoreOperations.wait(change));
    }

    private Value log(Arguments arguments) throws OperationException {
        int limit = (int) Math.max(1, Math.min(MAX_LOG, arguments.integer("limit", 50)));
        List<ChangeInfo> log =
                StoreOperations.wait(stores.read(store(arguments), view -> view.log(limit)));
        return Value.map()
                .put("changes", Value.list(log.stream().map(it -> describe(it).build()).toList()))
                .build();
    }

    Value.MapBuilder describe(ChangeInfo change) {
        return Value.map()
                .put("id", change.id().hex())
                .put("author", change.author().hex())
                .put("authorWords", AgentId.of(change.author().bytes()).words())
                .put("authorName", agents.name(change.author()))
                .put("branch", change.branch())
                .put("seq", change.seq())
                .put("parents", hex(change.parents()))
                .put("time", Instant.ofEpochMilli(change.timeMillis()).toString())
                .put("message", change.message())
                .put("operations", change.operations())
                .put("void", change.isVoid());
    }

    static Value hex(List<Id> ids) {
        return Value.texts(ids.stream().map(Id::hex).toList());
    }

    private Value diff(Arguments arguments) throws OperationException {
        String from = arguments.text("from");
        String to = arguments.optionalText("to").orElse("now");
        return StoreOperations.wait(
                stores.read(
                        store(arguments),
                        view -> {
                            List<Id> before = StoreVersions.find(view, from);
                            List<Id> after = StoreVersions.find(view, to);
                            List<Value> all =
                                    view.diff(before, after).stream()
                                            .filter(it -> !Tags.has(it.path()))
                                            .map(StoreHistory::describe)
                                            .toList();
                            return Value.map()
                                    .put("from", hex(before))
                                    .put("to", hex(after))
                                    .put("differences", Value.list(all))
                                    .build();
                        }));
    }

    static Value describe(Difference difference) {
        Value.MapBuilder described =
                object(difference.path())
                        .put("before", difference.before())
                        .put("after", difference.after());
        if (!difference.edits().isEmpty()) {
            described.put(
                    "edits",
                    Value.list(difference.edits().stream().map(StoreHistory::describe).toList()));
        }
        return described.build();
    }

    static Value.MapBuilder object(Path path) {
        return Value.map()
                .put("path", Documents.place(path))
                .put("type", Documents.name(path.type()));
    }

    private static Value describe(TextEdit edit) {
        return Value.map()
                .put("position", edit.position())
                .put("removed", edit.removed())
                .put("inserted", edit.inserted())
                .build();
    }

    private Value branches(Arguments arguments) throws OperationException {
        List<Value> all =
                StoreOperations.wait(
                        stores.read(
                                store(arguments),
                                view -> {
                                    List<Value> found = new ArrayList<>();
                                    found.add(branch(view, ""));
                                    view.branches().forEach(it -> found.add(branch(view, it)));
                                    return found;
                                }));
        return Value.map().put("branches", Value.list(all)).build();
    }

    private static Value branch(StoreView view, String name) {
        return Value.map().put("name", name).put("heads", hex(view.heads(name))).build();
    }

    private Value merging(Arguments arguments) throws OperationException {
        List<Path> both =
                StoreOperations.wait(
                        stores.read(
                                store(arguments),
                                view ->
                                        view.changedOnBoth(
                                                arguments.text("from"), arguments.text("into"))));
        return Value.map()
                .put("both", Value.list(both.stream().map(it -> object(it).build()).toList()))
                .build();
    }

    private Value merge(Arguments arguments) throws OperationException {
        return step(
                stores.merge(
                        store(arguments),
                        arguments.text("from"),
                        arguments.text("into"),
                        arguments.text("message")));
    }

    private Value blame(Arguments arguments) throws OperationException {
        Path path;
        try {
            path = Documents.path(arguments.text("path"), ObjectType.TEXT);
        } catch (StoreException e) {
            throw Waiting.failure(e);
        }
        return StoreOperations.wait(
                stores.read(
                        store(arguments),
                        view -> {
                            State state = StoreVersions.state(view, arguments);
                            Map<Id, ChangeInfo> changes = new HashMap<>();
                            int[] text = state.text(path).codePoints().toArray();
                            List<Value> pieces = new ArrayList<>();
                            for (Blame each : state.blame(path)) {
                                ChangeInfo change = changes.get(each.change());
                                if (change == null) {
                                    change = view.describe(each.change());
                                    changes.put(each.change(), change);
                                }
                                pieces.add(piece(each, change, text));
                            }
                            return Value.map()
                                    .put("path", Documents.place(path))
                                    .put("heads", hex(state.heads()))
                                    .put("pieces", Value.list(pieces))
                                    .build();
                        }));
    }

    private Value piece(Blame blame, ChangeInfo change, int[] text) {
        return Value.map()
                .put("position", blame.position())
                .put("length", blame.length())
                .put("text", new String(text, blame.position(), blame.length()))
                .put("author", blame.author().hex())
                .put("authorWords", AgentId.of(blame.author().bytes()).words())
                .put("authorName", agents.name(blame.author()))
                .put("change", blame.change().hex())
                .put("time", Instant.ofEpochMilli(change.timeMillis()).toString())
                .put("message", change.message())
                .build();
    }
}
