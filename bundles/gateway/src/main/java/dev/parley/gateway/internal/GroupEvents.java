package dev.parley.gateway.internal;

import dev.parley.gateway.api.Arguments;
import dev.parley.gateway.api.OperationException;
import dev.parley.groups.api.GroupEvent;
import dev.parley.groups.api.GroupId;
import dev.parley.groups.api.GroupMessage;
import dev.parley.groups.api.Groups;
import dev.parley.identity.api.AgentId;
import dev.parley.wire.api.Value;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/**
 * Tells of what happens in one group, in order.
 *
 * <p>At most {@link #MAX_WAITING} events wait for a slow reader. When more come the reader is told
 * how many it lost; what was said among them it gets from the disk all the same, so that it loses
 * at most who came, went or got a role.
 */
final class GroupEvents {
    static final int MAX_WAITING = 256;

    private static final int PAGE = 100;

    private final Groups groups;
    private final GroupTalk talk;
    private final Duration ping;
    private final EventReaders readers = new EventReaders();

    /**
     * @param ping how long a reader may hear nothing; then it is looked whether both are still
     *     there
     */
    GroupEvents(Groups groups, GroupTalk talk, Duration ping) {
        this.groups = groups;
        this.talk = talk;
        this.ping = ping;
    }

    /** What waits to be told; filled on the room's thread, which never waits. */
    private static final class Waiters {
        private final GroupId group;
        private final Deque<GroupEvent> events = new ArrayDeque<>();
        private int lost;

        Waiters(GroupId group) {
            this.group = group;
        }

        synchronized void on(GroupEvent event) {
            if (!event.group().equals(group)) {
                return;
            }
            if (lost > 0 || events.size() >= MAX_WAITING) {
                lost++;
            } else {
                events.add(event);
            }
            notifyAll();
        }

        /**
         * @return all that waits, as soon as something does
         */
        synchronized List<GroupEvent> take(Duration limit) throws InterruptedException {
            long end = System.nanoTime() + limit.toNanos();
            for (long left = limit.toMillis(); events.isEmpty() && lost == 0 && left > 0; ) {
                wait(left);
                left = Duration.ofNanos(end - System.nanoTime()).toMillis();
            }
            List<GroupEvent> taken = new ArrayList<>(events);
            events.clear();
            return taken;
        }

        /**
         * @return how many found no place behind those that were taken; from now on there is place
         */
        synchronized int lost() {
            if (!events.isEmpty()) {
                return 0;
            }
            int all = lost;
            lost = 0;
            return all;
        }
    }

    Value watch(Arguments arguments, Consumer<Value> listener) throws OperationException {
        Duration limit = EventReaders.limit(arguments);
        String since = arguments.text("since");
        if (!since.matches("[0-9]{0,18}")) {
            throw OperationException.invalid(
                    "since is '" + since + "'", "expected the sequence of a message, or 0");
        }
        GroupId group = GroupOperations.find(groups, arguments).id();
        return readers.read(() -> watch(group, since, limit, listener));
    }

    private Value watch(GroupId group, String since, Duration limit, Consumer<Value> listener)
            throws OperationException, InterruptedException {
        Waiters waiting = new Waiters(group);
        AutoCloseable listening = groups.listen(waiting::on);
        try {
            long now = newest(group);
            Telling telling =
                    new Telling(
                            group,
                            waiting,
                            listener,
                            since.isEmpty() ? now : Long.parseLong(since));
            telling.event("start", Value.map());
            telling.fromDisk(now);
            return tell(telling, System.nanoTime() + limit.toNanos());
        } finally {
            EventReaders.close(listening);
        }
    }

    private long newest(GroupId group) throws OperationException {
        return GroupOperations.wait(groups.find(group.hex())).lastSequence();
    }

    private Value tell(Telling telling, long end) throws OperationException, InterruptedException {
        while (true) {
            Duration left = Duration.ofNanos(end - System.nanoTime());
            if (left.isNegative() || left.isZero()) {
                return Value.map().put("since", Long.toString(telling.last)).build();
            }
            telling.next(left.compareTo(ping) < 0 ? left : ping);
        }
    }

    /** One reader, and where it is. */
    private final class Telling {
        private final GroupId group;
        private final Waiters waiting;
        private final Consumer<Value> listener;
        private long last;

        Telling(GroupId group, Waiters waiting, Consumer<Value> listener, long last) {
            this.group = group;
            this.waiting = waiting;
            this.listener = listener;
            this.last = last;
        }

        void event(String kind, Value.MapBuilder more) {
            listener.accept(more.put("event", kind).put("id", Long.toString(last)).build());
        }

        void next(Duration limit) throws OperationException, InterruptedException {
            List<GroupEvent> events = waiting.take(limit);
            for (GroupEvent event : events) {
                on(event);
            }
            int lost = waiting.lost();
            if (lost > 0) {
                event(
                        "lost",
                        Value.map()
                                .put("events", lost)
                                .put(
                                        "message",
                                        "this reader was too slow; what was said among them"
                                                + " follows, who came and went is in the members"));
                fromDisk(newest(group));
            } else if (events.isEmpty()) {
                newest(group); // fails if it was forgotten here
                listener.accept(Value.map().put("event", "ping").build());
            }
        }

        /** Up to this message: what came later waits its turn among the events. */
        void fromDisk(long newest) throws OperationException {
            while (last < newest) {
                List<GroupMessage> page = talk.read(group, last, PAGE);
                if (page.isEmpty()) {
                    return;
                }
                page.stream().filter(it -> it.sequence() <= newest).forEach(this::said);
            }
        }

        private void said(GroupMessage message) {
            if (message.sequence() > last) {
                last = message.sequence();
                event("message", talk.describe(message));
            }
        }

        private void on(GroupEvent event) {
            if (event instanceof GroupEvent.MessageReceived it) {
                said(it.message());
            } else if (event instanceof GroupEvent.MemberJoined it) {
                event("joined", agent(it.agent()));
            } else if (event instanceof GroupEvent.MemberGone it) {
                event("gone", agent(it.agent()));
            } else if (event instanceof GroupEvent.RoleChanged it) {
                event("role", agent(it.agent()).put("role", it.role().toString()));
            } else if (event instanceof GroupEvent.Renamed it) {
                event(
                        "renamed",
                        Value.map().put("name", it.name()).put("description", it.description()));
            } else if (event instanceof GroupEvent.StatusChanged it) {
                event("status", Value.map().put("status", GroupOperations.name(it.status())));
            } else if (event instanceof GroupEvent.Reordered it) {
                event("reordered", Value.map().put("undone", it.undone()));
            }
        }

        private Value.MapBuilder agent(AgentId agent) {
            Value.MapBuilder shown = Value.map();
            talk.describe(agent, shown);
            return shown;
        }
    }
}
