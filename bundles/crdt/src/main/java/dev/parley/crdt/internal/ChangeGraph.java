package dev.parley.crdt.internal;

import dev.parley.crdt.api.ElementId;
import dev.parley.crdt.api.Id;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The hash graph of changes, without their operations: for each change its id, whose it is, what it
 * builds on and its past. Changes have dense numbers in the order they came, which is an order that
 * puts each after its past. Columns instead of objects, because there is one row per keystroke.
 */
final class ChangeGraph {
    private static final int NONE = -1;

    private final Agents agents = new Agents(this);
    private int size;

    /** The change without an id yet; and how many there were, so that no two have one name. */
    private int open = NONE;

    private int begun;

    /** The change that was sealed last, and its id. */
    private int lastSealed = NONE;

    private Id last = ElementId.pending(0);
    private final GraphRows rows = new GraphRows();

    /** Of the changes that are not below a checkpoint. */
    private final IdIndex index = new IdIndex(rows);

    private final IdPrefixes prefixes =
            new IdPrefixes(it -> knowsId(it) ? Optional.of(id(it)) : Optional.empty());

    /** Per agent: its changes in order. */
    private Chain[] chains = new Chain[4];

    private int[] heads = new int[4];
    private int headCount;

    Agents agents() {
        return agents;
    }

    int size() {
        return size;
    }

    Id id(int change) {
        return change == open
                ? ElementId.pending(begun)
                : change == lastSealed ? last : rows.id(change);
    }

    int agent(int change) {
        return rows.agent(change);
    }

    Id author(int change) {
        return agents.author(rows.agent(change));
    }

    int seq(int change) {
        return rows.seq(change);
    }

    int start(int change) {
        return rows.start(change);
    }

    int length(int change) {
        return rows.length(change);
    }

    /** One past the change's last operation number. */
    int end(int change) {
        return rows.end(change);
    }

    /**
     * The latest time of the change and its past. Of a change that is not void it is its own time.
     */
    long time(int change) {
        return rows.time(change);
    }

    /** Whether the author was admin in its past. */
    boolean isByAdmin(int change) {
        return rows.isByAdmin(change);
    }

    void markByAdmin(int change) {
        rows.markByAdmin(change);
    }

    /**
     * What others call an operation; while its change has no id, a name for the time being. If the
     * id of its change is not here, the name is how far it lies before a later change of the line.
     */
    ElementId element(long dot) {
        int change = changeOf(At.agent(dot), At.number(dot));
        int named = rows.knowsId(change) ? change : rows.base().nextNamed(change);
        return new ElementId(id(named), At.number(dot) - rows.start(named));
    }

    /**
     * @return the operation's dot, or {@link At#NOWHERE} if there is none
     */
    long dot(ElementId element) {
        int change =
                open != NONE && element.change().equals(ElementId.pending(begun))
                        ? open
                        : find(element.change());
        if (change == NONE || element.offset() >= rows.length(change)) {
            return At.NOWHERE;
        }
        int number = rows.start(change) + element.offset();
        return number < 0 ? At.NOWHERE : At.dot(agents.owner(rows.agent(change), number), number);
    }

    /**
     * @return the author's change before, or -1
     */
    int prev(int change) {
        return rows.prev(change);
    }

    int[] dependencies(int change) {
        return rows.dependencies(change);
    }

    boolean isVoid(int change) {
        return rows.isVoid(change);
    }

    void markVoid(int change) {
        rows.markVoid(change);
    }

    /**
     * @return its number, or -1
     */
    int find(Id id) {
        int below = rows.base().count();
        int complete = open == NONE ? size : open;
        int found = index.find(id, complete - below);
        return found != NONE ? below + found : below == 0 ? NONE : rows.base().find(id);
    }

    /** Ids of changes, in order. */
    List<Id> ids(int[] changes) {
        return IntStream.of(changes).mapToObj(this::id).sorted().toList();
    }

    /** The changes whose ids are here and begin so; stops at a limit. */
    List<Id> startingWith(String hex, int limit) {
        return prefixes.find(hex, limit, open == NONE ? size : open);
    }

    /**
     * Whether a body is that of a change with the last one as its author's change before, and so of
     * one that is not here. Says no when it is not sure.
     */
    boolean isNext(byte[] body) {
        int at = ChangeCodec.prevAt(body);
        return at > 0 && size > 0 && open == NONE && rows.hasId(size - 1, body, at);
    }

