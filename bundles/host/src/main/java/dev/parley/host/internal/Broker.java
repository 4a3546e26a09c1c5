package dev.parley.host.internal;

import dev.parley.crdt.api.Id;
import dev.parley.gossip.api.Gossip;
import dev.parley.gossip.api.Retention;
import dev.parley.gossip.api.Topic;
import dev.parley.groups.api.Groups;
import dev.parley.host.api.Tool;
import dev.parley.host.api.ToolException;
import dev.parley.storage.api.KeyValueStore;
import dev.parley.storage.api.StorageException;
import dev.parley.stores.api.Stores;
import dev.parley.wire.api.Json;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;

/**
 * What one plugin asks of the container, checked against what its owner granted. The plugin is
 * known by its pipe, not by anything that it says.
 */
final class Broker implements IsolateProcess.Asked {
    private static final int MAX_PUBLISH = 60_000;
    private static final int MAX_KEYS = 1000;
    private static final int MAX_SUBSCRIPTIONS = 32;

    private final Set<String> granted;
    private final KeyValueStore store;
    private final String keyPrefix;
    private final Gossip gossip;
    private final SharedStores shared;
    private final SharedGroups groups;
    private final BiFunction<String, String, Optional<Tool>> tools;
    private final List<AutoCloseable> subscriptions = new ArrayList<>();
    private boolean closed;

    Broker(
            Set<String> granted,
            KeyValueStore store,
            String keyPrefix,
            Gossip gossip,
            Stores stores,
            Groups groups,
            Id self,
            BiFunction<String, String, Optional<Tool>> tools) {
        this.granted = granted;
        this.store = store;
        this.keyPrefix = keyPrefix;
        this.gossip = gossip;
        this.shared = new SharedStores(granted, stores, self);
        this.groups = new SharedGroups(granted, groups, self.hex());
        this.tools = tools;
    }

    private static final class DeniedException extends Exception {
        private static final long serialVersionUID = 1L;
        private final String code;

        DeniedException(String code, String message) {
            super(message);
            this.code = code;
        }
    }

    @Override
    public CompletionStage<Value.MapBuilder> ask(
            String operation, Value.Map arguments, IsolateProcess from) {
        if (operation.startsWith(SharedStores.PREFIX)) {
            return shared.ask(operation, arguments, from::changed);
        } else if (operation.startsWith(SharedGroups.PREFIX)) {
            return groups.ask(operation, arguments, from::said);
        }
        try {
            return switch (operation) {
                case "store.get", "store.put", "store.delete", "store.keys" ->
                        CompletableFuture.completedFuture(store(operation, arguments));
                case "publish" -> publish(arguments);
                case "subscribe" -> CompletableFuture.completedFuture(subscribe(arguments, from));
                case "call" -> call(arguments);
                default ->
                        throw new DeniedException(
                                "UNSUPPORTED", "this container has no '" + operation + "'");
            };
        } catch (DeniedException e) {
            return CompletableFuture.completedFuture(
                    refusal(e.code, String.valueOf(e.getMessage())));
        } catch (StorageException e) {
            return CompletableFuture.completedFuture(
                    refusal(e.reason().name(), String.valueOf(e.getMessage())));
        }
    }

    private static Value.MapBuilder refusal(String code, String message) {
        return Value.map().put("code", code).put("message", message);
    }

    private void need(String kind, String topic) throws DeniedException {
        boolean allowed =
                granted.stream()
                        .filter(it -> it.startsWith(kind + ":"))
                        .map(it -> it.substring(kind.length() + 1))
                        .anyMatch(
                                filter ->
                                        kind.startsWith("gossip.")
                                                ? Topic.valid(topic)
                                                                && new Topic(topic).matches(filter)
                                                        || topic.equals(filter)
                                                : topic.equals(filter));
        if (!allowed) {
            throw new DeniedException(
                    "PERMISSION_DENIED",
                    "the owner has not granted '"
                            + kind
                            + ":"
                            + topic
                            + "'; install the plugin again and grant it");
        }
    }

    private long quota() throws DeniedException {
        return granted.stream()
                        .filter(it -> it.startsWith("storage:"))
                        .mapToLong(it -> Long.parseLong(it.substring("storage:".length())))
                        .findFirst()
                        .orElseThrow(
                                () ->
                                        new DeniedException(
                                                "PERMISSION_DENIED",
                                                "the owner has not granted 'storage'; install the plugin again and grant it"))
                * 1024;
    }

