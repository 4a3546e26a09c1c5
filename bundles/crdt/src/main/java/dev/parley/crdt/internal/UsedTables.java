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

    /** The one thing that the tables name; null if they name none or several. */
    private @Nullable Path lone;

    /** How both tables are written then. */
    private byte[] loneBytes = {};

    private static final int FEW = 8;

    /** Begins again. */
    void restart() {
        lone = null;
        agents.clear();
        objects.clear();
        parents.clear();
        many = Map.of();
    }

    /** Whether they are those of a change that names this object and nothing else. */
    boolean isAgain(Path path) {
        return path == lone;
    }

    /** Once more as they were written last. */
    void writeAgain(Writer out) {
        out.bytes(loneBytes);
    }

    int agent(Ref ref) {
        if (ref.agent() == null) {
            return 0;
        }
        lone = null;
        Ref agent = new Ref(ref.agent(), ref.fork(), 0);
        int index = find(agents, agent);
        return index > 0 ? index : add(agents, agent);
    }

    int object(Path path) {
        if (path == lone) {
            return 1;
        }
        lone = null;
        if (path.segments().isEmpty()) {
            return 0;
        }
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
        int from = out.length();
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
        out.uint(objects.size());
        for (int i = 0; i < objects.size(); i++) {
            List<Path.Segment> segments = objects.get(i).segments();
            Path.Segment last = segments.get(segments.size() - 1);
            out.uint(parents.get(i));
            out.u8(last.type().ordinal());
            out.text(last.key());
        }
        if (agents.isEmpty() && objects.size() == 1) {
            lone = objects.get(0);
            loneBytes = out.since(from);
        }
    }
}
