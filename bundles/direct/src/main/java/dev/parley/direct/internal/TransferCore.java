package dev.parley.direct.internal;

import dev.parley.direct.api.BlobRequest;
import dev.parley.direct.api.MerkleTree;
import dev.parley.identity.api.MachineId;
import dev.parley.storage.api.PartialBlob;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which chunk is asked of which holder, without I/O.
 *
 * <p>Each holder has a few chunks under way; one that is through takes the next missing chunk, so a
 * fast holder does more. A holder that owes chunks and from which none has come for {@link
 * #STALL_NANOS} since it was asked or since its last one, or that sends what the Merkle root does
 * not prove, is let go and its chunks go back to the queue. A holder whose connection ended may
 * come back within {@link #GRACE_NANOS}, a few times as long as nothing comes of it. When none is
 * left, the last reason is the reason of the failure; a bad chunk outweighs a stall.
 */
final class TransferCore {
    static final long STALL_NANOS = 4_000_000_000L;
    static final long GRACE_NANOS = 5_000_000_000L;
    static final int WINDOW = 8;
    static final int MAX_RETURNS = 3;

    /** What the shell is to do. */
    sealed interface Effect {
        record Ask(MachineId holder, int chunk) implements Effect {}

        record Write(int chunk, byte[] content) implements Effect {}

        record LetGo(MachineId holder, String code, String message) implements Effect {}

        record Complete() implements Effect {}

        record Fail(String code, String message) implements Effect {}
    }

    private final BlobRequest blob;
    private final int chunks;
    private final BitSet present;
    private final Deque<Integer> missing = new ArrayDeque<>();
    private final Map<MachineId, LinkedHashMap<Integer, Long>> holders = new LinkedHashMap<>();
    private final Map<MachineId, Long> lastChunk = new HashMap<>();
    private final Map<String, String> reasons = new HashMap<>();
    private final Map<MachineId, Long> away = new HashMap<>();
    private final Map<MachineId, Integer> returns = new HashMap<>();
    private boolean over;

    TransferCore(BlobRequest blob, BitSet present) {
        this.blob = blob;
        this.chunks = (int) ((blob.size() + PartialBlob.CHUNK_BYTES - 1) / PartialBlob.CHUNK_BYTES);
        this.present = (BitSet) present.clone();
        for (int chunk = 0; chunk < chunks; chunk++) {
            if (!present.get(chunk)) {
                missing.add(chunk);
            }
        }
    }

    long bytesPresent() {
        return Math.min(blob.size(), (long) present.cardinality() * PartialBlob.CHUNK_BYTES);
    }

    /**
     * All holders that will be tried are known; with none, or with nothing missing, it is over at
     * once.
     */
    List<Effect> start(List<MachineId> all, long now) {
        List<Effect> effects = new ArrayList<>();
        all.forEach(holder -> holders.put(holder, new LinkedHashMap<>()));
        check(effects);
        all.forEach(holder -> ask(holder, now, effects));
        return effects;
    }

    List<Effect> chunk(MachineId from, BlobFrame.Chunk chunk, long now) {
        List<Effect> effects = new ArrayList<>();
        LinkedHashMap<Integer, Long> underWay = holders.get(from);
        if (over || underWay == null) {
            return effects;
        }
        boolean asked = underWay.remove(chunk.chunk()) != null;
        long at = (long) chunk.chunk() * PartialBlob.CHUNK_BYTES;
        int length = (int) Math.min(PartialBlob.CHUNK_BYTES, blob.size() - at);
        if (!asked
                || chunk.content().length != length
                || !MerkleTree.proves(
                        blob.merkleRoot(), chunks, chunk.chunk(), chunk.content(), chunk.proof())) {
            if (asked) {
                missing.addFirst(chunk.chunk());
            }
            letGo(
                    from,
                    "FETCH_BAD_CHUNK",
                    "chunk "
                            + chunk.chunk()
                            + " from "
                            + from.words()
                            + " is not what the publisher signed",
                    now,
                    effects);
            return effects;
        }
        lastChunk.put(from, now);
        returns.remove(from);
        if (!present.get(chunk.chunk())) {
            present.set(chunk.chunk());
            effects.add(new Effect.Write(chunk.chunk(), chunk.content()));
        }
        check(effects);
        ask(from, now, effects);
        return effects;
    }

    List<Effect> lost(MachineId holder, String code, String message, long now) {
        List<Effect> effects = new ArrayList<>();
        letGo(holder, code, message, now, effects);
        return effects;
    }

    /** The connection to this holder ended; it is asked again if it {@link #back comes back}. */
    List<Effect> disconnected(MachineId holder, String message, long now) {
        if (!over && holders.containsKey(holder) && returns.getOrDefault(holder, 0) < MAX_RETURNS) {
            away.put(holder, now + GRACE_NANOS);
        }
        return lost(holder, "FETCH_NO_HOLDER", message, now);
    }

    /**
     * @return the holders that may come back
     */
    Set<MachineId> away() {
        return Set.copyOf(away.keySet());
    }

    List<Effect> back(MachineId holder, long now) {
        List<Effect> effects = new ArrayList<>();
        if (!over && away.remove(holder) != null) {
            returns.merge(holder, 1, Integer::sum);
            holders.put(holder, new LinkedHashMap<>());
            ask(holder, now, effects);
        }
        return effects;
    }

    List<Effect> tick(long now) {
        List<Effect> effects = new ArrayList<>();
        away.values().removeIf(until -> now > until);
        check(effects);
        for (MachineId holder : List.copyOf(holders.keySet())) {
            LinkedHashMap<Integer, Long> underWay = holders.get(holder);
            if (underWay != null
                    && !underWay.isEmpty()
                    && now
                                    - Math.max(
                                            underWay.values().iterator().next(),
                                            lastChunk.getOrDefault(holder, Long.MIN_VALUE))
                            > STALL_NANOS) {
                letGo(
                        holder,
                        "FETCH_STALLED",
                        holder.words() + " sent no chunk for " + STALL_NANOS / 1_000_000_000 + " s",
                        now,
                        effects);
            }
        }
        return effects;
    }

    private void ask(MachineId holder, long now, List<Effect> effects) {
        LinkedHashMap<Integer, Long> underWay = holders.get(holder);
        while (!over && underWay != null && underWay.size() < WINDOW && !missing.isEmpty()) {
            int chunk = missing.remove();
            if (!present.get(chunk)) {
                underWay.put(chunk, now);
                effects.add(new Effect.Ask(holder, chunk));
            }
        }
    }

    private void letGo(
            MachineId holder, String code, String message, long now, List<Effect> effects) {
        LinkedHashMap<Integer, Long> underWay = holders.remove(holder);
        if (over || underWay == null) {
            return;
        }
        missing.addAll(underWay.keySet());
        reasons.put(code, message);
        effects.add(new Effect.LetGo(holder, code, message));
        check(effects);
        holders.keySet().forEach(other -> ask(other, now, effects));
    }

    private void check(List<Effect> effects) {
        if (over) {
            return;
        }
        if (present.cardinality() == chunks) {
            over = true;
            effects.add(new Effect.Complete());
        } else if (holders.isEmpty() && away.isEmpty()) {
            over = true;
            for (String code : List.of("FETCH_BAD_CHUNK", "FETCH_STALLED")) {
                String message = reasons.get(code);
                if (message != null) {
                    effects.add(new Effect.Fail(code, message + "; no other holder is left"));
                    return;
                }
            }
            effects.add(
                    new Effect.Fail(
                            "FETCH_NO_HOLDER",
                            "nobody who holds "
                                    + blob.sha256().hex().substring(0, 16)
                                    + "… can be reached"
                                    + reasons.values().stream()
                                            .map(r -> "; " + r)
                                            .findFirst()
                                            .orElse("")));
        }
    }
}