    /** As {@link #find}, quicker for the change that came last. */
    int findLate(Id id) {
        return size > 0 && rows.hasId(size - 1, id) ? size - 1 : find(id);
    }

    /** Whether the operation is in the past of the change, or of it and before this number. */
    boolean inPast(int change, int operationAgent, int number) {
        return operationAgent == rows.agent(change)
                ? number < rows.start(change)
                : rows.foreign(change).contains(operationAgent, number);
    }

    boolean isBefore(int earlier, int change) {
        return earlier != change && inPast(change, rows.agent(earlier), rows.start(earlier));
    }

    /** The past of a change without the operations of its own agent. */
    Version foreign(int change) {
        return rows.foreign(change);
    }

    /** The past of a change and the change. */
    Version including(int change) {
        return rows.foreign(change).with(rows.agent(change), rows.end(change));
    }

    /** The past of the change alone. */
    Version past(int change) {
        return rows.start(change) == 0
                ? rows.foreign(change)
                : rows.foreign(change).with(rows.agent(change), rows.start(change));
    }

    /** All that is there. */
    Version all() {
        Version all = Version.EMPTY;
        for (int i = 0; i < headCount; i++) {
            all = all.join(including(heads[i]));
        }
        return all;
    }

    Version including(int[] changes) {
        Version all = Version.EMPTY;
        for (int change : changes) {
            all = all.join(including(change));
        }
        return all;
    }

    /** These changes and their past, by number. */
    BitSet closure(int[] changes) {
        BitSet closure = new BitSet(size);
        int highest = NONE;
        for (int change : changes) {
            closure.set(change);
            highest = Math.max(highest, change);
        }
        // What a change builds on has a lower number.
        for (int i = highest; i >= 0; i = closure.previousSetBit(i - 1)) {
            if (!closure.get(i)) {
                continue;
            }
            if (rows.prev(i) != NONE) {
                closure.set(rows.prev(i));
            }
            for (int dependency : rows.dependencies(i)) {
                closure.set(dependency);
            }
        }
        return closure;
    }

    /** Changes that nothing builds on. */
    int[] heads() {
        return Arrays.copyOf(heads, headCount);
    }

    /**
     * As {@link #heads()}.
     *
     * @param likely given back if it is them, in this order
     */
    int[] heads(int[] likely) {
        return Arrays.equals(heads, 0, headCount, likely, 0, likely.length) ? likely : heads();
    }

    /** The change of a line that has this operation. */
    int changeOf(int ofAgent, int number) {
        return chains[ofAgent].with(number, rows, rows.base());
    }

    /** The last change of a line. */
    int tip(int ofAgent) {
        return chains[ofAgent].last(rows.base());
    }

    /** A change of a line, which are counted from 0. */
    int chained(int ofAgent, int index) {
        return chains[ofAgent].get(index, rows.base());
    }

    int chainLength(int ofAgent) {
        return chains[ofAgent].length();
    }

    /**
     * Takes a change in whose prev and dependencies are there.
     *
     * @return its number
     */
    int add(Id id, Change change, int operations, int prevChange, int[] builtOn) {
        int added = append(change.agent(), change.time(), prevChange, builtOn);
        rows.extend(added, operations);
        seal(added, id);
        return added;
    }

    /** Gives a change that was begun its id. */
    void seal(int change, Id id) {
        rows.id(change, id);
        lastSealed = change;
        last = id;
        open = NONE;
    }

    /** Makes a change that was begun longer. */
    void extend(int change, int operations) {
        rows.extend(change, operations);
    }

    /** Takes the last change back, if it was not sealed. */
    void cancel(int[] headsBefore) {
        int last = --size;
        open = NONE;
        int owner = rows.agent(last);
        chains[owner].removeLast();
        if (chains[owner].length() == 0) {
            agents.removeLast();
        }
        heads = headsBefore.length == 0 ? new int[4] : headsBefore.clone();
        headCount = headsBefore.length;
    }

    /**
     * Begins a change of a length that is not known yet. Until it is sealed it has no id but a name
     * that {@link ElementId#isPending} knows.
     *
     * @param prevChange -1 if it is the agent's first
     * @return its number
     */
    int begin(AgentName name, long at, int prevChange, int[] builtOn) {
        int added = append(name, at, prevChange, builtOn);
        open = added;
        begun++;
        return added;
    }

