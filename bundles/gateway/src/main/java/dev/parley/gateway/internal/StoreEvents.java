package dev.parley.gateway.internal;

import dev.parley.crdt.api.Id;
import dev.parley.gateway.api.Arguments;
import dev.parley.gateway.api.Operation;
import dev.parley.gateway.api.Operation.Type;
import dev.parley.gateway.api.OperationException;
import dev.parley.stores.api.Documents;
import dev.parley.stores.api.LoggedChange;
import dev.parley.stores.api.StoreException;
import dev.parley.stores.api.StoreException.Code;
import dev.parley.stores.api.StoreView;
import dev.parley.stores.api.Stores;
import dev.parley.wire.api.Value;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Tells of a store's changes in the order in which they came to this disk, on all branches.
 *
 * <p>What waits for a slow reader waits in the store's log, not in memory: a reader is given at
 * most {@link #BATCH} changes at a time, reads them as slowly as it likes and misses none. Only
 * what is no more in the log, or stands elsewhere in it, is lost to it: then it is told so, and
 * from where it goes on.
 */
final class StoreEvents {
    private static final int BATCH = 64;
    private static final int MAX_PATHS = 1000;

    private static final String START = "start";

    /** A change, and in a store that was compacted how many changes were given up. */
    private static final Pattern SINCE = Pattern.compile("[0-9a-f]{64}(-[1-9][0-9]{0,8})?");

    private final Stores stores;
    private final StoreHistory history;
    private final Id self;
    private final EventReaders readers = new EventReaders();

    StoreEvents(Stores stores, StoreHistory history, Id self) {
        this.stores = stores;
        this.history = history;
        this.self = self;
    }

    List<Operation> operations() {
        return List.of(
                Operation.get(
                                "stores.events",
                                "/stores/{store}/events",
                                "The changes of a store from now on, as they come",
                                this::watch)
                        .needs("store", Type.TEXT, StoreOperations.ID)
                        .takes(
                                "since",
                                Type.TEXT,
                                "also those after the event with this id, or '"
                                        + START
                                        + "' for all; none")
                        .takes(
                                "seconds",
                                Type.INTEGER,
                                "how long, 1 to "
                                        + EventReaders.MAX_SECONDS
                                        + "; "
                                        + EventReaders.MAX_SECONDS)
                        .streaming(Operation.Streams.EVENTS));
    }

    /** How many changes are on disk, for one who waits for more. */
    private static final class OnDisk {
        private int changes;

        synchronized void set(int now) {
            changes = now;
            notifyAll();
        }

        /**
         * @return how many there are, at the latest after this time; below 0 if it is not followed
         */
        synchronized int await(int beyond, long millis) throws InterruptedException {
            long end = System.nanoTime() + Duration.ofMillis(millis).toNanos();
            for (long left = millis; changes >= 0 && changes <= beyond && left > 0; ) {
                wait(left);
                left = Duration.ofNanos(end - System.nanoTime()).toMillis();
            }
            return changes;
        }
    }

    /**
     * Where a reader is: behind this change, which has that index; no id if it is behind none.
     *
     * @param forgotten how many changes were given up then: with that number the order changes
     */
    private record Place(int next, String last, int forgotten) {
        boolean stands(StoreView view) {
            return view.forgotten() == forgotten
                    && (last.isEmpty() ? next == 0 : view.indexOf(Id.parse(last)) == next - 1);
        }

        /** As the next question gives it. */
        String after() {
            return last.isEmpty() || forgotten == 0 ? last : last + "-" + forgotten;
        }
    }

    private Value watch(Arguments arguments, Consumer<Value> listener) throws OperationException {
        Duration limit = EventReaders.limit(arguments);
        String since = arguments.text("since");
        if (!since.isEmpty() && !since.equals(START) && !SINCE.matcher(since).matches()) {
            throw OperationException.invalid(
                    "since is '" + since + "'", "expected the id of an event, or " + START);
        }
        Id store = StoreOperations.store(stores, arguments);
        long end = System.nanoTime() + limit.toNanos();
        return readers.read(
                () -> {
                    OnDisk onDisk = new OnDisk();
                    AutoCloseable watching = StoreOperations.wait(stores.watch(store, onDisk::set));
                    try {
                        return watch(store, since, onDisk, end, listener);
                    } finally {
                        EventReaders.close(watching);
                    }
                });
    }

    private Value watch(Id store, String since, OnDisk onDisk, long end, Consumer<Value> listener)
            throws OperationException, InterruptedException {
        Place place = begin(store, since, onDisk.await(-1, 0), listener);
        while (true) {
            long left = Duration.ofNanos(end - System.nanoTime()).toMillis();
            if (left <= 0) {
                return Value.map().put("since", place.after()).build();
            }
            int changes = onDisk.await(place.next(), Math.min(left, EventReaders.PING.toMillis()));
            if (changes < 0) {
                throw Waiting.failure(
                        new StoreException(Code.NO_SUCH_STORE, "the store was left meanwhile"));
            } else if (changes > place.next()) {
                place = tell(store, place, changes, listener);
            } else {
                listener.accept(Value.map().put("event", "ping").build());
            }
        }
    }

    /** Says where it begins, so that who reads the store after that misses nothing. */
    private Place begin(Id store, String since, int changes, Consumer<Value> listener)
            throws OperationException {
        Place place = StoreOperations.wait(stores.read(store, view -> place(view, since, changes)));
        if (place.next() < 0) {
            return lost(since, now(store, changes), listener);
        }
        listener.accept(placed("start", place).build());
        return place;
    }

    /** Below 0 if it is not known what came after that. */
    private static Place place(StoreView view, String since, int changes) {
        if (since.equals(START)) {
            return new Place(0, "", view.forgotten());
        } else if (since.isEmpty()) {
            return now(view, changes);
        }
        int dash = since.indexOf('-');
        int forgotten = dash < 0 ? 0 : Integer.parseInt(since.substring(dash + 1));
        String id = dash < 0 ? since : since.substring(0, dash);
        int index = view.forgotten() == forgotten ? view.indexOf(Id.parse(id)) : -1;
        return index < 0 ? new Place(-1, "", 0) : new Place(index + 1, id, forgotten);
    }

    private static Value.MapBuilder placed(String event, Place place) {
        Value.MapBuilder value = Value.map().put("event", event);
        if (!place.last().isEmpty()) {
            value.put("id", place.last());
        }
        return after(value, place);
    }

    /** Only where it is not the id, so that simple stores have simple events. */
    private static Value.MapBuilder after(Value.MapBuilder event, Place place) {
        return place.after().equals(place.last()) ? event : event.put("after", place.after());
    }

    private Place now(Id store, int changes) throws OperationException {
        return StoreOperations.wait(stores.read(store, view -> now(view, changes)));
    }

    private static Place now(StoreView view, int changes) {
        return changes <= 0
                ? new Place(0, "", view.forgotten())
                : new Place(
                        changes,
                        view.changes(changes - 1, 1).get(0).info().id().hex(),
                        view.forgotten());
    }

    private static Place lost(String since, Place now, Consumer<Value> listener) {
        listener.accept(
                placed("lost", now)
                        .put("since", since)
                        .put(
                                "message",
                                "what came after that is not here in this order any more; read the"
                                        + " store anew, events go on behind this one")
                        .build());
        return now;
    }

    private Place tell(Id store, Place place, int changes, Consumer<Value> listener)
            throws OperationException {
        List<LoggedChange> batch =
                StoreOperations.wait(
                        stores.read(
                                store,
                                view ->
                                        place.stands(view)
                                                ? view.changes(
                                                        place.next(),
                                                        Math.min(BATCH, changes - place.next()))
                                                : List.of()));
        if (batch.isEmpty()) {
            return lost(place.last(), now(store, changes), listener);
        }
        Place reached = place;
        for (LoggedChange each : batch) {
            reached = new Place(each.index() + 1, each.info().id().hex(), place.forgotten());
            listener.accept(describe(each, reached));
        }
        return reached;
    }

    private Value describe(LoggedChange change, Place place) {
        List<String> paths =
                change.paths().stream().map(Documents::place).distinct().sorted().toList();
        return after(history.describe(change.info()), place)
                .put("event", "change")
                .put("own", change.info().author().equals(self))
                .put("paths", Value.texts(paths.subList(0, Math.min(MAX_PATHS, paths.size()))))
                .put("morePaths", Math.max(0, paths.size() - MAX_PATHS))
                .put("forgotten", change.forgotten())
                .build();
    }
}
