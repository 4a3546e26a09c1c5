package dev.parley.gateway.internal;

import dev.parley.crdt.api.ElementId;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.RefusedException;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.api.State;
import dev.parley.crdt.api.Task;
import dev.parley.crdt.api.TasksEditor;
import dev.parley.crdt.api.Transaction;
import dev.parley.gateway.api.Arguments;
import dev.parley.gateway.api.Operation;
import dev.parley.gateway.api.Operation.Type;
import dev.parley.gateway.api.OperationException;
import dev.parley.gateway.api.OperationException.Kind;
import dev.parley.stores.api.Documents;
import dev.parley.stores.api.StoreException;
import dev.parley.stores.api.Stores;
import dev.parley.wire.api.Value;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The tasks in a store: what is to be done, who does it, what came of it. */
final class StoreTasks {
    private static final int MIN_DIGITS = 4;
    private static final String PLACE = "where the tasks are; /tasks";
    private static final String TASK = "a task's id, its first six or more letters, or its title";
    private static final String VERBS =
            "claim, renew, release, expire, finish, cancel, reopen, grant or rename";
    private static final long HOUR_SECONDS = 3600;

    private final Stores stores;
    private final Id self;
    private final AgentNames agents;

    StoreTasks(Stores stores, Id self, AgentNames agents) {
        this.stores = stores;
        this.self = self;
        this.agents = agents;
    }

    List<Operation> operations() {
        return List.of(
                Operation.get(
                                "stores.tasks",
                                "/stores/{store}/tasks",
                                "The tasks of a store",
                                (arguments, progress) -> list(arguments))
                        .needs("store", Type.TEXT, StoreOperations.ID)
                        .takes("path", Type.TEXT, PLACE),
                Operation.of(
                                "stores.tasks.add",
                                "POST",
                                "/stores/{store}/tasks",
                                "Adds a task",
                                (arguments, progress) -> add(arguments))
                        .needs("store", Type.TEXT, StoreOperations.ID)
                        .needs("title", Type.TEXT, "what is to be done")
                        .takes("path", Type.TEXT, PLACE)
                        .takes(
                                "arbiter",
                                Type.TEXT,
                                "makes it exclusive: a claim counts once this agent grants it; "
                                        + AgentNames.WHO),
                Operation.of(
                                "stores.tasks.do",
                                "POST",
                                "/stores/{store}/tasks/{task}/{verb}",
                                "Carries a task on",
                                (arguments, progress) -> carryOn(arguments))
                        .needs("store", Type.TEXT, StoreOperations.ID)
                        .needs("task", Type.TEXT, TASK)
                        .needs("verb", Type.TEXT, VERBS)
                        .takes("path", Type.TEXT, PLACE)
                        .takes("lease", Type.INTEGER, "claim, renew: seconds; an hour")
                        .takes("result", Type.ANY, "finish: a text, number, boolean or null")
                        .takes("seal", Type.TEXT, "finish: seals the result with this label's key")
                        .takes("title", Type.TEXT, "rename: the new one"));
    }

    private static Path path(Arguments arguments) throws OperationException {
        try {
            return Documents.path(
                    arguments.optionalText("path").orElse("/tasks"), ObjectType.TASKS);
        } catch (StoreException e) {
            throw Waiting.failure(e);
        }
    }

    private Value list(Arguments arguments) throws OperationException {
        Path path = path(arguments);
        List<Value> tasks =
                StoreOperations.wait(
                        stores.read(
                                StoreOperations.store(stores, arguments),
                                view ->
                                        view.state().tasks(path).stream()
                                                .map(Documents::task)
                                                .toList()));
        return Value.map().put("tasks", Value.list(tasks)).build();
    }

    private Value add(Arguments arguments) throws OperationException {
        Path path = path(arguments);
        Id store = StoreOperations.store(stores, arguments);
        String title = arguments.text("title");
        @Nullable Id arbiter =
                arguments.optionalText("arbiter").isEmpty()
                        ? null
                        : Id.of(agents.find(arguments.text("arbiter")).bytes());
        int[] offset = new int[1];
        Id change =
                StoreOperations.wait(
                        stores.write(
                                store,
                                it -> {
                                    TasksEditor editor = it.tasks(path);
                                    ElementId made =
                                            arbiter == null
                                                    ? editor.add(title)
                                                    : editor.addExclusive(title, arbiter);
                                    offset[0] = made.offset();
                                }));
        return after(store, path, new ElementId(change, offset[0]), change);
    }

