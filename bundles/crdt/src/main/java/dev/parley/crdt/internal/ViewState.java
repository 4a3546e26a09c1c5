package dev.parley.crdt.internal;

import dev.parley.crdt.api.Blame;
import dev.parley.crdt.api.ElementId;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.ListElement;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.RefusedException;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.api.State;
import dev.parley.crdt.api.Task;
import dev.parley.crdt.api.TextCursor;
import dev.parley.crdt.api.TreeNode;
import dev.parley.crdt.internal.sequence.Cursor;
import dev.parley.crdt.internal.sequence.Sequence;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What is shown of a view. */
final class ViewState implements State {
    private final Supplier<View> view;
    private final Supplier<Seals> seals;

    ViewState(Supplier<View> view, Supplier<Seals> seals) {
        this.view = view;
        this.seals = seals;
    }

    private <T extends ObjectState> @Nullable T find(Path path, Class<T> type) {
        ObjectState found = view.get().find(path);
        if (found != null && !type.isInstance(found)) {
            throw new IllegalArgumentException(path + " is a " + path.type());
        }
        return type.cast(found);
    }

    @Override
    public List<Path.Segment> keys(Path map) {
        MapState found = find(map, MapState.class);
        return found == null ? List.of() : List.copyOf(found.visible().keySet());
    }

    @Override
    public boolean has(Path path) {
        ObjectState found = view.get().find(path);
        return found != null && found.present();
    }

    @Override
    public Optional<Scalar> register(Path path) {
        RegisterState found = find(path, RegisterState.class);
        return found == null ? Optional.empty() : found.value().map(seals.get()::shown);
    }

    @Override
    public List<Scalar> registers(Path path) {
        RegisterState found = find(path, RegisterState.class);
        return found == null ? List.of() : seals.get().shown(found.values());
    }

    @Override
    public long counter(Path path) {
        CounterState found = find(path, CounterState.class);
        return found == null ? 0 : found.value();
    }

    @Override
    public Map<Id, Long> shares(Path path) {
        EscrowState found = find(path, EscrowState.class);
        return found == null ? Map.of() : found.shares();
    }

    @Override
    public boolean flag(Path path) {
        FlagState found = find(path, FlagState.class);
        return found != null && found.present();
    }

    @Override
    public List<Scalar> set(Path path) {
        SetState found = find(path, SetState.class);
        return found == null ? List.of() : seals.get().shown(found.values());
    }

    @Override
    public String text(Path path) {
        TextState found = find(path, TextState.class);
        return found == null ? "" : found.sequence().text();
    }

    @Override
    public int textLength(Path path) {
        TextState found = find(path, TextState.class);
        return found == null ? 0 : found.sequence().length();
    }

    @Override
    public List<Blame> blame(Path path) {
        TextState found = find(path, TextState.class);
        List<Blame> blame = new ArrayList<>();
        if (found != null) {
            ChangeGraph graph = view.get().graph();
            found.sequence()
                    .blame(
                            (position, agent, number, count, visible) -> {
                                int at = number;
                                while (at < number + count) {
                                    int change = graph.changeOf(agent, at);
                                    int end = Math.min(number + count, graph.end(change));
                                    blame.add(
                                            new Blame(
                                                    position + at - number,
                                                    end - at,
                                                    graph.author(change),
                                                    graph.id(change)));
                                    at = end;
                                }
                            });
        }
        return blame;
    }

    @Override
    public TextCursor cursor(Path path, int position, boolean after) {
        TextState found = find(path, TextState.class);
        if (found == null || position < 0 || position > found.sequence().length()) {
            throw new IndexOutOfBoundsException(
                    "position " + position + ", the text has " + textLength(path));
        }
        Cursor cursor = found.sequence().cursorAt(position, after);
        ChangeGraph graph = view.get().graph();
        return new TextCursor(
                cursor.agent() == Sequence.NONE
                        ? Optional.empty()
                        : Optional.of(graph.element(At.dot(cursor.agent(), cursor.seq()))),
                cursor.after());
    }