    private synchronized Value.MapBuilder store(String operation, Value.Map arguments)
            throws DeniedException, StorageException {
        long quota = quota();
        String key = IsolateProcess.text(arguments, "key");
        if (key.length() > 256) {
            throw new DeniedException(
                    "TOO_LONG", "a key has at most 256 characters, found " + key.length());
        }
        Value.MapBuilder answer = Value.map();
        switch (operation) {
            case "store.get" ->
                    store.get(keyPrefix + key)
                            .ifPresent(value -> answer.put("value", Value.of(value)));
            case "store.put" -> {
                byte[] value = IsolateProcess.bytes(arguments, "value");
                long used = 0;
                for (String other : store.keys(keyPrefix)) {
                    if (!other.equals(keyPrefix + key)) {
                        used += other.length() + store.get(other).map(it -> it.length).orElse(0);
                    }
                }
                if (used + key.length() + value.length > quota) {
                    throw new DeniedException(
                            "QUOTA",
                            "the plugin's store is full: " + quota / 1024 + " KiB were granted");
                }
                store.put(keyPrefix + key, value);
            }
            case "store.delete" -> store.delete(keyPrefix + key);
            default ->
                    answer.put(
                            "keys",
                            Value.texts(
                                    store
                                            .keys(
                                                    keyPrefix
                                                            + IsolateProcess.text(
                                                                    arguments, "prefix"))
                                            .stream()
                                            .limit(MAX_KEYS)
                                            .map(it -> it.substring(keyPrefix.length()))
                                            .toList()));
        }
        return answer;
    }

    private CompletionStage<Value.MapBuilder> publish(Value.Map arguments) throws DeniedException {
        String topic = IsolateProcess.text(arguments, "topic");
        need("gossip.publish", topic);
        if (!Topic.valid(topic)) {
            throw new DeniedException("BAD_TOPIC", "'" + topic + "' is no topic to publish on");
        }
        byte[] payload = IsolateProcess.bytes(arguments, "payload");
        if (payload.length > MAX_PUBLISH) {
            throw new DeniedException(
                    "TOO_LONG",
                    "a message has at most " + MAX_PUBLISH + " bytes, found " + payload.length);
        }
        return gossip.publish(new Topic(topic), payload, Retention.NONE)
                .thenApply(id -> Value.map().put("message", id));
    }

    private synchronized Value.MapBuilder subscribe(Value.Map arguments, IsolateProcess from)
            throws DeniedException {
        String topic = IsolateProcess.text(arguments, "topic");
        need("gossip.subscribe", topic);
        if (closed) {
            throw new DeniedException("CLOSED", "the plugin is being stopped");
        }
        if (subscriptions.size() >= MAX_SUBSCRIPTIONS) {
            throw new DeniedException(
                    "QUOTA", "a plugin has at most " + MAX_SUBSCRIPTIONS + " subscriptions");
        }
        long id = subscriptions.size() + 1L;
        subscriptions.add(
                gossip.subscribe(
                        topic,
                        message ->
                                from.event(
                                        id,
                                        message.topic().name(),
                                        message.author().hex(),
                                        message.payload())));
        return Value.map().put("subscription", id);
    }

    private CompletionStage<Value.MapBuilder> call(Value.Map arguments) throws DeniedException {
        String plugin = IsolateProcess.text(arguments, "plugin");
        need("tool.call", plugin);
        Optional<Tool> tool = tools.apply(plugin, IsolateProcess.text(arguments, "tool"));
        if (tool.isEmpty()) {
            throw new DeniedException("NO_SUCH_TOOL", "no such tool is running");
        }
        try {
            Value json = Json.parse(IsolateProcess.text(arguments, "json"), 512 * 1024);
            if (!(json instanceof Value.Map input)) {
                throw new DeniedException("ARGUMENTS_INVALID", "expected a JSON object");
            }
            return tool.get()
                    .call(input)
                    .thenApply(output -> Value.map().put("json", Json.write(output)))
                    .exceptionally(
                            failure -> {
                                Throwable cause =
                                        failure instanceof CompletionException
                                                ? failure.getCause()
                                                : failure;
                                return cause instanceof ToolException known
                                        ? refusal(known.code(), String.valueOf(known.getMessage()))
                                        : refusal("FAILED", "the call failed");
                            });
        } catch (MalformedException e) {
            throw new DeniedException("ARGUMENTS_INVALID", String.valueOf(e.getMessage()));
        }
    }

    synchronized void close() {
        shared.close();
        groups.close();
        closed = true;
        for (AutoCloseable subscription : subscriptions) {
            try {
                subscription.close();
            } catch (Exception e) {
                System.getLogger(Broker.class.getName())
                        .log(System.Logger.Level.WARNING, "a subscription did not end", e);
            }
        }
        subscriptions.clear();
    }
}
