package dev.parley.host.internal;

import dev.parley.crdt.api.ElementId;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.RefusedException;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.api.State;
import dev.parley.crdt.api.Task;
import dev.parley.crdt.api.TasksEditor;
import dev.parley.stores.api.Documents;
import dev.parley.stores.api.StoreException;
import dev.parley.stores.api.Stores;
import dev.parley.wire.api.Json;
import dev.parley.wire.api.Value;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** What one plugin asks of the tasks in a store; that it may use the store was checked. */
final class SharedTasks {
    private final Stores stores;
    private final Id self;

    SharedTasks(Stores stores, Id self) {
        this.stores = stores;
        this.self = self;
    }

    CompletionStage<Value.MapBuilder> list(Id store, String place) throws StoreException {
        Path path = Documents.path(place, ObjectType.TASKS);
        return stores.read(
                        store, view -> view.state().tasks(path).stream().map(this::shown).toList())
                .thenApply(SharedTasks::listed);
    }

    private static Value.MapBuilder listed(List<Value> tasks) {
        Value list = Value.list(tasks);
        int length = Json.write(list).length();
        return length > SharedStores.MAX_JSON_BYTES
                ? SharedStores.refusal(
                        "TOO_LARGE",
                        "the tasks have "
                                + length
                                + " characters, at most "
                                + SharedStores.MAX_JSON_BYTES)
                : Value.map().put("tasks", list);
    }

    private Value shown(Task task) {
        Value.MapBuilder shown =
                Value.map()
                        .put("id", task.id().toString())
                        .put("title", task.title())
                        .put("status", task.status().name());
        task.holder()
                .ifPresent(
                        it ->
                                shown.put("holder", it.author().hex())
                                        .put("ours", Value.of(it.author().equals(self)))
                                        .put("fence", it.fence().hex()));
        task.results().stream()
                .findFirst()
                .ifPresent(it -> shown.put("result", Json.write(Documents.value(it.value()))));
        return shown.build();
    }

    CompletionStage<Value.MapBuilder> add(Id store, String place, Value.Map arguments)
            throws StoreException {
        Path path = Documents.path(place, ObjectType.TASKS);
        String title = IsolateProcess.text(arguments, "title");
        int[] offset = new int[1];
        return stores.write(store, it -> offset[0] = it.tasks(path).add(title).offset())
                .thenApply(
                        change ->
                                Value.map()
                                        .put("task", new ElementId(change, offset[0]).toString())
                                        .put("change", change.hex()));
    }

    CompletionStage<Value.MapBuilder> claim(Id store, String place, Value.Map arguments)
            throws StoreException {
        Path path = Documents.path(place, ObjectType.TASKS);
        ElementId task = task(arguments);
        Duration lease = lease(IsolateProcess.number(arguments, "lease"));
        return write(store, it -> it.tasks(path).claim(task, lease));
    }

    CompletionStage<Value.MapBuilder> release(Id store, String place, Value.Map arguments)
            throws StoreException {
        Path path = Documents.path(place, ObjectType.TASKS);
        ElementId task = task(arguments);
        return write(store, it -> it.tasks(path).release(own(it.state(), path, task)));
    }

    CompletionStage<Value.MapBuilder> finish(Id store, String place, Value.Map arguments)
            throws StoreException {
        Path path = Documents.path(place, ObjectType.TASKS);
        ElementId task = task(arguments);
        Scalar result = Documents.scalar(SharedStores.json(arguments));
        return write(store, it -> it.tasks(path).finish(own(it.state(), path, task), result));
    }

    private CompletionStage<Value.MapBuilder> write(Id store, Replica.Edit edit) {
        return stores.write(store, edit).thenApply(id -> Value.map().put("change", id.hex()));
    }

    private static ElementId task(Value.Map arguments) throws StoreException {
        try {
            return ElementId.parse(IsolateProcess.text(arguments, "task"));
        } catch (IllegalArgumentException e) {
            throw new StoreException(StoreException.Code.INVALID, "no task: " + e.getMessage());
        }
    }

    private static Duration lease(long seconds) throws StoreException {
        long most = TasksEditor.MAX_LEASE.toSeconds();
        if (seconds < 1 || seconds > most) {
            throw new StoreException(
                    StoreException.Code.INVALID,
                    "a lease of " + seconds + " s, expected 1 to " + most);
        }
        return Duration.ofSeconds(seconds);
    }

    private ElementId own(State state, Path path, ElementId id) throws RefusedException {
        Task task =
                state.task(path, id)
                        .orElseThrow(
                                () ->
                                        new RefusedException(
                                                RefusedException.Code.NOT_FOUND,
                                                "there is no such task in " + path));
        return task.claims().stream()
                .filter(it -> it.author().equals(self) && !it.finished())
                .findFirst()
                .orElseThrow(
                        () ->
                                new RefusedException(
                                        RefusedException.Code.WRONG_STATE,
                                        "this agent has no claim to it"))
                .id();
    }
}
