package dev.parley.crdt.internal;

import dev.parley.crdt.api.ElementId;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.RefusedException.Code;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.api.Task;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Tasks and their claims; what may follow what is said in {@code 0010-crdt-changes}, Tasks. */
final class TasksState extends ObjectState {
    private static final TaskState.Known ALL = dot -> true;

    private record Claimed(TaskState task, TaskState.Claim claim) {}

    private final Map<Long, TaskState> tasks = new LinkedHashMap<>();
    private final Map<Long, Claimed> claims = new HashMap<>();
    private final ChangeGraph graph;

    TasksState(ChangeGraph graph) {
        this.graph = graph;
    }

    @Override
    void check(Operation operation, At at, Earlier earlier) throws VoidException {
        if (operation instanceof Operation.NewTask || operation instanceof Operation.Clear) {
            return;
        }
        Ref claimed = claimOf(operation);
        if (claimed != null) {
            Claimed found = claims.get(at.resolve(claimed));
            if (found == null) {
                throw new VoidException(Code.NOT_FOUND, "there is no such claim");
            }
            alone(found.task(), operation.path(), at, earlier);
            checkClaim(operation, found.task(), found.claim(), at);
            return;
        }
        TaskState task = tasks.get(at.resolve(taskOf(operation)));
        if (task == null) {
            throw new VoidException(Code.NOT_FOUND, "there is no such task");
        }
        alone(task, operation.path(), at, earlier);
        checkTask(operation, task, at);
    }

    private static @Nullable Ref claimOf(Operation operation) {
        if (operation instanceof Operation.Renew renew) {
            return renew.claim();
        }
        if (operation instanceof Operation.Release release) {
            return release.claim();
        }
        if (operation instanceof Operation.Expire expire) {
            return expire.claim();
        }
        if (operation instanceof Operation.Finish finish) {
            return finish.claim();
        }
        return operation instanceof Operation.Grant grant ? grant.claim() : null;
    }

    private static Ref taskOf(Operation operation) {
        if (operation instanceof Operation.Claim claim) {
            return claim.task();
        }
        if (operation instanceof Operation.Cancel cancel) {
            return cancel.task();
        }
        if (operation instanceof Operation.Reopen reopen) {
            return reopen.task();
        }
        if (operation instanceof Operation.Rename rename) {
            return rename.task();
        }
        throw unexpected(operation);
    }

    /** Whether the change did nothing else to the task. */
    private record Touched(Path path, long task) {}

    private static void alone(TaskState task, Path path, At at, Earlier earlier)
            throws VoidException {
        Touched touched = new Touched(path, task.dot);
        if (at.isEarlierHere(task.last) || earlier.amount(touched) > 0) {
            throw new VoidException(
                    Code.WRONG_STATE, "a change does one thing to a task, this is the second");
        }
        earlier.add(touched, 1);
    }

    private void checkClaim(Operation operation, TaskState task, TaskState.Claim claim, At at)
            throws VoidException {
        possible(task.isLive(claim, at::knows), "the claim is finished, given up or run out");
        if (operation instanceof Operation.Expire) {
            long end = claim.leaseEnd(at::knows);
            possible(
                    millis(at) > end,
                    "the lease ends at " + end + " ms, the change is of " + millis(at));
        } else if (operation instanceof Operation.Grant) {
            allowed(task.exclusive && at.author().equals(task.arbiter), "only the arbiter grants");
            possible(!task.hasLiveGrant(at::knows), "another claim is granted");
        } else {
            allowed(at.author().equals(claim.author), "it is somebody else's claim");
        }
    }

    private void checkTask(Operation operation, TaskState task, At at) throws VoidException {
        if (operation instanceof Operation.Claim) {
            possible(
                    !task.isOver(at::knows) && !task.hasLiveClaim(at::knows),
                    "the task is claimed, done or cancelled");
            return;
        }
        allowed(
                at.author().equals(task.author) || graph.isByAdmin(at.change()),
                "only who made the task, or an admin");
        if (operation instanceof Operation.Cancel) {
            possible(!task.isOver(at::knows), "the task is done or cancelled");
        } else if (operation instanceof Operation.Reopen) {
            possible(task.isOver(at::knows), "the task is open");
        }
    }

    private static void possible(boolean possible, String otherwise) throws VoidException {
        if (!possible) {
            throw new VoidException(Code.WRONG_STATE, otherwise);
        }
    }

    private static void allowed(boolean allowed, String otherwise) throws VoidException {
        if (!allowed) {
            throw new VoidException(Code.NOT_ALLOWED, otherwise);
        }
    }

    private static long millis(At at) {
        return at.time() >>> 16;
    }