    @Override
    public int position(Path path, TextCursor cursor) throws RefusedException {
        TextState found = find(path, TextState.class);
        if (cursor.element().isEmpty()) {
            return cursor.after() || found == null ? 0 : found.sequence().length();
        }
        long dot = view.get().graph().dot(cursor.element().get());
        if (found == null
                || dot == At.NOWHERE
                || !found.sequence().contains(At.agent(dot), At.number(dot))) {
            throw new RefusedException(
                    RefusedException.Code.NOT_FOUND,
                    "the text at " + path + " has no code point " + cursor.element().get());
        }
        return found.sequence().resolve(new Cursor(At.agent(dot), At.number(dot), cursor.after()));
    }

    @Override
    public String shown(Path path) {
        ObjectState found = view.get().find(path);
        if (found == null || !found.present()) {
            return "";
        }
        return switch (path.type()) {
            case MAP -> keys(path).stream().map(Path.Segment::key).toList().toString();
            case REGISTER -> register(path).map(ViewState::shown).orElse("");
            case MULTI_REGISTER -> join(registers(path));
            case COUNTER -> Long.toString(counter(path));
            case ESCROW -> shares(path).toString();
            case FLAG_ENABLE_WINS, FLAG_DISABLE_WINS -> Boolean.toString(flag(path));
            case SET_ADD_WINS, SET_REMOVE_WINS -> join(set(path));
            case TEXT -> text(path);
            case LIST -> join(list(path).stream().map(ListElement::value).toList());
            case TREE -> ((TreeState) found).shown(ViewState::shown);
            case TASKS -> join(tasks(path).stream().map(it -> Scalar.of(it.title())).toList());
        };
    }

    private static String join(List<Scalar> values) {
        return values.stream().map(ViewState::shown).collect(Collectors.joining(", "));
    }

    private static String shown(Scalar value) {
        if (value instanceof Scalar.Text text) {
            return text.value();
        }
        if (value instanceof Scalar.Int number) {
            return Long.toString(number.value());
        }
        if (value instanceof Scalar.Bool bool) {
            return Boolean.toString(bool.value());
        }
        if (value instanceof Scalar.Real real) {
            return Double.toString(real.value());
        }
        if (value instanceof Scalar.Sealed) {
            return "(sealed)";
        }
        if (value instanceof Scalar.Expunged) {
            return "(expunged)";
        }
        return value instanceof Scalar.Bytes bytes
                ? HexFormat.of().formatHex(bytes.value())
                : "null";
    }

    @Override
    public List<ListElement> list(Path path) {
        ListState found = find(path, ListState.class);
        if (found == null) {
            return List.of();
        }
        ChangeGraph graph = view.get().graph();
        return found.shown().stream()
                .map(
                        it ->
                                new ListElement(
                                        graph.element(it.element()), seals.get().shown(it.value())))
                .toList();
    }

    @Override
    public List<TreeNode> children(Path tree, ElementId parent) {
        TreeState found = find(tree, TreeState.class);
        return found == null
                ? List.of()
                : found.children(parent).stream().map(this::opened).toList();
    }

    @Override
    public Optional<TreeNode> node(Path tree, ElementId node) {
        TreeState found = find(tree, TreeState.class);
        return found == null ? Optional.empty() : found.node(node).map(this::opened);
    }

    @Override
    public List<Task> tasks(Path path) {
        TasksState found = find(path, TasksState.class);
        return found == null ? List.of() : found.tasks().stream().map(this::opened).toList();
    }

    @Override
    public Optional<Task> task(Path path, ElementId task) {
        TasksState found = find(path, TasksState.class);
        return found == null ? Optional.empty() : found.task(task).map(this::opened);
    }

    private TreeNode opened(TreeNode node) {
        return new TreeNode(node.id(), node.parent(), seals.get().shown(node.label()));
    }

    private Task opened(Task task) {
        return new Task(
                task.id(),
                task.title(),
                task.author(),
                task.exclusive(),
                task.arbiter(),
                task.status(),
                task.holder(),
                task.claims(),
                opened(task.results()),
                opened(task.duplicates()));
    }

    private List<Task.Result> opened(List<Task.Result> results) {
        return results.stream()
                .map(
                        it ->
                                new Task.Result(
                                        it.id(),
                                        it.claim(),
                                        it.author(),
                                        seals.get().shown(it.value())))
                .toList();
    }

    @Override
    public Id hash() {
        return Sha256.of(view.get().canonical());
    }

    @Override
    public List<Id> heads() {
        View now = view.get();
        return IntStream.of(now.heads()).mapToObj(now.graph()::id).sorted().toList();
    }
}
