package dev.parley.crdt.internal;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.Role;
import dev.parley.crdt.api.SignedChange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Changes to bytes and back; one encoding of each ({@code 0010-crdt-changes}). */
final class ChangeCodec {
    static final int VERSION = 1;
    static final int MAX_DEPENDENCIES = 64;
    static final int MAX_TABLE = 4096;
    static final int MAX_OPERATIONS = 65_536;
    static final int MAX_NAME_BYTES = 64;
    static final int MAX_MESSAGE_BYTES = 256;

    private ChangeCodec() {}

    static byte[] encode(Change change) {
        Writer out = new Writer(160);
        out.u8(VERSION);
        out.id(change.store());
        out.id(change.author());
        out.uint(change.seq());
        Id prev = change.prev();
        if (prev != null) {
            out.id(prev);
        }
        out.uint(change.start());
        out.uint(change.dependencies().size());
        change.dependencies().forEach(out::id);
        out.u64(change.time());
        out.text(change.branch());
        out.text(change.message());
        new OperationWriter(out).write(change.start(), change.operations());
        if (out.length() > SignedChange.MAX_BODY_BYTES) {
            throw new IllegalArgumentException("a change of " + out.length() + " bytes");
        }
        return out.toByteArray();
    }

    static Change decode(byte[] body) throws MalformedException {
        return decode(body, Likely.NOTHING);
    }

    /** What the change before said; where this one says the same it is not made again. */
    record Likely(@Nullable Change before) {
        static final Likely NOTHING = new Likely(null);

        private Id id(Reader in, @Nullable Id guess) throws MalformedException {
            return guess == null ? in.id() : in.id(guess);
        }

        private AgentName agent(Id author, String branch) {
            Change change = before;
            return change != null && change.author() == author && change.branch().equals(branch)
                    ? change.agent()
                    : new AgentName(author, branch);
        }

        @Nullable Path path() {
            Change change = before;
            return change == null ? null : change.operations().get(0).path();
        }
    }

    static Change decode(byte[] body, Likely likely) throws MalformedException {
        if (body.length > SignedChange.MAX_BODY_BYTES) {
            throw new MalformedException(
                    "a change of "
                            + body.length
                            + " bytes, at most "
                            + SignedChange.MAX_BODY_BYTES);
        }
        Reader in = new Reader(body);
        in.expect("version", VERSION, in.u8());
        Change before = likely.before();
        Id store = likely.id(in, before == null ? null : before.store());
        Id author = likely.id(in, before == null ? null : before.author());
        int seq = in.uint();
        if (seq == 0) {
            throw new MalformedException("sequence 0, expected at least 1");
        }
        Id prev = seq == 1 ? null : in.id();
        int start = in.uint();
        List<Id> dependencies = dependencies(in, prev);
        long time = in.u64();
        String branch = branch(in);
        String message = in.text("a message", 0, MAX_MESSAGE_BYTES);
        AgentName agent = likely.agent(author, branch);
        List<Operation> operations = new OperationReader(in).read(agent, start, likely.path());
        in.end();
        return new Change(store, agent, seq, prev, start, dependencies, time, message, operations);
    }

