package dev.parley.mls.internal.group;

import dev.parley.mls.internal.codec.Bytes;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How far the own sending keys of each epoch were given out, for all states that come from one
 * another. An epoch may be reached more than once: from an older copy that was restored, or by
 * reading one commit again after a rival of it. Whoever comes later begins where the others end.
 *
 * <p>What a restored state was given is kept; of what was given out since, the epochs of late.
 * Thread-safe.
 */
final class Sent {
    private static final int KEPT = 4096;

    private final Map<Bytes, Reservation> ends = new LinkedHashMap<>();
    private int most = KEPT;

    /** What is known to be durable. */
    synchronized void restored(Reservation saved) {
        ends.merge(saved.epoch(), saved, Reservation::furthest);
        most = ends.size() + KEPT;
    }

    /**
     * Gives out that many more generations of each kind.
     *
     * @return the ends of before, where they begin
     */
    synchronized Reservation give(Bytes epoch, int count) {
        Reservation before = ends.getOrDefault(epoch, new Reservation(epoch, 0, 0));
        ends.remove(epoch);
        ends.put(epoch, before.further(count));
        Iterator<Bytes> oldest = ends.keySet().iterator();
        while (ends.size() > most) {
            oldest.next();
            oldest.remove();
        }
        return before;
    }
}
