package dev.parley.host.internal;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.Scalar;
import dev.parley.stores.api.Documents;
import dev.parley.stores.api.StoreException;
import dev.parley.stores.api.Stores;
import dev.parley.wire.api.Json;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** What one plugin asks of the stores that the container shares, checked against its grants. */
final class SharedStores {
    static final String PREFIX = "shared.";
    private static final String KIND = "stores";
    static final int MAX_JSON_BYTES = 256 << 10;
    private static final int MAX_LISTENERS = 32;
    private static final int MAX_PATHS = 100;

    private final Set<String> granted;
    private final Stores stores;
    private final SharedTasks tasks;
    private final List<AutoCloseable> listening = new ArrayList<>();
    private boolean closed;

    /**
     * @param self this container's agent, as which the plugin writes
     */
    SharedStores(Set<String> granted, Stores stores, Id self) {
        this.granted = granted;
        this.stores = stores;
        this.tasks = new SharedTasks(stores, self);
    }

    /** What is told to the plugin. */
    interface Listener {
        void changed(long subscription, String store, String author, List<String> paths);
    }

    static boolean mayUse(Set<String> granted, String store) {
        return Grants.cover(granted, KIND, store);
    }

    CompletionStage<Value.MapBuilder> ask(String operation, Value.Map arguments, Listener told) {
        String name = IsolateProcess.text(arguments, "store");
        if (!mayUse(granted, name)) {
            return CompletableFuture.completedFuture(
                    refusal("PERMISSION_DENIED", Grants.refusal(KIND, name)));
        }
        // By its name alone: what a plugin may use is granted by name, not by id.
        return stores.list()
                .thenCompose(all -> on(id(all, name), operation, arguments, told))
                .exceptionally(SharedStores::failed);
    }

    private static Id id(List<dev.parley.stores.api.StoreStatus> all, String name) {
        List<Id> named =
                all.stream()
                        .map(it -> it.info())
                        .filter(it -> it.name().equals(name))
                        .map(it -> it.id())
                        .toList();
        if (named.size() != 1) {
            throw new CompletionException(
                    new StoreException(
                            named.isEmpty()
                                    ? StoreException.Code.NO_SUCH_STORE
                                    : StoreException.Code.AMBIGUOUS,
                            named.size() + " stores called '" + name + "' are followed here"));
        }
        return named.get(0);
    }

    private CompletionStage<Value.MapBuilder> on(
            Id store, String operation, Value.Map arguments, Listener told) {
        try {
            String place = IsolateProcess.text(arguments, "path");
            return switch (operation.substring(PREFIX.length())) {
                case "get" -> get(store, place);
                case "put" -> write(store, Documents.put(place, json(arguments))::on);
                case "delete" -> write(store, Documents.clear(place)::on);
                case "increment" -> {
                    Path path = Documents.path(place, ObjectType.COUNTER);
                    long by = IsolateProcess.number(arguments, "by");
                    yield write(store, it -> it.increment(path, by));
                }
                case "add", "remove" -> {
                    Path path = Documents.path(place, ObjectType.SET_ADD_WINS);
                    Scalar value = Documents.scalar(json(arguments));
                    boolean add = operation.endsWith(".add");
                    yield write(
                            store,
                            it -> {
                                if (add) {
                                    it.add(path, value);
                                } else {
                                    it.remove(path, value);
                                }
                            });
                }
                case "tasks" -> tasks.list(store, place);
                case "tasks.add" -> tasks.add(store, place, arguments);
                case "tasks.claim" -> tasks.claim(store, place, arguments);
                case "tasks.release" -> tasks.release(store, place, arguments);
                case "tasks.finish" -> tasks.finish(store, place, arguments);
                case "listen" -> listen(store, IsolateProcess.text(arguments, "store"), told);
                default ->
                        CompletableFuture.completedFuture(
                                refusal(
                                        "UNSUPPORTED",
                                        "this container has no '" + operation + "'"));
            };
        } catch (StoreException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    static Value json(Value.Map arguments) throws StoreException {
        try {
            return Json.parse(IsolateProcess.text(arguments, "json"), MAX_JSON_BYTES);
        } catch (MalformedException e) {
            throw new StoreException(StoreException.Code.INVALID, "no JSON: " + e.getMessage());
        }
    }

    private CompletionStage<Value.MapBuilder> get(Id store, String place) throws StoreException {
        Documents.keys(place);
        return stores.read(
                        store,
                        view -> {
                            try {
                                Map<ObjectType, Value> found = Documents.at(view.state(), place);
                                return found.values().stream().findFirst().map(Json::write);
                            } catch (StoreException e) {
                                throw new IllegalArgumentException(e.getMessage(), e);
                            }
                        })
                .thenApply(SharedStores::found);
    }

    private static Value.MapBuilder found(Optional<String> json) {
        if (json.isPresent() && json.get().length() > MAX_JSON_BYTES) {
            return refusal(
                    "TOO_LARGE",
                    "what is there has "
                            + json.get().length()
                            + " characters, at most "
                            + MAX_JSON_BYTES
                            + "; read what is below it");
        }
        return Value.map().put("json", json);
    }

    private CompletionStage<Value.MapBuilder> write(Id store, Replica.Edit edit) {
        return stores.write(store, edit).thenApply(id -> Value.map().put("change", id.hex()));
    }

    private synchronized CompletionStage<Value.MapBuilder> listen(
            Id store, String name, Listener told) {
        if (closed || listening.size() >= MAX_LISTENERS) {
            return CompletableFuture.completedFuture(
                    refusal("QUOTA", "a plugin listens at most " + MAX_LISTENERS + " times"));
        }
        // Below 0, so that these and the numbers of topics are never the same.
        long id = -1L - listening.size();
        listening.add(
                stores.listen(
                        store,
                        event ->
                                told.changed(
                                        id,
                                        name,
                                        event.author().hex(),
                                        event.paths().stream()
                                                .limit(MAX_PATHS)
                                                .map(Documents::place)
                                                .toList())));
        return CompletableFuture.completedFuture(Value.map().put("subscription", id));
    }

    private static Value.MapBuilder failed(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
        return cause instanceof StoreException known
                ? refusal(known.code().name(), String.valueOf(known.getMessage()))
                : refusal("FAILED", "the container could not do it; its log says why");
    }

    static Value.MapBuilder refusal(String code, String message) {
        return Value.map().put("code", code).put("message", message);
    }

    synchronized void close() {
        closed = true;
        for (AutoCloseable each : listening) {
            try {
                each.close();
            } catch (Exception e) {
                System.getLogger(SharedStores.class.getName())
                        .log(System.Logger.Level.WARNING, "a listener did not end", e);
            }
        }
        listening.clear();
    }
}
