package dev.parley.stores.internal;

import dev.parley.identity.api.MachineId;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** Whom to ask for what a store misses: one at a time. */
final class Pulls {
    private static final int MAX_WANTED = 16;

    private final Set<MachineId> wanted = new LinkedHashSet<>();
    private boolean running;

    /** Whether something came since the neighbours were told. */
    boolean progress;

    /** When somebody was last looked for who has it. */
    long searchedAtNanos;

    void want(MachineId from) {
        if (wanted.size() < MAX_WANTED) {
            wanted.add(from);
        }
    }

    /** The next one, if none is being asked. */
    Optional<MachineId> begin() {
        if (running || wanted.isEmpty()) {
            return Optional.empty();
        }
        MachineId next = wanted.iterator().next();
        wanted.remove(next);
        running = true;
        return Optional.of(next);
    }

    void end() {
        running = false;
    }
}
