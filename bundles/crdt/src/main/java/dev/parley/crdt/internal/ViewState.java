package dev.parley.crdt.internal;

import dev.parley.crdt.api.ElementId;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.api.State;
import dev.parley.crdt.api.Task;
import dev.parley.crdt.api.TreeNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What is shown of a view. */
final class ViewState implements State {
    private final Supplier<View> view;

    ViewState(Supplier<View> view) {
        this.view = view;
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
    public Optional<Scalar> register(Path path) {
        RegisterState found = find(path, RegisterState.class);
        return found == null ? Optional.empty() : found.value();
    }

    @Override
    public List<Scalar> registers(Path path) {
        RegisterState found = find(path, RegisterState.class);
        return found == null ? List.of() : found.values();
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
        return found == null ? List.of() : found.values();
    }

    @Override
    public List<TreeNode> children(Path tree, ElementId parent) {
        TreeState found = find(tree, TreeState.class);
        return found == null ? List.of() : found.children(parent);
    }

    @Override
    public Optional<TreeNode> node(Path tree, ElementId node) {
        TreeState found = find(tree, TreeState.class);
        return found == null ? Optional.empty() : found.node(node);
    }

    @Override
    public List<Task> tasks(Path path) {
        TasksState found = find(path, TasksState.class);
        return found == null ? List.of() : found.tasks();
    }

    @Override
    public Optional<Task> task(Path path, ElementId task) {
        TasksState found = find(path, TasksState.class);
        return found == null ? Optional.empty() : found.task(task);
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
