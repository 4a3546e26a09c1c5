package dev.parley.stores.internal;

import dev.parley.crdt.api.Id;
import dev.parley.identity.api.MachineId;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Which neighbours named changes by gossip and then did not give them ({@code
 * docs/protocols/0011-store-sync}, Live). What they name after that is asked for slowly.
 */
final class Rumours {
    static final int MAX_VAIN = 8;
    static final Duration SLOWLY = Duration.ofSeconds(2);
    private static final int MAX_NEIGHBOURS = 256;

    private final Map<MachineId, Neighbour> neighbours =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<MachineId, Neighbour> eldest) {
                    return size() > MAX_NEIGHBOURS;
                }
            };

    /** A change of a store, as it was named. */
    record Named(OpenStore store, Id change) {}

    private static final class Neighbour {
        private final Map<OpenStore, Id> later = new LinkedHashMap<>();
        private int vain;
        private long sinceNanos;

        /** One is forgotten with each {@link #SLOWLY}. */
        private int vain(long nowNanos) {
            long forgotten = (nowNanos - sinceNanos) / SLOWLY.toNanos();
            vain = (int) Math.max(0, vain - forgotten);
            sinceNanos = vain == 0 ? nowNanos : sinceNanos + forgotten * SLOWLY.toNanos();
            return vain;
        }
    }

    /** Whoever was asked because it named a change did not give it. */
    void wasVain(MachineId from, long nowNanos) {
        Neighbour neighbour = neighbours.computeIfAbsent(from, key -> new Neighbour());
        neighbour.vain = Math.min(MAX_VAIN, neighbour.vain(nowNanos) + 1);
    }

    boolean isAskedSlowly(MachineId from, long nowNanos) {
        Neighbour neighbour = neighbours.get(from);
        return neighbour != null && neighbour.vain(nowNanos) >= MAX_VAIN;
    }

    /**
     * Keeps what was named for later, the last one of each store.
     *
     * @return whether it is the first one
     */
    boolean later(MachineId from, OpenStore store, Id change) {
        Neighbour neighbour = neighbours.computeIfAbsent(from, key -> new Neighbour());
        boolean isFirst = neighbour.later.isEmpty();
        neighbour.later.put(store, change);
        return isFirst;
    }

    /** Takes the next one of those. */
    Optional<Named> next(MachineId from) {
        Neighbour neighbour = neighbours.get(from);
        if (neighbour == null || neighbour.later.isEmpty()) {
            return Optional.empty();
        }
        Iterator<Map.Entry<OpenStore, Id>> all = neighbour.later.entrySet().iterator();
        Map.Entry<OpenStore, Id> first = all.next();
        all.remove();
        return Optional.of(new Named(first.getKey(), first.getValue()));
    }

    boolean hasLater(MachineId from) {
        Neighbour neighbour = neighbours.get(from);
        return neighbour != null && !neighbour.later.isEmpty();
    }
}
