package dev.parley.crdt.internal;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Indices of agents and paths in the order of first use. Small, so they are searched. */
final class UsedTables {
    private final List<Ref> agents = new ArrayList<>(0);
    private final List<Path> objects = new ArrayList<>(1);
    private final List<Integer> parents = new ArrayList<>(1);
    private Map<Object, Integer> many = Map.of();

    /** Whether the one object is there from the change before and not used yet. */
    private boolean kept;

    /** How a table is written that has this object alone. */
    private @Nullable Path lone;

    private byte[] loneBytes = {};

    private static final int FEW = 8;

    /** Begins again. */
    void restart() {
        agents.clear();
        many = Map.of();
        kept = objects.size() == 1;
        if (!kept) {
            objects.clear();
            parents.clear();
        }
    }

    private void dropKept() {
        if (kept) {
            objects.clear();
            parents.clear();
            kept = false;
        }
    }

    int agent(Ref ref) {
        if (ref.agent() == null) {
            return 0;
        }
        Ref agent = new Ref(ref.agent(), ref.fork(), 0);
        int index = find(agents, agent);
        return index > 0 ? index : add(agents, agent);
    }

    int object(Path path) {
        if (path.segments().isEmpty()) {
            return 0;
        }
        if (kept && objects.get(0) == path) {
            kept = false;
            return 1;
        }
        dropKept();
        int index = find(objects, path);
        if (index > 0) {
            return index;
        }
        List<Path.Segment> segments = path.segments();
        int parent =
                segments.size() == 1
                        ? 0
                        : object(new Path(segments.subList(0, segments.size() - 1)));
        parents.add(parent);
        return add(objects, path);
    }

    private <T> int find(List<T> table, T wanted) {
        if (!table.isEmpty() && table.get(0) == wanted) {
            return 1;
        }
        if (table.size() > FEW) {
            return many.getOrDefault(wanted, 0);
        }
        return table.indexOf(wanted) + 1;
    }

    private <T> int add(List<T> table, T thing) {
        table.add(thing);
        if (table.size() > FEW) {
            if (many.isEmpty()) {
                many = new HashMap<>();
            }
            if (table.size() == FEW + 1) {
                for (int i = 0; i < FEW; i++) {
                    many.put(table.get(i), i + 1);
                }
            }
            many.put(thing, table.size());
        }
        if (table.size() > ChangeCodec.MAX_TABLE) {
            throw new IllegalArgumentException("more than " + ChangeCodec.MAX_TABLE + " names");
        }
        return table.size();
    }

    void write(Writer out) {
        out.uint(agents.size());
        for (Ref agent : agents) {
            AgentName name = agent.agent();
            Id fork = agent.fork();
            if (name != null) {
                out.id(name.author());
                out.text(name.branch());
                out.u8(fork == null ? 0 : 1);
                if (fork != null) {
                    out.id(fork);
                }
            }
        }
        dropKept();
        if (objects.size() == 1 && objects.get(0) == lone) {
            out.bytes(loneBytes);
            return;
        }
        int from = out.length();
        out.uint(objects.size());
        for (int i = 0; i < objects.size(); i++) {
            List<Path.Segment> segments = objects.get(i).segments();
            Path.Segment last = segments.get(segments.size() - 1);
            out.uint(parents.get(i));
            out.u8(last.type().ordinal());
            out.text(last.key());
        }
        if (objects.size() == 1) {
            lone = objects.get(0);
            loneBytes = out.since(from);
        }
    }
}
