package dev.parley.crdt.internal;

import dev.parley.crdt.api.Difference;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.RefusedException;
import dev.parley.crdt.api.RefusedException.Code;
import dev.parley.crdt.api.Scalar;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Writes what takes a change back: each object that it changed becomes as it was before, as far as
 * it still is as the change left it and nobody did anything to it since.
 */
final class Inversion {
    /** Which change, with what is known of it. */
    record Of(Integration integration, int number, Change change, Scope scope) {}

    private final Of of;
    private final LocalTransaction transaction;
    private final Since since;
    private final Map<Path, String> shown = new LinkedHashMap<>();
    private final Set<Path> left = new LinkedHashSet<>();
    private @Nullable Sides sides;

    Inversion(Of of, LocalTransaction transaction, Since since) {
        this.of = of;
        this.transaction = transaction;
        this.since = since;
    }

    Of of() {
        return of;
    }

    LocalTransaction transaction() {
        return transaction;
    }

    Since since() {
        return since;
    }

    /** Objects before the change and after it; made when they are asked for. */
    Sides sides() {
        Sides made = sides;
        if (made == null) {
            made = Sides.of(of.integration(), of.number(), of.change(), of.scope());
            sides = made;
        }
        return made;
    }

    /** Something of it stays, because it was changed since. */
    void leave(Path path) {
        left.add(path);
    }

    /** To be called before each write. */
    void write(Path path) {
        shown.computeIfAbsent(path, it -> transaction.state().shown(it));
    }

    List<Path> left() {
        return List.copyOf(left);
    }

    List<Difference> differences() {
        List<Difference> differences = new ArrayList<>();
        shown.forEach(
                (path, before) -> {
                    String after = transaction.state().shown(path);
                    if (!after.equals(before)) {
                        differences.add(Differences.between(path, before, after));
                    }
                });
        return differences;
    }

    /**
     * Why a change cannot be taken back, as far as its operations say it.
     *
     * @return empty if nothing is known against it
     */
    static String refusal(Change change) {
        for (Operation operation : change.operations()) {
            if (operation instanceof Operation.SetRole) {
                return "it gave roles: give the former ones, which is a change of its own";
            }
            if (operation instanceof Operation.Shred) {
                return "what was expunged is gone for good";
            }
            if (operation instanceof Operation.Mint
                    || operation instanceof Operation.Spend
                    || operation instanceof Operation.Transfer) {
                return "amounts of an escrow counter stay minted, spent and transferred, because"
                        + " others may have gone by them";
            }
            String ofTask = TaskInversion.refusal(operation);
            if (!ofTask.isEmpty()) {
                return ofTask;
            }
        }
        return "";
    }

    void run(UndoLog log) throws RefusedException {
        Set<Path> paths = new HashSet<>(of.scope().objects());
        for (Path cleared : of.scope().cleared()) {
            ObjectState before = sides().before().find(cleared);
            if (before != null) {
                addBelow(cleared, before, paths);
            }
        }
        // A map that was made goes after what is in it.
        List<Path> ordered = new ArrayList<>(paths);
        ordered.sort(
                Comparator.comparing((Path it) -> -it.segments().size())
                        .thenComparing(Path::toString)
                        .thenComparing(Path::type));
        for (Path path : ordered) {
            invert(path, log);
        }
    }

    private static void addBelow(Path path, ObjectState state, Set<Path> paths) {
        paths.add(path);
        if (state instanceof MapState map) {
            map.children()
                    .forEach(
                            (key, child) -> {
                                addBelow(path.at(key.key(), key.type()), child, paths);
                            });
        }
    }

    private void invert(Path path, UndoLog log) throws RefusedException {
        switch (path.type()) {
            case MAP -> map(path);
            case REGISTER, MULTI_REGISTER -> register(path);
            case COUNTER -> counter(path);
            case ESCROW -> {
                // Nothing of it is cleared, and the rest was refused.
            }
            case FLAG_ENABLE_WINS, FLAG_DISABLE_WINS -> flag(path);
            case SET_ADD_WINS, SET_REMOVE_WINS -> set(path);
            case TEXT -> new TextInversion(this, path, log).run();
            case LIST -> new ListInversion(this, path, log).run();
            case TREE -> new TreeInversion(this, path).run();
            case TASKS -> new TaskInversion(this, path).run();
        }
    }

