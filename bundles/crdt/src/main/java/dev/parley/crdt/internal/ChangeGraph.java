package dev.parley.crdt.internal;

import dev.parley.crdt.api.ElementId;
import dev.parley.crdt.api.Id;
import java.util.Arrays;
import java.util.BitSet;

/**
 * The hash graph of changes, without their operations: for each change its id, whose it is, what it
 * builds on and its past. Changes have dense numbers in the order they came, which is an order that
 * puts each after its past. Columns instead of objects, because there is one row per keystroke.
 */
final class ChangeGraph {
    private static final int NONE = -1;
    private static final int[] NO_DEPENDENCIES = {};

    private final Agents agents = new Agents(this);
    private final BitSet byAdmins = new BitSet();
    private int size;

    /** The change without an id yet; and how many there were, so that no two have one name. */
    private int open = NONE;

    private int begun;
    private byte[] ids = new byte[16 * Id.BYTES];
    private int[] agent = new int[16];
    private int[] seq = new int[16];
    private int[] start = new int[16];
    private int[] length = new int[16];
    private int[] prev = new int[16];
    private long[] time = new long[16];
    private boolean[] voided = new boolean[16];
    private int[][] dependencies = new int[16][];
    private Version[] foreign = new Version[16];

    /** Open addressing; 0 is empty, else the first half is of the id, the second change + 1. */
    private long[] index = new long[64];

    /** Per agent: its changes in order. */
    private int[][] chains = new int[4][];

    private int[] chainLengths = new int[4];
    private int[] heads = new int[4];
    private int headCount;

    Agents agents() {
        return agents;
    }

    int size() {
        return size;
    }

    Id id(int change) {
        return Id.of(ids, change * Id.BYTES, Id.BYTES);
    }

    int agent(int change) {
        return agent[change];
    }

    Id author(int change) {
        return agents.author(agent[change]);
    }

    int seq(int change) {
        return seq[change];
    }

    int start(int change) {
        return start[change];
    }

    int length(int change) {
        return length[change];
    }

    /** One past the change's last operation number. */
    int end(int change) {
        return start[change] + length[change];
    }

    /**
     * The latest time of the change and its past. Of a change that is not void it is its own time.
     */
    long time(int change) {
        return time[change];
    }

    /** Whether the author was admin in its past. */
    boolean isByAdmin(int change) {
        return byAdmins.get(change);
    }

    void markByAdmin(int change) {
        byAdmins.set(change);
    }

    /** What others call an operation; while its change has no id, a name for the time being. */
    ElementId element(long dot) {
        int change = changeOf(At.agent(dot), At.number(dot));
        return new ElementId(id(change), At.number(dot) - start[change]);
    }

    /**
     * @return the operation's dot, or {@link At#NOWHERE} if there is none
     */
    long dot(ElementId element) {
        int change =
                open != NONE && element.change().equalsAt(ids, open * Id.BYTES)
                        ? open
                        : find(element.change());
        return change == NONE || element.offset() < 0 || element.offset() >= length[change]
                ? At.NOWHERE
                : At.dot(agent[change], start[change] + element.offset());
    }

    /**
     * @return the author's change before, or -1
     */
    int prev(int change) {
        return prev[change];
    }

    int[] dependencies(int change) {
        return dependencies[change];
    }

    boolean isVoid(int change) {
        return voided[change];
    }

    void markVoid(int change) {
        voided[change] = true;
    }

    private int slot(Id id) {
        int hash = id.hashCode();
        int mask = index.length - 1;
        int at = hash & mask;
        for (long entry = index[at]; entry != 0; entry = index[at]) {
            if ((int) (entry >>> 32) == hash && id.equalsAt(ids, ((int) entry - 1) * Id.BYTES)) {
                break;
            }
            at = at + 1 & mask;
        }
        return at;
    }

    /**
     * @return its number, or -1
     */
    int find(Id id) {
        return (int) index[slot(id)] - 1;
    }

    /** As {@link #find}, quicker for the change that came last. */
    int findLate(Id id) {
        return size > 0 && id.equalsAt(ids, (size - 1) * Id.BYTES) ? size - 1 : find(id);
    }

    /** Whether the operation is in the past of the change, or of it and before this number. */
    boolean inPast(int change, int operationAgent, int number) {
        return operationAgent == agent[change]
                ? number < start[change]
                : foreign[change].contains(operationAgent, number);
    }

    boolean isBefore(int earlier, int change) {
        return earlier != change && inPast(change, agent[earlier], start[earlier]);
    }

    /** The past of a change without the operations of its own agent. */
    Version foreign(int change) {
        return foreign[change];
    }

    /** The past of a change and the change. */
    Version including(int change) {
        return foreign[change].with(agent[change], end(change));
    }

