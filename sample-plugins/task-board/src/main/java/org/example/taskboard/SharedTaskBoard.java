package org.example.taskboard;

import dev.parley.plugin.Plugin;
import dev.parley.plugin.PluginContext;
import dev.parley.plugin.PluginException;
import dev.parley.plugin.SharedTask;
import dev.parley.plugin.SharedTasks;
import dev.parley.plugin.StoresPermission;
import java.time.Duration;
import java.util.List;

/**
 * Keeps nothing itself: the tasks are in the store that the owners share, where {@code parley task list task-board}
 * shows the same ones. Who holds a task is decided by the store, in the same way in every container.
 */
@Plugin(
        name = "task-board",
        title = "Task board",
        description = "Tasks that several containers share: add, claim, finish.")
@StoresPermission(stores = SharedTaskBoard.STORE, reason = "reads and writes the tasks")
public final class SharedTaskBoard implements TaskBoard {
    static final String STORE = "task-board";
    private static final Duration LEASE = Duration.ofHours(1);

    private final SharedTasks tasks;

    public SharedTaskBoard(PluginContext context) {
        this.tasks = context.shared(STORE).tasks("/tasks");
    }

    @Override
    public Entry add(String title) throws PluginException {
        return entry(find(tasks.add(title)));
    }

    @Override
    public List<Entry> list() throws PluginException {
        return tasks.list().stream().map(SharedTaskBoard::entry).toList();
    }

    @Override
    public Outcome claim(String task) throws PluginException {
        return change(task, id -> tasks.claim(id, LEASE));
    }

    @Override
    public Outcome release(String task) throws PluginException {
        return change(task, tasks::release);
    }

    @Override
    public Outcome finish(String task, String result) throws PluginException {
        SharedTask found = find(task);
        if (!found.ours()) {
            return new Outcome(entry(found), false, found.holder().map(it -> it + " has it").orElse("nobody has it"));
        }
        return change(found.id(), id -> tasks.finish(id, json(result)));
    }

    private interface Change {
        void on(String id) throws PluginException;
    }

    /** That somebody was faster is no failure, but an answer. */
    private Outcome change(String task, Change change) throws PluginException {
        String id = find(task).id();
        try {
            change.on(id);
            return new Outcome(entry(find(id)), true, "");
        } catch (PluginException e) {
            if (!e.code().equals("WRONG_STATE")) {
                throw e;
            }
            return new Outcome(entry(find(id)), false, e.getMessage());
        }
    }

    private SharedTask find(String task) throws PluginException {
        List<SharedTask> found = tasks.list().stream()
                .filter(it -> it.id().equals(task) || it.title().equals(task))
                .toList();
        if (found.size() != 1) {
            throw new IllegalArgumentException(found.size() + " tasks are '" + task + "', expected one");
        }
        return found.get(0);
    }

    private static Entry entry(SharedTask task) {
        return new Entry(
                task.id(),
                task.title(),
                Status.valueOf(task.status().name()),
                task.holder(),
                task.ours(),
                task.result());
    }

    /** A text as JSON. */
    private static String json(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ') {
                json.append("\\u%04x".formatted((int) c));
            } else {
                json.append(c);
            }
        }
        return json.append('"').toString();
    }
}