    @Override
    void apply(Operation operation, At at) {
        if (operation instanceof Operation.NewTask made) {
            tasks.put(at.dot(), new TaskState(graph, at.dot(), at.author(), made));
            return;
        }
        Ref claimed = claimOf(operation);
        TaskState task;
        if (claimed != null) {
            Claimed found = found(claims.get(at.resolve(claimed)), operation);
            task = found.task();
            apply(operation, found.claim(), at);
        } else {
            task = found(tasks.get(at.resolve(taskOf(operation))), operation);
            apply(operation, task, at);
        }
        task.last = at.dot();
    }

    private static <T> T found(@Nullable T thing, Operation operation) {
        if (thing == null) {
            throw unexpected(operation);
        }
        return thing;
    }

    private void apply(Operation operation, TaskState.Claim claim, At at) {
        if (operation instanceof Operation.Renew renew) {
            claim.leases.add(lease(at, renew.leaseSeconds()));
        } else if (operation instanceof Operation.Finish finish) {
            claim.finishes.add(new TaskState.Finish(at.dot(), finish.result()));
        } else if (operation instanceof Operation.Grant) {
            claim.grants.add(at.dot());
        } else {
            claim.ends.add(at.dot());
        }
    }

    private void apply(Operation operation, TaskState task, At at) {
        if (operation instanceof Operation.Claim made) {
            Id ticket = ticket(task, at.author());
            TaskState.Claim claim = new TaskState.Claim(at.dot(), at.author(), ticket);
            claim.leases.add(lease(at, made.leaseSeconds()));
            task.claims.add(claim);
            claims.put(at.dot(), new Claimed(task, claim));
        } else if (operation instanceof Operation.Cancel) {
            task.cancels.add(new TaskState.Turn(at.dot(), at.copy()));
        } else if (operation instanceof Operation.Reopen) {
            task.reopens.add(new TaskState.Turn(at.dot(), at.copy()));
        } else if (operation instanceof Operation.Rename rename
                && at.compare(at.dot(), task.titleDot) > 0) {
            task.title = rename.title();
            task.titleDot = at.dot();
        }
    }

    private static TaskState.Lease lease(At at, int seconds) {
        return new TaskState.Lease(at.dot(), millis(at) + 1000L * seconds);
    }

    /** Nobody can choose it: the task was made by somebody else, or before there were claims. */
    private Id ticket(TaskState task, Id author) {
        Writer drawn = new Writer(2 * Id.BYTES + Integer.BYTES);
        drawn.id(graph.id(graph.changeOf(At.agent(task.dot), At.number(task.dot))));
        drawn.u32(At.number(task.dot));
        drawn.id(author);
        return Sha256.of(drawn.toByteArray());
    }

    @Override
    boolean knownContent(At at) {
        return tasks.keySet().stream().anyMatch(it -> at.knows(it) && !isCleared(it));
    }

    @Override
    boolean present() {
        return tasks.keySet().stream().anyMatch(it -> !isCleared(it));
    }

    /** In the order they were made. */
    List<Task> tasks() {
        List<TaskState> made = new ArrayList<>();
        for (TaskState task : tasks.values()) {
            if (!isCleared(task.dot)) {
                made.add(task);
            }
        }
        made.sort((a, b) -> compare(a.dot, b.dot));
        return made.stream().map(this::shown).toList();
    }

    private int compare(long a, long b) {
        return At.compareChanges(
                graph,
                graph.changeOf(At.agent(a), At.number(a)),
                At.number(a),
                graph.changeOf(At.agent(b), At.number(b)),
                At.number(b));
    }

    Optional<Task> task(ElementId id) {
        TaskState task = find(id);
        return task == null ? Optional.empty() : Optional.of(shown(task));
    }

    /** Null if it is not there, or forgotten. */
    @Nullable TaskState find(ElementId id) {
        TaskState task = tasks.get(graph.dot(id));
        return task == null || isCleared(task.dot) ? null : task;
    }

    /**
     * The task that an operation is about, as one number; {@link At#NOWHERE} if it is not there.
     */
    long about(Operation operation, At at) {
        if (operation instanceof Operation.NewTask) {
            return at.dot();
        }
        Ref claimed = claimOf(operation);
        if (claimed == null) {
            return at.resolve(taskOf(operation));
        }
        Claimed claim = claims.get(at.resolve(claimed));
        return claim == null ? At.NOWHERE : claim.task().dot;
    }

    /** The author's claim on the task that is live, or {@link At#NOWHERE}. */
    long liveClaim(long task, Id author) {
        TaskState found = tasks.get(task);
        if (found != null) {
            for (TaskState.Claim claim : found.claims) {
                if (claim.author.equals(author) && found.isLive(claim, ALL)) {
                    return claim.dot;
                }
            }
        }
        return At.NOWHERE;
    }

    /** Empty if there is no such task. */
    String title(long task) {
        TaskState found = tasks.get(task);
        return found == null ? "" : found.title;
    }

