package dev.parley.stores.internal;

import dev.parley.crdt.api.Id;
import dev.parley.identity.api.MachineId;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Whom to ask for what a store misses: one at a time, and in turns if several may have it. */
final class Pulls {
    private static final int MAX_WANTED = 16;
    private static final int MAX_ASKED = 4096;
    private static final long ASK_AGAIN_NANOS = 10_000_000_000L;
    private static final long TURN_NANOS = 10_000_000_000L;

    private final Set<MachineId> wanted = new LinkedHashSet<>();
    private final Map<MachineId, Id> named = new HashMap<>();
    private Optional<Prompt> prompt = Optional.empty();
    private boolean running;
    private long beganNanos;

    /** Why somebody is being asked: it named a change by gossip. */
    record Prompt(MachineId from, Id change) {}

    /** Whether something came since the neighbours were told. */
    boolean progress;

    /** When somebody was last looked for who has it. */
    long searchedAtNanos;

    /** When what could not be checked last led to a pull. */
    long doubtedAtNanos;

    private final Map<Id, Long> asked =
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Id, Long> eldest) {
                    return size() > MAX_ASKED;
                }
            };

    /**
     * Whether to ask for a change by its name: not again and again, whoever says that something
     * builds on it. The rounds of comparing ask for all that is missed anyway.
     */
    boolean mayAsk(Id change, long nowNanos) {
        Long before = asked.get(change);
        if (before != null && nowNanos - before < ASK_AGAIN_NANOS) {
            return false;
        }
        asked.remove(change);
        asked.put(change, nowNanos);
        return true;
    }

    void want(MachineId from) {
        if (wanted.size() < MAX_WANTED) {
            wanted.add(from);
        }
    }

    /** The same, because it named this change by gossip. */
    void want(MachineId from, Id change) {
        if (!wants(from)) {
            want(from);
            if (wants(from)) {
                named.put(from, change);
            }
        }
    }

    /** Whether it will be asked anyway. */
    boolean wants(MachineId from) {
        return wanted.contains(from);
    }

    /** The next one, if none is being asked. */
    Optional<MachineId> begin(long nowNanos) {
        if (running || wanted.isEmpty()) {
            return Optional.empty();
        }
        MachineId next = wanted.iterator().next();
        wanted.remove(next);
        prompt = Optional.ofNullable(named.remove(next)).map(it -> new Prompt(next, it));
        running = true;
        beganNanos = nowNanos;
        return Optional.of(next);
    }

    /** Whether the one who is being asked has had its turn, and somebody else waits for one. */
    boolean isTurnOver(long nowNanos) {
        return !wanted.isEmpty() && nowNanos - beganNanos > TURN_NANOS;
    }

    /**
     * @return the change that whoever was asked had named, if that was why
     */
    Optional<Prompt> end() {
        running = false;
        Optional<Prompt> ended = prompt;
        prompt = Optional.empty();
        return ended;
    }
}
