package dev.parley.crdt.internal;

import dev.parley.crdt.api.ElementId;
import dev.parley.crdt.api.ListEditor;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.RefusedException;
import dev.parley.crdt.api.Replicas;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.api.Task;
import dev.parley.crdt.api.TasksEditor;
import dev.parley.crdt.api.TextEditor;
import dev.parley.crdt.api.Transaction;
import dev.parley.crdt.api.TreeEditor;
import dev.parley.crdt.api.TreeNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Random edits as an honest user makes them, by the API. */
final class OracleEdits {
    private final Random random;

    private final OracleSeals seals;

    OracleEdits(Random random, OracleSeals seals) {
        this.random = random;
        this.seals = seals;
    }

    void edit(Transaction it, List<Path> paths) throws RefusedException {
        if (random.nextInt(12) == 0) {
            it.shred(seals.any(random).id());
            return;
        }
        for (int i = random.nextInt(4); i >= 0; i--) {
            Path path = paths.get(random.nextInt(paths.size()));
            if (random.nextInt(15) == 0) {
                it.clear(path);
            } else {
                edit(it, path);
            }
        }
    }

    private Scalar scalar() {
        Scalar value = Scalar.of(random.nextInt(4));
        return random.nextInt(4) == 0 ? seals.any(random).seal(value) : value;
    }

    private void edit(Transaction it, Path path) throws RefusedException {
        switch (path.type()) {
            case MAP -> {
                if (!path.equals(Path.ROOT)) {
                    it.put(path);
                }
            }
            case REGISTER, MULTI_REGISTER -> it.set(path, scalar());
            case COUNTER -> it.increment(path, random.nextInt(9) - 4);
            case ESCROW -> {
                switch (random.nextInt(3)) {
                    case 0 -> it.mint(path, 1 + random.nextInt(5));
                    case 1 -> it.spend(path, 1);
                    default -> it.transfer(path, Replicas.author(random.nextInt(4)), 1);
                }
            }
            case FLAG_ENABLE_WINS, FLAG_DISABLE_WINS -> it.flag(path, random.nextBoolean());
            case SET_ADD_WINS, SET_REMOVE_WINS -> {
                if (random.nextBoolean()) {
                    it.add(path, scalar());
                } else {
                    it.remove(path, scalar());
                }
            }
            case TEXT -> text(it.text(path));
            case LIST -> list(it.list(path));
            case TREE -> tree(it, path);
            case TASKS -> tasks(it, path);
        }
    }

    private void text(TextEditor text) throws RefusedException {
        int at = random.nextInt(text.length() + 1);
        if (random.nextInt(3) > 0) {
            text.insert(at, "wxyz".substring(random.nextInt(4)));
        } else {
            text.delete(at, Math.min(1 + random.nextInt(4), text.length() - at));
        }
    }

    private void list(ListEditor list) throws RefusedException {
        if (list.size() == 0 || random.nextInt(3) == 0) {
            list.insert(random.nextInt(list.size() + 1), scalar());
            return;
        }
        int at = random.nextInt(list.size());
        switch (random.nextInt(4)) {
            case 0, 1 -> list.move(at, random.nextInt(list.size()));
            case 2 -> list.replace(at, scalar());
            default -> list.drop(at);
        }
    }

    private void tree(Transaction it, Path path) throws RefusedException {
        List<ElementId> nodes = new ArrayList<>(List.of(ElementId.ROOT));
        for (int i = 0; i < nodes.size(); i++) {
            it.state().children(path, nodes.get(i)).stream().map(TreeNode::id).forEach(nodes::add);
        }
        TreeEditor tree = it.tree(path);
        ElementId parent = nodes.get(random.nextInt(nodes.size()));
        int index = random.nextInt(it.state().children(path, parent).size() + 1);
        if (nodes.size() < 3 || random.nextInt(3) == 0) {
            tree.grow(parent, index, scalar());
            return;
        }
        ElementId node = nodes.get(1 + random.nextInt(nodes.size() - 1));
        switch (random.nextInt(6)) {
            case 0 -> tree.label(node, scalar());
            case 1 -> tree.fell(node);
            default -> tree.move(node, parent, index);
        }
    }

    private void tasks(Transaction it, Path path) throws RefusedException {
        TasksEditor editor = it.tasks(path);
        List<Task> tasks = it.state().tasks(path);
        if (tasks.isEmpty() || random.nextInt(5) == 0) {
            editor.add("task");
            return;
        }
        Task task = tasks.get(random.nextInt(tasks.size()));
        if (task.claims().isEmpty() || random.nextInt(3) == 0) {
            switch (random.nextInt(6)) {
                case 0 -> editor.cancel(task.id());
                case 1 -> editor.reopen(task.id());
                case 2 -> editor.rename(task.id(), "again");
                default -> editor.claim(task.id(), Duration.ofSeconds(1));
            }
            return;
        }
        ElementId claim = task.claims().get(random.nextInt(task.claims().size())).id();
        switch (random.nextInt(5)) {
            case 0 -> editor.renew(claim, Duration.ofSeconds(2));
            case 1 -> editor.release(claim);
            case 2 -> editor.expire(claim);
            case 3 -> editor.grant(claim);
            default -> editor.finish(claim, scalar());
        }
    }
}
