package dev.parley.isolate;

import dev.parley.plugin.GroupMessages;
import dev.parley.plugin.PluginContext;
import dev.parley.plugin.PluginException;
import dev.parley.plugin.SharedStore;
import dev.parley.plugin.SharedStoreListener;
import dev.parley.plugin.SharedTask;
import dev.parley.plugin.SharedTasks;
import dev.parley.plugin.Store;
import dev.parley.plugin.TopicListener;
import dev.parley.wire.api.Value;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/** The plugin's view of the container: every call goes over the pipe, and the host decides. */
final class HostContext implements PluginContext, Store {
    private static final int MAX_LOG_CHARS = 4000;

    private final Channel channel;
    private final Executor events;
    private final Map<Long, TopicListener> listeners = new ConcurrentHashMap<>();
    private final Map<Long, SharedStoreListener> storeListeners = new ConcurrentHashMap<>();
    private final HostGroups groups;

    HostContext(Channel channel, Executor events) {
        this.channel = channel;
        this.events = events;
        this.groups = new HostGroups(this::ask, events);
    }

    private Value.Map ask(String operation, Value.MapBuilder arguments) throws PluginException {
        Value.Map answer = channel.ask(operation, arguments);
        Optional<Value> code = answer.get("code");
        if (code.isPresent() && code.get() instanceof Value.Text text) {
            throw new PluginException(text.value(), text(answer, "message"));
        }
        return answer;
    }

    static String text(Value.Map map, String key) {
        return map.get(key).orElse(Value.NULL) instanceof Value.Text text ? text.value() : "";
    }

    static long number(Value.Map map, String key) {
        return map.get(key).orElse(Value.NULL) instanceof Value.Int number ? number.value() : 0;
    }

    static byte[] bytes(Value.Map map, String key) {
        return map.get(key).orElse(Value.NULL) instanceof Value.Bytes bytes
                ? bytes.value()
                : new byte[0];
    }

    @Override
    public void log(String line) {
        String cut = line.length() > MAX_LOG_CHARS ? line.substring(0, MAX_LOG_CHARS) : line;
        channel.send(Value.map().put("kind", "log").put("text", cut));
    }

    @Override
    public Clock clock() {
        return Clock.systemUTC();
    }

    @Override
    public Store store() {
        return this;
    }

    @Override
    public Optional<byte[]> get(String key) throws PluginException {
        Value.Map answer = ask("store.get", Value.map().put("key", key));
        return answer.get("value").map(value -> bytes(answer, "value"));
    }

    @Override
    public void put(String key, byte[] value) throws PluginException {
        ask("store.put", Value.map().put("key", key).put("value", Value.of(value)));
    }

    @Override
    public void delete(String key) throws PluginException {
        ask("store.delete", Value.map().put("key", key));
    }

    @Override
    public List<String> keys(String prefix) throws PluginException {
        return texts(ask("store.keys", Value.map().put("prefix", prefix)), "keys");
    }

    private static List<String> texts(Value.Map map, String key) {
        List<String> texts = new ArrayList<>();
        if (map.get(key).orElse(Value.NULL) instanceof Value.List list) {
            for (Value item : list.items()) {
                if (item instanceof Value.Text text) {
                    texts.add(text.value());
                }
            }
        }
        return texts;
    }

    @Override
    public SharedStore shared(String name) {
        return new HostStore(name);
    }

    @Override
    public GroupMessages group(String name) {
        return groups.of(name);
    }

    void message(Value.Map frame) {
        groups.message(frame);
    }

    /** A store that the container shares, by its name. */
    private final class HostStore implements SharedStore {
        private final String name;

        HostStore(String name) {
            this.name = name;
        }

        private Value.MapBuilder at(String path) {
            return Value.map().put("store", name).put("path", path);
        }

        private String write(String operation, Value.MapBuilder arguments) throws PluginException {
            return text(ask("shared." + operation, arguments), "change");
        }

        @Override
        public Optional<String> get(String path) throws PluginException {
            Value.Map answer = ask("shared.get", at(path));
            return answer.get("json").map(json -> text(answer, "json"));
        }