    /**
     * @return its dot, or {@link At#NOWHERE}
     */
    long findClaim(ElementId id) {
        long dot = graph.dot(id);
        Claimed claimed = claims.get(dot);
        return claimed == null || isCleared(claimed.task().dot) ? At.NOWHERE : dot;
    }

    private Task shown(TaskState task) {
        Task.Status status = task.status(ALL);
        TaskState.Claim holder = status == Task.Status.CANCELLED ? null : task.holder(ALL);
        List<Task.Claim> contenders = new ArrayList<>();
        List<Task.Result> results = new ArrayList<>();
        List<Task.Result> duplicates = new ArrayList<>();
        if (holder != null) {
            contenders.add(shown(holder));
        }
        List<TaskState.Claim> drawn = new ArrayList<>(task.claims);
        drawn.sort(task::compare);
        for (TaskState.Claim claim : drawn) {
            if (claim != holder && status != Task.Status.CANCELLED && task.contends(claim, ALL)) {
                contenders.add(shown(claim));
            }
            List<TaskState.Finish> finishes = new ArrayList<>(claim.finishes);
            finishes.sort((a, b) -> compare(a.dot(), b.dot()));
            for (TaskState.Finish finish : finishes) {
                (claim == holder ? results : duplicates)
                        .add(
                                new Task.Result(
                                        graph.element(finish.dot()),
                                        graph.element(claim.dot),
                                        claim.author,
                                        finish.value()));
            }
        }
        return new Task(
                graph.element(task.dot),
                task.title,
                task.author,
                task.exclusive,
                task.arbiter,
                status,
                holder == null ? Optional.empty() : Optional.of(contenders.get(0)),
                List.copyOf(contenders),
                List.copyOf(results),
                List.copyOf(duplicates));
    }

    private Task.Claim shown(TaskState.Claim claim) {
        ElementId id = graph.element(claim.dot);
        return new Task.Claim(
                id,
                claim.author,
                id.change(),
                claim.leaseEnd(ALL),
                claim.isGranted(ALL),
                claim.isFinished(ALL));
    }

    @Override
    boolean isBlank() {
        return tasks.isEmpty();
    }

    @Override
    void write(StateWriter out) {
        out.plain().uint(tasks.size());
        for (long dot : out.sorted(tasks.keySet())) {
            TaskState task = Objects.requireNonNull(tasks.get(dot));
            out.dot(dot);
            out.plain().u8((isCleared(dot) ? 1 : 0) | (task.exclusive ? 2 : 0));
            out.plain().id(task.arbiter);
            out.dot(task.titleDot);
            task.write(out);
        }
    }

    @Override
    void read(StateReader in) throws MalformedException {
        for (int i = in.plain().count("tasks", 0, Integer.MAX_VALUE, Id.BYTES); i > 0; i--) {
            At at = in.at(in.dot());
            int flags = in.plain().u8();
            Id arbiter = in.plain().id();
            long titleDot = in.dot();
            String title = in.plain().text("a title", 1, OperationReader.MAX_TITLE_BYTES);
            TaskState task =
                    new TaskState(
                            graph,
                            at.dot(),
                            at.author(),
                            new Operation.NewTask(Path.ROOT, title, (flags & 2) != 0, arbiter));
            task.titleDot = titleDot;
            if ((flags & 1) != 0) {
                loadCleared(at.dot());
            }
            tasks.put(at.dot(), task);
            task.read(in, (claimed, author) -> ticket(claimed, author));
            task.claims.forEach(it -> claims.put(it.dot, new Claimed(task, it)));
        }
    }

    @Override
    void eachScalar(Consumer<Scalar> each) {
        tasks.values()
                .forEach(
                        task ->
                                task.claims.forEach(
                                        claim ->
                                                claim.finishes.forEach(
                                                        it -> each.accept(it.value()))));
    }

    @Override
    void canonical(Writer out, ChangeGraph shared) {
        List<Task> visible = tasks();
        out.uint(visible.size());
        for (Task task : visible) {
            canonical(out, task.id());
            out.text(task.title());
            out.u8(task.exclusive() ? 1 : 0);
            out.id(task.arbiter());
            out.u8(task.status().ordinal());
            out.u8(task.holder().isPresent() ? 1 : 0);
            out.uint(task.claims().size());
            for (Task.Claim claim : task.claims()) {
                canonical(out, claim.id());
                out.uint(claim.leaseEndMillis());
                out.u8((claim.granted() ? 1 : 0) | (claim.finished() ? 2 : 0));
            }
            canonical(out, task.results());
            canonical(out, task.duplicates());
        }
    }

    private static void canonical(Writer out, List<Task.Result> results) {
        out.uint(results.size());
        for (Task.Result result : results) {
            canonical(out, result.id());
            canonical(out, result.claim());
            out.withoutContent(result.value());
        }
    }

    private static void canonical(Writer out, ElementId id) {
        out.id(id.change());
        out.uint(id.offset());
    }
}
