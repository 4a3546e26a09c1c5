package dev.parley.groups.internal.core;

import dev.parley.groups.api.GroupException;
import dev.parley.groups.api.GroupException.Reason;
import dev.parley.mls.api.Mls;
import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.SendReservation;
import dev.parley.storage.api.Hash;
import dev.parley.wire.api.ByteReader;
import dev.parley.wire.api.ByteWriter;
import dev.parley.wire.api.MalformedException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which of our sending keys may have been used, for each epoch that is kept or may come back. Not
 * thread-safe.
 *
 * <p>An epoch that gave way to its rivals comes back when its commit is read again. It would then
 * begin with keys that were used. So what was set aside in it outlives it, until no kept epoch can
 * lead to it: each commit raises the number by one, so none does whose number is not above that of
 * the oldest kept one.
 */
final class Reservations {
    /** Generations that are set aside at a time. */
    static final int AT_ONCE = 64;

    static final int MAX_EPOCHS = 1024;

    private static final String RESERVED = "r/";
    private static final String DROPPED = "d/";

    private static final class OfEpoch {
        final Map<String, byte[]> encoded = new LinkedHashMap<>();

        /** What the state that is here may still use. */
        int left;

        /** Of the epoch, once it was dropped. */
        Optional<Long> number = Optional.empty();
    }

    private final Outbox out;
    private final Map<Hash, OfEpoch> epochs = new LinkedHashMap<>();

    Reservations(Outbox out) {
        this.out = out;
    }

    /**
     * Sees to it that a generation of the epoch's sending keys is set aside. It is durable before
     * anything that uses it leaves, because effects are done in order.
     *
     * @throws GroupException BUSY if too many epochs in which we spoke may come back
     */
    void use(EpochNode node) throws GroupException {
        if (!epochs.containsKey(node.id()) && epochs.size() >= MAX_EPOCHS) {
            throw new GroupException(
                    Reason.BUSY,
                    "the head moved between more than "
                            + MAX_EPOCHS
                            + " epochs in which something was sent");
        }
        OfEpoch epoch = epochs.computeIfAbsent(node.id(), id -> new OfEpoch());
        if (epoch.left <= 0) {
            SendReservation reservation = node.inside().orElseThrow().state().reserve(AT_ONCE);
            byte[] encoded = reservation.encoded();
            String key = RESERVED + node.id().hex() + "/" + Hash.sha256(encoded).hex();
            epoch.encoded.put(key, encoded);
            out.put(key, encoded);
            reservation.durable();
            epoch.left = AT_ONCE;
        }
        epoch.left--;
    }

    /** The same epoch, beginning where an earlier reading of its commit ended. */
    EpochNode resumed(EpochNode node, Mls mls) throws MlsException, MalformedException {
        if (!epochs.containsKey(node.id()) || node.inside().isEmpty()) {
            return node;
        }
        EpochNode resumed = EpochNode.decode(node.encode(), mls, all());
        node.inside().get().state().destroy();
        return resumed;
    }

    /** The epoch's state goes, and may come back. */
    void dropped(EpochNode node) {
        OfEpoch epoch = epochs.get(node.id());
        if (epoch != null) {
            epoch.left = 0;
            epoch.number = Optional.of(node.number());
            out.put(DROPPED + node.id().hex(), new ByteWriter(8).i64(node.number()).toByteArray());
        }
    }

    /** Lets go of those that cannot come back. */
    void release(EpochTree tree) {
        long oldest = tree.oldest().number();
        Iterator<Map.Entry<Hash, OfEpoch>> left = epochs.entrySet().iterator();
        while (left.hasNext()) {
            Map.Entry<Hash, OfEpoch> entry = left.next();
            boolean above = entry.getValue().number.map(it -> it > oldest).orElse(false);
            if (!above && tree.find(entry.getKey()).isEmpty()) {
                delete(entry.getKey(), entry.getValue());
                left.remove();
            }
        }
    }

    /** All states went, and what comes after them are other epochs. */
    void releaseAll() {
        epochs.forEach(this::delete);
        epochs.clear();
    }

    private void delete(Hash id, OfEpoch epoch) {
        epoch.encoded.keySet().forEach(out::delete);
        if (epoch.number.isPresent()) {
            out.delete(DROPPED + id.hex());
        }
    }

    /** Of all epochs, as a state that is decoded wants them. */
    List<byte[]> all() {
        List<byte[]> all = new ArrayList<>();
        epochs.values().forEach(it -> all.addAll(it.encoded.values()));
        return all;
    }

    /** Takes what is its own of what is on disk. */
    void load(Map<String, byte[]> stored) throws MalformedException {
        for (Map.Entry<String, byte[]> entry : stored.entrySet()) {
            String key = entry.getKey();
            if (key.startsWith(RESERVED)) {
                of(key.substring(2, 66)).encoded.put(key, entry.getValue());
            } else if (key.startsWith(DROPPED)) {
                ByteReader in = new ByteReader(entry.getValue(), "dropped epoch");
                of(key.substring(2)).number = Optional.of(in.i64());
                in.end();
            }
        }
    }

    private OfEpoch of(String id) {
        return epochs.computeIfAbsent(Hash.of(id), it -> new OfEpoch());
    }
}