    /** Lowercase ASCII, so that all compare names alike. */
    static boolean validBranch(String name) {
        if (name.length() > MAX_NAME_BYTES) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (!(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || "._/-".indexOf(c) >= 0)) {
                return false;
            }
        }
        return true;
    }

    private static String branch(Reader in) throws MalformedException {
        String name = in.text("a branch", 0, MAX_NAME_BYTES);
        if (!validBranch(name)) {
            throw new MalformedException("a branch's name has only a-z, 0-9 and ._/-");
        }
        return name;
    }

    private static List<Id> dependencies(Reader in, @Nullable Id prev) throws MalformedException {
        int count = in.count("dependencies", 0, MAX_DEPENDENCIES);
        if (count == 0) {
            return List.of();
        }
        List<Id> dependencies = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            Id next = in.id();
            if (prev != null && next.equals(prev)
                    || i > 0 && dependencies.get(i - 1).compareTo(next) >= 0) {
                throw new MalformedException("dependencies are not ascending, or name prev");
            }
            dependencies.add(next);
        }
        return dependencies;
    }

    /** Indices of agents and paths in the order of first use. Small, so they are searched. */
    static final class Tables {
        private final List<Ref> agents = new ArrayList<>(0);
        private final List<Path> objects = new ArrayList<>(1);
        private final List<Integer> parents = new ArrayList<>(1);
        private java.util.Map<Object, Integer> many = java.util.Map.of();

        private static final int FEW = 8;

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
                    many = new java.util.HashMap<>();
                }
                if (table.size() == FEW + 1) {
                    for (int i = 0; i < FEW; i++) {
                        many.put(table.get(i), i + 1);
                    }
                }
                many.put(thing, table.size());
            }
            if (table.size() > MAX_TABLE) {
                throw new IllegalArgumentException("more than " + MAX_TABLE + " names");
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
            out.uint(objects.size());
            for (int i = 0; i < objects.size(); i++) {
                List<Path.Segment> segments = objects.get(i).segments();
                Path.Segment last = segments.get(segments.size() - 1);
                out.uint(parents.get(i));
                out.u8(last.type().ordinal());
                out.text(last.key());
            }
        }
    }

    /** The tables as they were sent; who reads the operations says that each entry was used. */
    static final class SentTables {
        private static final Ref[] NO_AGENTS = {};

        private final Ref[] agents;
        private final Path[] objects;
        private int agentsUsed;
        private int objectsUsed;

        SentTables(Reader in, AgentName own, @Nullable Path likely) throws MalformedException {
            int agentCount = in.count("agents", 0, MAX_TABLE);
            agents = agentCount == 0 ? NO_AGENTS : new Ref[agentCount];
            for (int i = 0; i < agents.length; i++) {
                AgentName name = new AgentName(in.id(), branch(in));
                int forked = in.u8();
                if (forked > 1) {
                    throw new MalformedException("fork " + forked + ", expected 0 or 1");
                }
                if (forked == 0 && name.equals(own)) {
                    throw new MalformedException("the author is in the table of agents");
                }
                agents[i] = new Ref(name, forked == 1 ? in.id() : null, 0);
            }
            refuseTwins(agents);
            objects = new Path[in.count("objects", 0, MAX_TABLE)];
            for (int i = 0; i < objects.length; i++) {
                int parent = in.uint("a parent", i);
                ObjectType type = ObjectType.of(in.u8());
                String key = in.text("a key", 0, Path.MAX_KEY_BYTES);
                Path above = parent == 0 ? Path.ROOT : objects[parent - 1];
                if (above.type() != ObjectType.MAP || above.segments().size() == Path.MAX_DEPTH) {
                    throw new MalformedException("an object under one that has no keys");
                }
                objects[i] =
                        likely != null && likely.is(above, key, type)
                                ? likely
                                : above.at(key, type);
            }
            refuseTwins(objects);
        }

        private static void refuseTwins(Object[] table) throws MalformedException {
            if (table.length > 1
                    && new java.util.HashSet<>(Arrays.asList(table)).size() < table.length) {
                throw new MalformedException("a table names something twice");
            }
        }

        Ref ref(int agent, int number) throws MalformedException {
            if (agent > agents.length || agent > agentsUsed + 1) {
                throw new MalformedException("agent " + agent + " is not the next of the table");
            }
            agentsUsed = Math.max(agentsUsed, agent);
            return new Ref(agents[agent - 1].agent(), agents[agent - 1].fork(), number);
        }

        /** First uses come in order, and parents count as used before their children. */
        Path object(int index) throws MalformedException {
            if (index == 0) {
                return Path.ROOT;
            }
            if (index > objects.length) {
                throw new MalformedException("object " + index + " of " + objects.length);
            }
            if (index > objectsUsed) {
                Path path = objects[index - 1];
                for (int i = objectsUsed; i < index - 1; i++) {
                    Path earlier = objects[i];
                    int depth = earlier.segments().size();
                    if (depth >= path.segments().size()
                            || !path.segments().subList(0, depth).equals(earlier.segments())) {
                        throw new MalformedException("object " + (i + 1) + " is used too late");
                    }
                }
                objectsUsed = index;
            }
            return objects[index - 1];
        }

        void allUsed() throws MalformedException {
            if (agentsUsed < agents.length || objectsUsed < objects.length) {
                throw new MalformedException("a table has entries that nothing uses");
            }
        }
    }

    static int role(int number) throws MalformedException {
        if (number >= Role.values().length) {
            throw new MalformedException("role " + number + ", expected 0 to 3");
        }
        return number;
    }
}