    private <T extends ObjectState> T before(Path path, Class<T> type) {
        return type.cast(sides().before().orCreate(path));
    }

    private <T extends ObjectState> T after(Path path, Class<T> type) {
        return type.cast(sides().after().orCreate(path));
    }

    private <T extends ObjectState> T now(Path path, Class<T> type) {
        return type.cast(transaction.view().orCreate(path));
    }

    private void map(Path path) throws RefusedException {
        if (path.segments().isEmpty()) {
            return;
        }
        boolean was = before(path, MapState.class).isPut();
        MapState now = now(path, MapState.class);
        if (was == after(path, MapState.class).isPut() || was == now.isPut()) {
            return;
        }
        if (since.isWritten(path)) {
            leave(path);
        } else if (was) {
            write(path);
            transaction.put(path);
        } else if (now.visible().isEmpty()) {
            write(path);
            transaction.clear(path);
        } else {
            leave(path);
        }
    }

    private void register(Path path) throws RefusedException {
        List<Scalar> was = before(path, RegisterState.class).shown();
        List<Scalar> became = after(path, RegisterState.class).shown();
        if (was.equals(became)) {
            return;
        }
        if (since.isWritten(path) || !now(path, RegisterState.class).shown().equals(became)) {
            leave(path);
            return;
        }
        write(path);
        if (was.isEmpty()) {
            transaction.clear(path);
        } else {
            transaction.set(path, was.get(0));
        }
    }

    private void counter(Path path) throws RefusedException {
        CounterState was = before(path, CounterState.class);
        CounterState became = after(path, CounterState.class);
        if (!was.present()
                && became.present()
                && !since.isWritten(path)
                && now(path, CounterState.class).value() == became.value()) {
            write(path);
            transaction.clear(path);
            return;
        }
        long amount = amount(path);
        if (amount != 0) {
            write(path);
            transaction.increment(path, amount);
        }
    }

    /** What is to be added, so that what the change added and cleared counts no more. */
    private long amount(Path path) {
        if (of.scope().isCleared(path)) {
            long cleared =
                    before(path, CounterState.class).value()
                            - after(path, CounterState.class).value();
            if (cleared != 0 && since.isCleared(path)) {
                leave(path);
                return 0;
            }
            return cleared;
        }
        long amount = 0;
        At at = new At(of.integration().graph(), of.number());
        for (Operation operation : of.change().operations()) {
            if (operation instanceof Operation.AddNumber add && add.path().equals(path)) {
                if (since.isForgotten(path, at.dot())) {
                    leave(path);
                } else {
                    amount -= add.amount();
                }
            }
            at.advance(operation.length());
        }
        return amount;
    }

    private void flag(Path path) throws RefusedException {
        boolean was = before(path, FlagState.class).present();
        if (was == after(path, FlagState.class).present()) {
            return;
        }
        if (since.isWritten(path) || now(path, FlagState.class).present() == was) {
            leave(path);
            return;
        }
        write(path);
        transaction.flag(path, was);
    }

    private void set(Path path) throws RefusedException {
        SetState was = before(path, SetState.class);
        SetState became = after(path, SetState.class);
        SetState now = now(path, SetState.class);
        Set<Scalar> all = new LinkedHashSet<>(was.values());
        all.addAll(became.values());
        for (Scalar value : all) {
            boolean back = was.contains(value);
            if (back == became.contains(value)) {
                continue;
            }
            if (since.isTouched(path, value) || now.contains(value) == back) {
                leave(path);
                continue;
            }
            write(path);
            if (back) {
                transaction.add(path, value);
            } else {
                transaction.remove(path, value);
            }
        }
    }

    /** Tasks that a change cleared, which do not come back. */
    void refuseClearedTasks() throws RefusedException {
        for (Path cleared : of.scope().cleared()) {
            Set<Path> below = new TreeSet<>(Comparator.comparing(Path::toString));
            ObjectState before = sides().before().find(cleared);
            if (before != null) {
                Set<Path> all = new HashSet<>();
                addBelow(cleared, before, all);
                all.stream().filter(it -> it.type() == ObjectType.TASKS).forEach(below::add);
            }
            for (Path tasks : below) {
                if (before(tasks, TasksState.class).present()) {
                    throw new RefusedException(
                            Code.WRONG_STATE,
                            "it deleted the tasks at "
                                    + tasks
                                    + ", and tasks that were deleted do not come back");
                }
            }
        }
    }
}