    /** The task as it is after a change. */
    private Value after(Id store, Path path, ElementId task, Id change) throws OperationException {
        Value shown =
                StoreOperations.wait(
                        stores.read(
                                store,
                                view ->
                                        view.state()
                                                .task(path, task)
                                                .<Value>map(Documents::task)
                                                .orElse(Value.NULL)));
        return Value.map().put("task", shown).put("change", change.hex()).build();
    }

    private Value carryOn(Arguments arguments) throws OperationException {
        Path path = path(arguments);
        Id store = StoreOperations.store(stores, arguments);
        String verb = arguments.text("verb").toLowerCase(Locale.ROOT);
        if (!List.of(VERBS.replace(" or ", ", ").split(", ")).contains(verb)) {
            throw OperationException.invalid("found '" + verb + "'", "expected " + VERBS);
        }
        String wanted = arguments.text("task");
        List<ElementId> named =
                StoreOperations.wait(stores.read(store, view -> find(view.state(), path, wanted)));
        if (named.size() != 1) {
            throw new OperationException(
                    Kind.NOT_FOUND,
                    "NO_SUCH_TASK",
                    (named.isEmpty() ? "no task is '" : named.size() + " tasks are '")
                            + wanted
                            + "', expected the title of one, or an id or its first "
                            + MIN_DIGITS
                            + " or more digits",
                    "'parley task list' shows them");
        }
        ElementId task = named.get(0);
        Id change =
                StoreOperations.wait(
                        stores.write(
                                store,
                                new StoreEdits(stores)
                                        .sealed(
                                                store,
                                                arguments,
                                                it -> perform(it, path, task, verb, arguments))));
        return after(store, path, task, change);
    }

    private static List<ElementId> find(State state, Path path, String wanted) {
        List<Task> all = state.tasks(path);
        List<Task> named = all.stream().filter(it -> it.title().equals(wanted)).toList();
        if (named.isEmpty() && wanted.length() >= MIN_DIGITS) {
            named = all.stream().filter(it -> it.id().toString().startsWith(wanted)).toList();
        }
        return named.stream().map(Task::id).toList();
    }

    private void perform(Transaction it, Path path, ElementId id, String verb, Arguments arguments)
            throws RefusedException {
        TasksEditor editor = it.tasks(path);
        Task task =
                it.state()
                        .task(path, id)
                        .orElseThrow(() -> refused(RefusedException.Code.NOT_FOUND, "it is gone"));
        Duration lease = Duration.ofSeconds(arguments.integer("lease", HOUR_SECONDS));
        switch (verb) {
            case "claim" -> editor.claim(id, lease);
            case "renew" -> editor.renew(own(task), lease);
            case "release" -> editor.release(own(task));
            case "finish" -> editor.finish(own(task), result(arguments));
            case "expire" -> editor.expire(first(task));
            case "grant" -> editor.grant(first(task));
            case "cancel" -> editor.cancel(id);
            case "reopen" -> editor.reopen(id);
            default -> editor.rename(id, arguments.text("title"));
        }
    }

    private static Scalar result(Arguments arguments) {
        try {
            return Documents.scalar(arguments.value("result").orElse(Value.NULL));
        } catch (StoreException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private static RefusedException refused(RefusedException.Code code, String message) {
        return new RefusedException(code, message);
    }

    private ElementId own(Task task) throws RefusedException {
        return task.claims().stream()
                .filter(it -> it.author().equals(self) && !it.finished())
                .findFirst()
                .orElseThrow(
                        () ->
                                refused(
                                        RefusedException.Code.WRONG_STATE,
                                        "this agent has no claim to it"))
                .id();
    }

    /** The holder's claim, or the one that the lottery puts first. */
    private static ElementId first(Task task) throws RefusedException {
        return task.claims().stream()
                .filter(it -> !it.finished())
                .findFirst()
                .orElseThrow(
                        () -> refused(RefusedException.Code.WRONG_STATE, "nobody has claimed it"))
                .id();
    }
}