    /**
     * Begins with changes below a checkpoint; before any other is there. All but the first of the
     * run build on the one before alone. They are added to {@link #base} next.
     *
     * @param step by how much the time goes on from one to the next
     * @param idsAt as {@link BaseRows} has it
     * @return the line
     */
    int beginBase(
            AgentName name,
            int prevChange,
            int[] builtOn,
            long at,
            long step,
            boolean isVoid,
            int idsAt) {
        int owner = owner(name, prevChange, prevChange == NONE ? 0 : end(prevChange), size);
        rows.base()
                .begin(
                        owner,
                        prevChange == NONE ? 1 : rows.seq(prevChange) + 1,
                        prevChange,
                        builtOn,
                        foreign(prevChange, builtOn, owner),
                        at,
                        step,
                        isVoid,
                        idsAt);
        return owner;
    }

    /**
     * Takes the run that was begun, and has its changes now, as the end of a line.
     *
     * @return the number of the last one
     */
    int endBase(int line, int prevChange, int[] builtOn) {
        BaseRows base = rows.base();
        base.end();
        chains[line].addRun(base.runs() - 1, base.count() - size);
        size = base.count();
        rows.base(base);
        replaceHeads(prevChange, builtOn, size - 1);
        return size - 1;
    }

    BaseRows base() {
        return rows.base();
    }

    /** Whether ids of changes below the checkpoint are not here. */
    boolean lacksIds() {
        return rows.base().lacksIds();
    }

    boolean knowsId(int change) {
        return rows.knowsId(change);
    }

    /** Takes the ids that were not here, in the order of the changes. */
    void addIds(byte[] ids) {
        rows.base().apart(ids);
        prefixes.forget();
    }

    /** The time that a change gets which says it is of this one. */
    long latest(long at, int prevChange, int[] builtOn) {
        long latest = at;
        if (prevChange != NONE && Long.compareUnsigned(rows.time(prevChange), latest) > 0) {
            latest = rows.time(prevChange);
        }
        for (int dependency : builtOn) {
            if (Long.compareUnsigned(rows.time(dependency), latest) > 0) {
                latest = rows.time(dependency);
            }
        }
        return latest;
    }

    private int append(AgentName name, long at, int prevChange, int[] builtOn) {
        int added = size++;
        int start = prevChange == NONE ? 0 : rows.end(prevChange);
        int owner = owner(name, prevChange, start, added);
        rows.set(
                added,
                owner,
                prevChange == NONE ? 1 : rows.seq(prevChange) + 1,
                start,
                prevChange,
                latest(at, prevChange, builtOn),
                builtOn,
                foreign(prevChange, builtOn, owner));
        chains[owner].add(added);
        replaceHeads(prevChange, builtOn, added);
        return added;
    }

    private int owner(AgentName name, int prevChange, int start, int added) {
        int parent = prevChange == NONE ? NONE : rows.agent(prevChange);
        if (parent != NONE && tip(parent) == prevChange) {
            return parent;
        }
        int line = agents.add(name, parent, start, added);
        if (line >= chains.length) {
            chains = Arrays.copyOf(chains, chains.length * 2);
        }
        chains[line] = new Chain();
        return line;
    }

    private Version foreign(int prevChange, int[] builtOn, int owner) {
        Version past = Version.EMPTY;
        if (prevChange != NONE) {
            past =
                    rows.agent(prevChange) == owner
                            ? rows.foreign(prevChange)
                            : including(prevChange);
        }
        for (int dependency : builtOn) {
            past = past.join(including(dependency));
        }
        return past;
    }

    private void replaceHeads(int prevChange, int[] builtOn, int added) {
        if (headCount == 1 && heads[0] == prevChange && builtOn.length == 0) {
            heads[0] = added;
            return;
        }
        if (prevChange != NONE) {
            removeHead(prevChange);
        }
        for (int dependency : builtOn) {
            removeHead(dependency);
        }
        if (headCount == heads.length) {
            heads = Arrays.copyOf(heads, headCount * 2);
        }
        heads[headCount++] = added;
    }

    private void removeHead(int change) {
        for (int i = headCount - 1; i >= 0; i--) {
            if (heads[i] == change) {
                heads[i] = heads[--headCount];
                return;
            }
        }
    }
}
