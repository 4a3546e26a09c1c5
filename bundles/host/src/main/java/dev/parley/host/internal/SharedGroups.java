package dev.parley.host.internal;

import dev.parley.groups.api.GroupEvent;
import dev.parley.groups.api.GroupException;
import dev.parley.groups.api.GroupException.Reason;
import dev.parley.groups.api.GroupId;
import dev.parley.groups.api.GroupInfo;
import dev.parley.groups.api.GroupMessage;
import dev.parley.groups.api.GroupStatus;
import dev.parley.groups.api.Groups;
import dev.parley.wire.api.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/**
 * What one plugin asks of the private groups of this container's agent, checked against its grants.
 *
 * <p>A grant is a name, and a group is what its admins call it now. So the name is looked up at
 * each question, and a subscription ends when its group gets a name that was not granted.
 */
final class SharedGroups {
    static final String PREFIX = "group.";
    private static final String KIND = "groups";
    private static final int MAX_LISTENERS = 32;
    private static final int MAX_LIMIT = 1000;
    private static final int MAX_PAYLOAD_BYTES = 512 << 10;

    private final Set<String> granted;
    private final Groups groups;
    private final String self;
    private final Map<Long, AutoCloseable> listening = new HashMap<>();
    private long subscriptions;
    private boolean closed;

    /**
     * @param self this container's agent in hex, as which the plugin sends
     */
    SharedGroups(Set<String> granted, Groups groups, String self) {
        this.granted = granted;
        this.groups = groups;
        this.self = self;
    }

    /** What is told to the plugin. */
    interface Listener {
        void said(long subscription, Value.Map message);
    }

    CompletionStage<Value.MapBuilder> ask(String operation, Value.Map arguments, Listener told) {
        String name = IsolateProcess.text(arguments, "group");
        if (!Grants.cover(granted, KIND, name)) {
            return refused("PERMISSION_DENIED", Grants.refusal(KIND, name));
        }
        return groups.list()
                .thenCompose(
                        all -> {
                            try {
                                return on(named(all, name), operation, arguments, told);
                            } catch (GroupException e) {
                                return CompletableFuture.failedFuture(e);
                            }
                        })
                .exceptionally(SharedGroups::failed);
    }

    private static GroupId named(List<GroupInfo> all, String name) throws GroupException {
        List<GroupInfo> named = all.stream().filter(it -> it.name().equals(name)).toList();
        List<GroupInfo> ours = named.stream().filter(it -> isIn(it.status())).toList();
        if (ours.size() == 1) {
            return ours.get(0).id();
        } else if (ours.size() > 1) {
            throw new GroupException(
                    Reason.AMBIGUOUS, ours.size() + " groups are called '" + name + "' here");
        } else if (named.isEmpty()) {
            throw new GroupException(Reason.NOT_FOUND, "no group is called '" + name + "' here");
        }
        throw new GroupException(
                Reason.NOT_ACTIVE,
                "'" + name + "' is " + named.get(0).status() + " here, expected ACTIVE");
    }

    private static boolean isIn(GroupStatus status) {
        return status == GroupStatus.ACTIVE || status == GroupStatus.CATCHING_UP;
    }

    private CompletionStage<Value.MapBuilder> on(
            GroupId group, String operation, Value.Map arguments, Listener told) {
        return switch (operation.substring(PREFIX.length())) {
            case "send" ->
                    groups.send(
                                    group,
                                    IsolateProcess.text(arguments, "type"),
                                    IsolateProcess.bytes(arguments, "payload"))
                            .thenApply(it -> Value.map().put("said", shown(it)));
            case "since" -> since(group, arguments);
            case "listen" -> CompletableFuture.completedFuture(listen(group, told));
            default -> refused("UNSUPPORTED", "this container has no '" + operation + "'");
        };
    }

    private CompletionStage<Value.MapBuilder> since(GroupId group, Value.Map arguments) {
        long limit = IsolateProcess.number(arguments, "limit");
        if (limit < 1 || limit > MAX_LIMIT) {
            return refused("INVALID", "limit is " + limit + ", expected 1 to " + MAX_LIMIT);
        }
        return groups.messages(group, IsolateProcess.number(arguments, "after"), (int) limit)
                .thenApply(
                        found ->
                                Value.map()
                                        .put(
                                                "messages",
                                                Value.list(
                                                        fitting(found).stream()
                                                                .map(this::shown)
                                                                .toList())));
    }

    /** As many as one frame holds; one always fits. */
    private static List<GroupMessage> fitting(List<GroupMessage> found) {
        List<GroupMessage> fitting = new ArrayList<>();
        int bytes = 0;
        for (GroupMessage message : found) {
            bytes += message.content().length;
            if (bytes > MAX_PAYLOAD_BYTES) {
                break;
            }
            fitting.add(message);
        }
        return fitting;
    }

    private Value.Map shown(GroupMessage message) {
        return Value.map()
                .put("sequence", message.sequence())
                .put("id", message.id())
                .put("author", message.sender().hex())
                .put("ours", message.sender().hex().equals(self))
                .put("time", message.time().toEpochMilli())
                .put("order", message.order())
                .put("type", message.type())
                .put("payload", Value.of(message.content()))
                .build();
    }

    private synchronized Value.MapBuilder listen(GroupId group, Listener told) {
        if (closed || listening.size() >= MAX_LISTENERS) {
            return SharedStores.refusal(
                    "QUOTA", "a plugin listens at most " + MAX_LISTENERS + " times");
        }
        long id = ++subscriptions;
        listening.put(id, groups.listen(event -> on(event, id, group, told)));
        return Value.map().put("subscription", id);
    }

    private void on(GroupEvent event, long subscription, GroupId group, Listener told) {
        if (!event.group().equals(group)) {
            return;
        }
        if (event instanceof GroupEvent.MessageReceived received) {
            told.said(subscription, shown(received.message()));
        } else if (event instanceof GroupEvent.Renamed renamed
                && !Grants.cover(granted, KIND, renamed.name())) {
            end(subscription);
        }
    }

    private void end(long subscription) {
        AutoCloseable ended;
        synchronized (this) {
            ended = listening.remove(subscription);
        }
        if (ended != null) {
            close(ended);
        }
    }

    private static void close(AutoCloseable listener) {
        try {
            listener.close();
        } catch (Exception e) {
            System.getLogger(SharedGroups.class.getName())
                    .log(System.Logger.Level.WARNING, "a listener did not end", e);
        }
    }

    private static CompletionStage<Value.MapBuilder> refused(String code, String message) {
        return CompletableFuture.completedFuture(SharedStores.refusal(code, message));
    }

    private static Value.MapBuilder failed(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
        return cause instanceof GroupException known
                ? SharedStores.refusal(known.reason().name(), String.valueOf(known.getMessage()))
                : SharedStores.refusal("FAILED", "the container could not do it; its log says why");
    }

    synchronized void close() {
        closed = true;
        listening.values().forEach(SharedGroups::close);
        listening.clear();
    }
}
