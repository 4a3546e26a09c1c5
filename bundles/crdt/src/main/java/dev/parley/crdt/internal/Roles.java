package dev.parley.crdt.internal;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.api.RefusedException.Code;
import dev.parley.crdt.api.Role;
import dev.parley.crdt.api.StoreInfo;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Who may do what, judged at any point of the history ({@code 0012-store-policy}). */
final class Roles {
    private record Entry(int change, Role role) {}

    private final StoreInfo info;
    private final ChangeGraph graph;
    private final Map<Id, List<Entry>> entries = new HashMap<>();

    Roles(StoreInfo info, ChangeGraph graph) {
        this.info = info;
        this.graph = graph;
    }

    private interface Known {
        boolean knows(int change);
    }

    /** In the past of a change. */
    Role at(Id agent, int change) {
        if (entries.isEmpty()) {
            return otherwise(agent);
        }
        // Who begins with an index knows of roles before the graph has their changes.
        return role(agent, it -> it < change && graph.isBefore(it, change));
    }

    /** In a version. */
    Role at(Id agent, Version version) {
        return role(agent, it -> version.contains(graph.agent(it), graph.start(it)));
    }

    /** By all that is known. */
    Role now(Id agent) {
        return role(agent, it -> true);
    }

    private Role role(Id agent, Known known) {
        Role otherwise = otherwise(agent);
        if (otherwise == Role.ADMIN) {
            return otherwise;
        }
        List<Entry> all = entries.get(agent);
        if (all == null) {
            return otherwise;
        }
        List<Entry> seen = all.stream().filter(it -> known.knows(it.change())).toList();
        Role lowest = null;
        for (Entry entry : seen) {
            boolean overruled =
                    seen.stream().anyMatch(it -> graph.isBefore(entry.change(), it.change()));
            if (!overruled && (lowest == null || entry.role().compareTo(lowest) < 0)) {
                lowest = entry.role();
            }
        }
        return lowest == null ? otherwise : lowest;
    }

    /** The role of an agent that was given none. */
    private Role otherwise(Id agent) {
        if (agent.equals(info.owner())) {
            return Role.ADMIN;
        }
        return info.mode() == StoreInfo.Mode.OPEN ? Role.WRITER : Role.NONE;
    }

    /** Everybody with a role that was given. */
    Map<Id, Role> members() {
        Map<Id, Role> members = new TreeMap<>();
        members.put(info.owner(), Role.ADMIN);
        for (Id agent : entries.keySet()) {
            members.put(agent, now(agent));
        }
        return members;
    }

    /** Whether somebody with this role may do what needs that one. */
    void check(Id author, Role role, Role needed) throws VoidException {
        if (info.mode() == StoreInfo.Mode.OWNED && !author.equals(info.owner())) {
            throw new VoidException(Code.NOT_ALLOWED, "only the owner writes to this store");
        }
        if (role.compareTo(needed) < 0) {
            throw new VoidException(
                    Code.NOT_ALLOWED, "it needs the role " + needed + ", the author's is " + role);
        }
    }

    /** Whether the author may make this change where it stands. */
    void check(Change change, Role role) throws VoidException {
        boolean roles = change.operations().get(0) instanceof Operation.SetRole;
        check(change.author(), role, roles ? Role.ADMIN : Role.WRITER);
        if (change.operations().get(0) instanceof Operation.Shred) {
            checkShreds(change, role);
            return;
        }
        if (!roles && change.operations().size() == 1) {
            return;
        }
        Set<Id> named = roles ? new HashSet<>() : Set.of();
        for (Operation operation : change.operations()) {
            if (operation instanceof Operation.SetRole set) {
                if (!roles
                        || !change.branch().isEmpty()
                        || set.agent().equals(info.owner())
                        || !named.add(set.agent())) {
                    throw new VoidException(
                            Code.NOT_ALLOWED,
                            "roles stand alone in a change of the main line, each agent once, and"
                                    + " the owner's does not change");
                }
            } else if (roles || operation.isPolicy()) {
                throw new VoidException(
                        Code.NOT_ALLOWED,
                        "roles, and shreds, stand alone in a change of the main line");
            }
        }
    }

    /** Who made a key may shred it, and an admin any. */
    private void checkShreds(Change change, Role role) throws VoidException {
        for (Operation operation : change.operations()) {
            if (!(operation instanceof Operation.Shred shred) || !change.branch().isEmpty()) {
                throw new VoidException(
                        Code.NOT_ALLOWED, "shreds stand alone in a change of the main line");
            }
            if (shred.proof() == null) {
                check(change.author(), role, Role.ADMIN);
            }
        }
    }

    /** Those that were given by changes with a row. */
    void write(Writer out, int[] rows) {
        Map<Id, List<Entry>> given = new TreeMap<>();
        entries.forEach(
                (agent, all) -> {
                    List<Entry> some =
                            all.stream()
                                    .filter(it -> rows[it.change()] >= 0)
                                    .sorted(Comparator.comparing(it -> rows[it.change()]))
                                    .toList();
                    if (!some.isEmpty()) {
                        given.put(agent, some);
                    }
                });
        out.uint(given.size());
        given.forEach(
                (agent, all) -> {
                    out.id(agent);
                    out.uint(all.size());
                    for (Entry entry : all) {
                        out.uint(rows[entry.change()]);
                        out.u8(entry.role().ordinal());
                    }
                });
    }

    /**
     * @param numbers of the rows that {@link #write} named
     */
    void read(Reader in, int[] numbers) throws MalformedException {
        for (int i = in.count("agents", 0, Integer.MAX_VALUE, Id.BYTES); i > 0; i--) {
            List<Entry> all = new ArrayList<>(1);
            entries.put(in.id(), all);
            for (int j = in.count("roles", 1, Integer.MAX_VALUE, 2); j > 0; j--) {
                int row = in.uint("a change", numbers.length - 1);
                all.add(new Entry(numbers[row], Role.values()[ChangeCodec.role(in.u8())]));
            }
        }
    }

    /** Of a change that is not void. */
    void apply(int number, Change change) {
        if (!(change.operations().get(0) instanceof Operation.SetRole)) {
            return; // roles stand alone
        }
        for (Operation operation : change.operations()) {
            if (operation instanceof Operation.SetRole set) {
                entries.computeIfAbsent(set.agent(), it -> new ArrayList<>(1))
                        .add(new Entry(number, Role.values()[set.role()]));
            }
        }
    }
}