    /** The past of the change alone. */
    Version past(int change) {
        return start[change] == 0
                ? foreign[change]
                : foreign[change].with(agent[change], start[change]);
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
            if (prev[i] != NONE) {
                closure.set(prev[i]);
            }
            for (int dependency : dependencies[i]) {
                closure.set(dependency);
            }
        }
        return closure;
    }

    /** Changes that nothing builds on. */
    int[] heads() {
        return Arrays.copyOf(heads, headCount);
    }

    /** The change of a line that has this operation. */
    int changeOf(int ofAgent, int number) {
        int[] chain = chains[ofAgent];
        int low = 0;
        int high = chainLengths[ofAgent] - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (start[chain[middle]] <= number) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return chain[low];
    }

    /** The last change of a line. */
    int tip(int ofAgent) {
        return chains[ofAgent][chainLengths[ofAgent] - 1];
    }

    /** A change of a line, which are counted from 0. */
    int chained(int ofAgent, int index) {
        return chains[ofAgent][index];
    }

    int chainLength(int ofAgent) {
        return chainLengths[ofAgent];
    }

    /**
     * Takes a change in whose prev and dependencies are there.
     *
     * @return its number
     */
    int add(Id id, Change change, int operations, int prevChange, int[] builtOn) {
        int added = append(change.agent(), change.time(), prevChange, builtOn);
        length[added] = operations;
        seal(added, id);
        return added;
    }

    /** Gives a change that was begun its id. */
    void seal(int change, Id id) {
        id.copyTo(ids, change * Id.BYTES);
        remember(id, change);
        open = NONE;
    }

    /** Makes a change that was begun longer. */
    void extend(int change, int operations) {
        length[change] += operations;
    }

    /** Takes the last change back, if it was not sealed. */
    void cancel(int[] headsBefore) {
        int last = --size;
        open = NONE;
        byAdmins.clear(last);
        int owner = agent[last];
        chainLengths[owner]--;
        if (chainLengths[owner] == 0) {
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
        ElementId.pending(++begun).copyTo(ids, added * Id.BYTES);
        return added;
    }

    private int append(AgentName name, long at, int prevChange, int[] builtOn) {
        grow();
        int added = size++;
        seq[added] = prevChange == NONE ? 1 : seq[prevChange] + 1;
        start[added] = prevChange == NONE ? 0 : end(prevChange);
        length[added] = 0;
        time[added] = latest(at, prevChange, builtOn);
        voided[added] = false;
        prev[added] = prevChange;
        dependencies[added] = builtOn.length == 0 ? NO_DEPENDENCIES : builtOn;
        int owner = owner(name, prevChange, added);
        agent[added] = owner;
        foreign[added] = foreign(prevChange, builtOn, owner);
        int[] chain = chains[owner];
        if (chainLengths[owner] == chain.length) {
            chain = Arrays.copyOf(chain, chain.length * 2);
            chains[owner] = chain;
        }
        chain[chainLengths[owner]++] = added;
        replaceHeads(prevChange, builtOn, added);
        return added;
    }

    private long latest(long at, int prevChange, int[] builtOn) {
        long latest = at;
        if (prevChange != NONE && Long.compareUnsigned(time[prevChange], latest) > 0) {
            latest = time[prevChange];
        }
        for (int dependency : builtOn) {
            if (Long.compareUnsigned(time[dependency], latest) > 0) {
                latest = time[dependency];
            }
        }
        return latest;
    }

    private int owner(AgentName name, int prevChange, int added) {
        if (prevChange != NONE && tip(agent[prevChange]) == prevChange) {
            return agent[prevChange];
        }
        int parent = prevChange == NONE ? NONE : agent[prevChange];
        int line = agents.add(name, parent, start[added], added);
        if (line >= chains.length) {
            chains = Arrays.copyOf(chains, chains.length * 2);
            chainLengths = Arrays.copyOf(chainLengths, chains.length);
        }
        chains[line] = new int[4];
        chainLengths[line] = 0;
        return line;
    }

    private Version foreign(int prevChange, int[] builtOn, int owner) {
        Version past = Version.EMPTY;
        if (prevChange != NONE) {
            past = agent[prevChange] == owner ? foreign[prevChange] : including(prevChange);
        }
        for (int dependency : builtOn) {
            past = past.join(including(dependency));
        }
        return past;
    }

    private void remember(Id id, int added) {
        if (size * 2 > index.length) {
            long[] before = index;
            index = new long[before.length * 2];
            int mask = index.length - 1;
            for (long entry : before) {
                int at = (int) (entry >>> 32) & mask;
                while (entry != 0 && index[at] != 0) {
                    at = at + 1 & mask;
                }
                if (entry != 0) {
                    index[at] = entry;
                }
            }
        }
        index[slot(id)] = (long) id.hashCode() << 32 | added + 1;
    }

    private void replaceHeads(int prevChange, int[] builtOn, int added) {
        removeHead(prevChange);
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

    private void grow() {
        if (size < seq.length) {
            return;
        }
        int more = size + (size >> 1);
        ids = Arrays.copyOf(ids, more * Id.BYTES);
        agent = Arrays.copyOf(agent, more);
        seq = Arrays.copyOf(seq, more);
        start = Arrays.copyOf(start, more);
        length = Arrays.copyOf(length, more);
        prev = Arrays.copyOf(prev, more);
        time = Arrays.copyOf(time, more);
        voided = Arrays.copyOf(voided, more);
        dependencies = Arrays.copyOf(dependencies, more);
        foreign = Arrays.copyOf(foreign, more);
    }
}
