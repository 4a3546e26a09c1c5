package dev.parley.crdt.internal;

import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.RefusedException.Code;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Objects under keys. What is under a key and of one type is one object, whoever made it. */
final class MapState extends ObjectState {
    static final Comparator<Path.Segment> ORDER =
            Comparator.comparing(Path.Segment::key).thenComparing(Path.Segment::type);

    private final ChangeGraph graph;
    private final TreeMap<Path.Segment, ObjectState> children = new TreeMap<>(ORDER);
    private final Dots puts = new Dots();

    MapState(ChangeGraph graph) {
        this.graph = graph;
    }

    @Nullable ObjectState child(Path.Segment segment) {
        return children.get(segment);
    }

    ObjectState orCreate(Path.Segment segment) {
        ObjectState child = children.get(segment);
        if (child == null) {
            child = create(segment.type());
            children.put(segment, child);
        }
        return child;
    }

    private ObjectState create(ObjectType type) {
        return switch (type) {
            case MAP -> new MapState(graph);
            case REGISTER -> new RegisterState(false);
            case MULTI_REGISTER -> new RegisterState(true);
            case COUNTER -> new CounterState();
            case ESCROW -> new EscrowState();
            case FLAG_ENABLE_WINS -> new FlagState(false);
            case FLAG_DISABLE_WINS -> new FlagState(true);
            case SET_ADD_WINS -> new SetState(false);
            case SET_REMOVE_WINS -> new SetState(true);
            case TEXT -> new TextState(graph);
            case LIST -> new ListState(graph);
            case TREE -> new TreeState(graph);
            case TASKS -> new TasksState(graph);
        };
    }

    /** Whether it is there by itself, also without keys. */
    boolean isPut() {
        return !puts.isEmpty();
    }

    /** Those that somebody wrote to, also if nothing of it is left. */
    Map<Path.Segment, ObjectState> children() {
        return children;
    }

    /** Those with content, by key and type. */
    Map<Path.Segment, ObjectState> visible() {
        TreeMap<Path.Segment, ObjectState> visible = new TreeMap<>(ORDER);
        children.forEach(
                (segment, child) -> {
                    if (child.present()) {
                        visible.put(segment, child);
                    }
                });
        return visible;
    }

    @Override
    void check(Operation operation, At at, Earlier earlier) throws VoidException {
        if (operation instanceof Operation.Undo undo) {
            checkOwn(undo.change(), at);
        } else if (operation instanceof Operation.Redo redo) {
            checkOwn(redo.change(), at);
        }
    }

    /** It stands first in its change, and names a change of the author's line that is not void. */
    private void checkOwn(Ref named, At at) throws VoidException {
        long dot = named.agent() == null ? at.resolve(named) : At.NOWHERE;
        boolean isOwn = dot != At.NOWHERE && at.number() == graph.start(at.change());
        int change = isOwn ? graph.changeOf(At.agent(dot), At.number(dot)) : 0;
        if (!isOwn || graph.start(change) != At.number(dot) || graph.isVoid(change)) {
            throw new VoidException(
                    Code.NOT_FOUND, "there is no such change of the author to take back");
        }
    }

    @Override
    void apply(Operation operation, At at) {
        if (operation instanceof Operation.Note
                || operation instanceof Operation.Undo
                || operation instanceof Operation.Redo) {
            return;
        }
        if (!(operation instanceof Operation.Put)) {
            throw unexpected(operation);
        }
        puts.removeKnown(at);
        puts.add(at.dot());
    }

    @Override
    void clear(At at) {
        puts.removeKnown(at);
        children.values().forEach(it -> it.clear(at));
    }

    /** What is under its keys is cleared by itself. */
    @Override
    void clearAgain(At at, List<Written> since) {
        puts.removeKnown(at);
    }

    @Override
    boolean knownContent(At at) {
        return puts.anyKnown(at) || children.values().stream().anyMatch(it -> it.knownContent(at));
    }

    @Override
    boolean present() {
        if (!puts.isEmpty()) {
            return true;
        }
        for (ObjectState child : children.values()) {
            if (child.present()) {
                return true;
            }
        }
        return false;
    }

    @Override
    boolean isBlank() {
        return puts.isEmpty() && children.values().stream().allMatch(ObjectState::isBlank);
    }

    @Override
    void write(StateWriter out) {
        puts.write(out);
        Map<Path.Segment, ObjectState> filled = new TreeMap<>(children);
        filled.values().removeIf(ObjectState::isBlank);
        out.plain().uint(filled.size());
        filled.forEach(
                (segment, child) -> {
                    out.plain().text(segment.key());
                    out.plain().u8(segment.type().ordinal());
                    child.write(out);
                });
    }

    @Override
    void read(StateReader in) throws MalformedException {
        read(in, 0);
    }

    private void read(StateReader in, int depth) throws MalformedException {
        if (depth > Path.MAX_DEPTH) {
            throw new MalformedException("objects below more than " + Path.MAX_DEPTH + " keys");
        }
        puts.read(in);
        for (int i = in.plain().count("objects", 0, Integer.MAX_VALUE, 3); i > 0; i--) {
            String key = in.plain().text("a key", 0, Path.MAX_KEY_BYTES);
            ObjectState child = orCreate(new Path.Segment(key, ObjectType.of(in.plain().u8())));
            if (child instanceof MapState map) {
                map.read(in, depth + 1);
            } else {
                child.read(in);
            }
        }
    }

    @Override
    void canonical(Writer out, ChangeGraph shared) {
        Map<Path.Segment, ObjectState> visible = visible();
        out.uint(visible.size());
        visible.forEach(
                (segment, child) -> {
                    out.text(segment.key());
                    out.u8(segment.type().ordinal());
                    child.canonical(out, shared);
                });
    }
}