        @Override
        public String put(String path, String json) throws PluginException {
            return write("put", at(path).put("json", json));
        }

        @Override
        public String delete(String path) throws PluginException {
            return write("delete", at(path));
        }

        @Override
        public String increment(String path, long by) throws PluginException {
            return write("increment", at(path).put("by", by));
        }

        @Override
        public String add(String path, String json) throws PluginException {
            return write("add", at(path).put("json", json));
        }

        @Override
        public String remove(String path, String json) throws PluginException {
            return write("remove", at(path).put("json", json));
        }

        @Override
        public SharedTasks tasks(String path) {
            return new HostTasks(this, path);
        }

        @Override
        public void listen(SharedStoreListener listener) throws PluginException {
            Value.Map answer = ask("shared.listen", Value.map().put("store", name));
            storeListeners.put(number(answer, "subscription"), listener);
        }
    }

    /** Tasks at one place of a store. */
    private final class HostTasks implements SharedTasks {
        private final HostStore store;
        private final String path;

        HostTasks(HostStore store, String path) {
            this.store = store;
            this.path = path;
        }

        private Value.MapBuilder of(String task) {
            return store.at(path).put("task", task);
        }

        @Override
        public List<SharedTask> list() throws PluginException {
            List<SharedTask> tasks = new ArrayList<>();
            if (ask("shared.tasks", store.at(path)).get("tasks").orElse(Value.NULL)
                    instanceof Value.List list) {
                for (Value item : list.items()) {
                    if (item instanceof Value.Map task) {
                        tasks.add(HostTask.of(task));
                    }
                }
            }
            return tasks;
        }

        @Override
        public String add(String title) throws PluginException {
            return text(ask("shared.tasks.add", store.at(path).put("title", title)), "task");
        }

        @Override
        public String claim(String task, Duration lease) throws PluginException {
            return store.write("tasks.claim", of(task).put("lease", lease.toSeconds()));
        }

        @Override
        public String release(String task) throws PluginException {
            return store.write("tasks.release", of(task));
        }

        @Override
        public String finish(String task, String json) throws PluginException {
            return store.write("tasks.finish", of(task).put("json", json));
        }
    }

    /** A task as the container told of it. */
    private record HostTask(
            String id,
            String title,
            Status status,
            Optional<String> holder,
            boolean ours,
            Optional<String> fence,
            Optional<String> result)
            implements SharedTask {
        static HostTask of(Value.Map task) {
            return new HostTask(
                    text(task, "id"),
                    text(task, "title"),
                    Status.valueOf(text(task, "status")),
                    maybe(task, "holder"),
                    task.get("ours").equals(Optional.of(Value.of(true))),
                    maybe(task, "fence"),
                    maybe(task, "result"));
        }

        private static Optional<String> maybe(Value.Map task, String key) {
            return task.get(key).map(it -> text(task, key));
        }
    }

    void changed(Value.Map change) {
        SharedStoreListener listener = storeListeners.get(number(change, "subscription"));
        if (listener != null) {
            events.execute(() -> listener.changed(text(change, "author"), texts(change, "paths")));
        }
    }

    @Override
    public void publish(String topic, byte[] payload) throws PluginException {
        ask("publish", Value.map().put("topic", topic).put("payload", Value.of(payload)));
    }

    @Override
    public void subscribe(String topic, TopicListener listener) throws PluginException {
        long id = number(ask("subscribe", Value.map().put("topic", topic)), "subscription");
        listeners.put(id, listener);
    }

    void event(Value.Map event) {
        TopicListener listener = listeners.get(number(event, "subscription"));
        if (listener != null) {
            events.execute(
                    () ->
                            listener.received(
                                    text(event, "topic"),
                                    text(event, "author"),
                                    bytes(event, "payload")));
        }
    }

    @Override
    public String call(String plugin, String tool, String json) throws PluginException {
        return text(
                ask("call", Value.map().put("plugin", plugin).put("tool", tool).put("json", json)),
                "json");
    }
}
