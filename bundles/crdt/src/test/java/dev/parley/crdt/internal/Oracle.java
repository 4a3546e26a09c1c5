package dev.parley.crdt.internal;

import dev.parley.crdt.api.ElementId;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.Role;
import dev.parley.crdt.api.SignedChange;
import dev.parley.crdt.api.StoreInfo;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What {@code 0010-crdt-changes} and {@code 0012-store-policy} say of a set of changes, worked out
 * sentence by sentence and from the start each time. Slow, and sharing nothing with what it judges
 * but the decoder.
 */
final class Oracle {
    static final long MAX_MINTED = 1L << 48;

    /** A change, or one that is about to be made and has no operations yet. */
    static final class Made {
        final int index;
        final AgentName agent;
        final @Nullable Made prev;
        final List<Made> builtOn;

        /** By index, without itself. */
        final BitSet past = new BitSet();

        final int start;
        final int seq;
        @Nullable SignedChange signed;
        List<Op> ops = List.of();
        long time;
        int end;
        boolean isVoid;
        Id id = ElementId.ROOT.change();

        Made(int index, AgentName agent, @Nullable Made prev, List<Made> builtOn) {
            this.index = index;
            this.agent = agent;
            this.prev = prev;
            this.builtOn = builtOn;
            start = prev == null ? 0 : prev.end;
            seq = prev == null ? 1 : prev.seq + 1;
            end = start;
            List<Made> parents = new ArrayList<>(builtOn);
            if (prev != null) {
                parents.add(prev);
            }
            for (Made parent : parents) {
                past.or(parent.past);
                past.set(parent.index);
            }
        }

        SignedChange signed() {
            if (signed == null) {
                throw new IllegalStateException("not made yet");
            }
            return signed;
        }
    }

    /** An operation; of several numbers if it is an insertion or deletion. */
    record Op(Made made, int number, Operation operation) {
        boolean knows(Op other) {
            return other.made == made ? other.number < number : made.past.get(other.made.index);
        }

        Id author() {
            return made.agent.author();
        }

        long millis() {
            return made.time >>> 16;
        }

        ElementId name() {
            return new ElementId(made.id, number - made.start);
        }
    }

    /** One number of an operation. */
    record Dot(Made made, int number) {
        ElementId name() {
            return new ElementId(made.id, number - made.start);
        }
    }

    final StoreInfo info;
    final OracleSeals seals;
    final List<Made> all = new ArrayList<>();
    final Map<Id, Made> byId = new HashMap<>();

    Oracle(StoreInfo info) {
        this.info = info;
        this.seals = new OracleSeals(info.id());
    }

    /** Takes a change whose past is here. */
    Made take(SignedChange signed) {
        Change change = Forge.read(signed);
        Id prev = change.prev();
        List<Made> builtOn = new ArrayList<>();
        for (Id dependency : change.dependencies()) {
            builtOn.add(get(dependency));
        }
        Made made = new Made(all.size(), change.agent(), prev == null ? null : get(prev), builtOn);
        made.signed = signed;
        made.id = signed.id();
        made.time = change.time();
        List<Op> ops = new ArrayList<>();
        for (Operation operation : change.operations()) {
            ops.add(new Op(made, made.end, operation));
            made.end += operation.length();
        }
        made.ops = ops;
        made.isVoid = !isValid(made);
        all.add(made);
        byId.put(made.id, made);
        return made;
    }

    Made get(Id id) {
        Made made = byId.get(id);
        if (made == null) {
            throw new IllegalArgumentException("no " + id);
        }
        return made;
    }

    /** Those and their past. */
    static BitSet closure(Iterable<Made> heads) {
        BitSet closure = new BitSet();
        for (Made head : heads) {
            closure.or(head.past);
            closure.set(head.index);
        }
        return closure;
    }

    /** What the changes of a branch have in their past, and they. */
    BitSet branch(String branch) {
        return closure(all.stream().filter(it -> it.agent.branch().equals(branch)).toList());
    }

    List<Made> heads(BitSet set) {
        BitSet covered = new BitSet();
        set.stream().forEach(it -> covered.or(all.get(it).past));
        return set.stream().filter(it -> !covered.get(it)).mapToObj(all::get).toList();
    }

    // ---- order ----

    static int later(Op a, Op b) {
        int byTime = Long.compareUnsigned(a.made.time, b.made.time);
        int byId = byTime != 0 ? byTime : a.made.id.compareTo(b.made.id);
        return byId != 0 ? byId : Integer.compare(a.number, b.number);
    }

    /** From an agent's first change to this one. */
    static List<Made> line(Made made) {
        List<Made> line = new ArrayList<>();
        for (Made at = made; at != null; at = at.prev) {
            line.add(0, at);
        }
        return line;
    }

    /** Author, branch, change id of the fork, number. */
    static int siblings(Dot a, Dot b) {
        int byName = a.made.agent.compareTo(b.made.agent);
        if (byName != 0) {
            return byName;
        }
        List<Made> lineA = line(a.made);
        List<Made> lineB = line(b.made);
        for (int i = 0; i < Math.min(lineA.size(), lineB.size()); i++) {
            if (lineA.get(i) != lineB.get(i)) {
                return lineA.get(i).id.compareTo(lineB.get(i).id);
            }
        }
        return Integer.compare(a.number, b.number);
    }

