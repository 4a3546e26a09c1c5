package dev.parley.crdt.internal;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.Role;
import dev.parley.crdt.api.SignedChange;
import java.util.ArrayList;
import java.util.List;

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
        return new ChangeReader().read(body);
    }

    /** Where the id of the author's change before stands in a body; below 0 if it has none. */
    static int prevAt(byte[] body) {
        int at = 1 + 2 * Id.BYTES;
        if (body.length < at + 5 + Id.BYTES || body[at] == 1) {
            return -1;
        }
        while (body[at] < 0 && at < body.length - Id.BYTES - 1) {
            at++;
        }
        return at + 1;
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

    static String branch(Reader in) throws MalformedException {
        String name = in.text("a branch", 0, MAX_NAME_BYTES);
        if (!validBranch(name)) {
            throw new MalformedException("a branch's name has only a-z, 0-9 and ._/-");
        }
        return name;
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

    static int role(int number) throws MalformedException {
        if (number >= Role.values().length) {
            throw new MalformedException("role " + number + ", expected 0 to 3");
        }
        return number;
    }
}
