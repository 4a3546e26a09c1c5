package dev.parley.isolate;

import static dev.parley.isolate.HostContext.number;
import static dev.parley.isolate.HostContext.text;

import dev.parley.plugin.GroupListener;
import dev.parley.plugin.GroupMessage;
import dev.parley.plugin.GroupMessages;
import dev.parley.plugin.PluginException;
import dev.parley.wire.api.Value;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/** The groups of the container's agent, as the plugin may use them. */
final class HostGroups {
    /** Asks the container and throws what it refuses with. */
    interface Asking {
        Value.Map ask(String operation, Value.MapBuilder arguments) throws PluginException;
    }

    private final Asking asking;
    private final Executor events;
    private final Map<Long, GroupListener> listeners = new ConcurrentHashMap<>();

    HostGroups(Asking asking, Executor events) {
        this.asking = asking;
        this.events = events;
    }

    GroupMessages of(String name) {
        return new HostGroup(name);
    }

    void message(Value.Map frame) {
        GroupListener listener = listeners.get(number(frame, "subscription"));
        if (listener != null) {
            events.execute(() -> listener.received(said(frame)));
        }
    }

    private static GroupMessage said(Value.Map frame) {
        return new HostMessage(
                frame.get("said").orElse(Value.NULL) instanceof Value.Map said
                        ? said
                        : Value.map().build());
    }

    private final class HostGroup implements GroupMessages {
        private final String name;

        HostGroup(String name) {
            this.name = name;
        }

        private Value.MapBuilder here() {
            return Value.map().put("group", name);
        }

        @Override
        public GroupMessage send(String type, byte[] payload) throws PluginException {
            return said(
                    asking.ask(
                            "group.send",
                            here().put("type", type).put("payload", Value.of(payload))));
        }

        @Override
        public List<GroupMessage> since(long after, int limit) throws PluginException {
            Value.Map answer =
                    asking.ask("group.since", here().put("after", after).put("limit", limit));
            List<GroupMessage> messages = new ArrayList<>();
            if (answer.get("messages").orElse(Value.NULL) instanceof Value.List list) {
                for (Value item : list.items()) {
                    if (item instanceof Value.Map message) {
                        messages.add(new HostMessage(message));
                    }
                }
            }
            return messages;
        }

        @Override
        public void listen(GroupListener listener) throws PluginException {
            listeners.put(number(asking.ask("group.listen", here()), "subscription"), listener);
        }
    }

    /** A message as the container told of it. */
    private static final class HostMessage implements GroupMessage {
        private final long sequence;
        private final String id;
        private final String author;
        private final boolean ours;
        private final Instant time;
        private final String order;
        private final String type;
        private final byte[] payload;

        HostMessage(Value.Map message) {
            this.sequence = number(message, "sequence");
            this.id = text(message, "id");
            this.author = text(message, "author");
            this.ours = message.get("ours").equals(Optional.of(Value.TRUE));
            this.time = Instant.ofEpochMilli(number(message, "time"));
            this.order = text(message, "order");
            this.type = text(message, "type");
            this.payload = HostContext.bytes(message, "payload");
        }

        @Override
        public long sequence() {
            return sequence;
        }

        @Override
        public String id() {
            return id;
        }

        @Override
        public String author() {
            return author;
        }

        @Override
        public boolean ours() {
            return ours;
        }

        @Override
        public Instant time() {
            return time;
        }

        @Override
        public String order() {
            return order;
        }

        @Override
        public String type() {
            return type;
        }

        @Override
        public byte[] payload() {
            return payload.clone();
        }
    }
}