    // ---- references ----

    private static @Nullable Dot wayBack(@Nullable Made from, int number) {
        for (Made at = from; at != null; at = at.prev) {
            if (number >= at.start) {
                return new Dot(at, number);
            }
        }
        return null;
    }

    List<Made> ofIn(AgentName name, BitSet set) {
        return set.stream().mapToObj(all::get).filter(it -> it.agent.equals(name)).toList();
    }

    static boolean isForked(List<Made> of) {
        Set<Integer> seqs = new HashSet<>();
        return !of.stream().allMatch(it -> seqs.add(it.seq));
    }

    /** What a reference with this number names, for the operation with that one. */
    @Nullable Dot resolve(Made made, int operation, Ref ref, int number) {
        AgentName name = ref.agent();
        if (name == null) {
            return number < operation ? wayBack(made, number) : null;
        }
        List<Made> of = ofIn(name, made.past);
        Id fork = ref.fork();
        if (isForked(of) != (fork != null)) {
            return null;
        }
        if (fork != null) {
            Made way = byId.get(fork);
            return way == null || !of.contains(way) || number >= way.end
                    ? null
                    : wayBack(way, number);
        }
        for (Made each : of) {
            if (number >= each.start && number < each.end) {
                return new Dot(each, number);
            }
        }
        return null;
    }

    /** The operation that a reference names, if it is one of this object and not void. */
    @Nullable Op find(Op by, Ref ref, int number) {
        Dot dot = resolve(by.made, by.number, ref, number);
        return dot == null || dot.made.isVoid && dot.made != by.made
                ? null
                : at(dot, by.operation.path());
    }

    static @Nullable Op at(Dot dot, Path path) {
        for (Op op : dot.made.ops) {
            if (op.number <= dot.number && dot.number < op.number + op.operation.length()) {
                return op.operation.path().equals(path) ? op : null;
            }
        }
        return null;
    }

    // ---- roles ----

    Role role(Id agent, BitSet past) {
        if (agent.equals(info.owner())) {
            return Role.ADMIN;
        }
        Map<Made, Role> given = new HashMap<>();
        past.stream()
                .mapToObj(all::get)
                .filter(it -> !it.isVoid)
                .forEach(
                        it -> {
                            for (Op op : it.ops) {
                                if (op.operation instanceof Operation.SetRole set
                                        && set.agent().equals(agent)) {
                                    given.put(it, Role.values()[set.role()]);
                                }
                            }
                        });
        return given.entrySet().stream()
                .filter(
                        it ->
                                given.keySet().stream()
                                        .noneMatch(after -> after.past.get(it.getKey().index)))
                .map(Map.Entry::getValue)
                .min(Role::compareTo)
                .orElse(info.mode() == StoreInfo.Mode.OPEN ? Role.WRITER : Role.NONE);
    }

    Map<Id, Role> members() {
        BitSet everything = everything();
        Map<Id, Role> members = new TreeMap<>();
        members.put(info.owner(), Role.ADMIN);
        for (Made made : all) {
            for (Op op : made.ops) {
                if (!made.isVoid && op.operation instanceof Operation.SetRole set) {
                    members.put(set.agent(), role(set.agent(), everything));
                }
            }
        }
        return members;
    }

    // ---- what is valid ----

    private boolean isValid(Made made) {
        return isPlaced(made) && isAllowed(made) && new OracleCheck(this, made).isPossible();
    }

    private boolean isPlaced(Made made) {
        for (Made dependency : made.builtOn) {
            boolean covered =
                    dependency == made.prev
                            || made.prev != null && made.prev.past.get(dependency.index);
            for (Made other : made.builtOn) {
                covered |= other.past.get(dependency.index);
            }
            if (covered) {
                return false;
            }
        }
        return made.past.stream()
                .allMatch(it -> Long.compareUnsigned(all.get(it).time, made.time) < 0);
    }

    private boolean isAllowed(Made made) {
        Id author = made.agent.author();
        Role role = role(author, made.past);
        if (info.mode() == StoreInfo.Mode.OWNED && !author.equals(info.owner())
                || role.compareTo(Role.WRITER) < 0) {
            return false;
        }
        Set<Id> named = new HashSet<>();
        int roles = 0;
        int shreds = 0;
        for (Op op : made.ops) {
            if (op.operation instanceof Operation.Shred shred) {
                shreds++;
                if (!made.agent.branch().isEmpty() || shred.key() != null && role != Role.ADMIN) {
                    return false;
                }
            }
            if (op.operation instanceof Operation.SetRole set) {
                roles++;
                if (role != Role.ADMIN
                        || !made.agent.branch().isEmpty()
                        || set.agent().equals(info.owner())
                        || !named.add(set.agent())) {
                    return false;
                }
            }
        }
        return (roles == 0 || roles == made.ops.size())
                && (shreds == 0 || shreds == made.ops.size());
    }

    /** All that are here. */
    BitSet everything() {
        BitSet everything = new BitSet();
        everything.set(0, all.size());
        return everything;
    }

    static boolean isElement(@Nullable Op op) {
        return op != null
                && (op.operation instanceof Operation.Insert
                        || op.operation instanceof Operation.PlaceCell
                        || op.operation instanceof Operation.MoveCell);
    }

    static boolean isType(Path path, ObjectType... types) {
        return List.of(types).contains(path.type());
    }
}
