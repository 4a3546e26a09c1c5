package dev.parley.stores.internal;

import dev.parley.crdt.api.Checkpoint;
import dev.parley.identity.api.MachineId;
import java.io.ByteArrayOutputStream;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;

/**
 * What came of checkpoints' files whose holders have had their turn: it goes on from there when
 * they have the next one. Files of two holders may differ in who approved them, so each goes on
 * with its own.
 */
final class Fetches {
    static final int MAX_ASIDE = 4;

    private final Map<MachineId, Fetch> aside = new HashMap<>();

    private record Fetch(Checkpoint checkpoint, int length, ByteArrayOutputStream sofar) {
        int bytes() {
            return sofar.size();
        }
    }

    /** Keeps it; the one of which least came is given up if that is too much. */
    void putAside(
            MachineId from, SyncMessage.Checkpointed heard, ByteArrayOutputStream sofar, int max) {
        aside.put(from, new Fetch(heard.checkpoint(), heard.length(), sofar));
        while (aside.size() > MAX_ASIDE || bytes() > max) {
            aside.values().stream()
                    .min(Comparator.comparingInt(Fetch::bytes))
                    .ifPresent(aside.values()::remove);
        }
    }

    private long bytes() {
        return aside.values().stream().mapToLong(Fetch::bytes).sum();
    }

    /** What came before of the file that is offered now; empty if nothing did. */
    ByteArrayOutputStream goOn(MachineId from, SyncMessage.Checkpointed heard) {
        Fetch before = aside.remove(from);
        return before != null
                        && before.length() == heard.length()
                        && before.checkpoint().equals(heard.checkpoint())
                ? before.sofar()
                : new ByteArrayOutputStream();
    }

    /** None of them is needed any more. */
    void clear() {
        aside.clear();
    }
}
