package dev.parley.stores.internal;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.Summary;
import dev.parley.storage.api.KeyValueStore;
import dev.parley.storage.api.StorageException;
import dev.parley.stores.api.StoreLink;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Whom a newcomer believes about one store: its owner, and the admins that its link named. That is
 * over as soon as a checkpoint was taken, or a change of one of them is here: from then on the
 * history says who is admin ({@code docs/protocols/0012-store-policy}, Checkpoints). The room's
 * actor owns it.
 */
final class Vouched {
    private static final System.Logger LOG = System.getLogger(Vouched.class.getName());
    private static final String KEY = "link/";

    private final KeyValueStore kept;
    private final Id store;
    private List<Id> admins = List.of();

    Vouched(KeyValueStore kept, Id store) {
        this.kept = kept;
        this.store = store;
        byte[] found = kept.get(KEY + store.hex()).orElse(new byte[0]);
        if (found.length % Id.BYTES == 0 && found.length <= StoreLink.MAX_ADMINS * Id.BYTES) {
            List<Id> read = new ArrayList<>();
            for (int at = 0; at < found.length; at += Id.BYTES) {
                read.add(Id.of(found, at, Id.BYTES));
            }
            admins = List.copyOf(read);
        }
    }

    /** Joined by a link that names these. */
    void name(List<Id> named) throws StorageException {
        if (named.isEmpty() || named.equals(admins)) {
            return;
        }
        byte[] encoded = new byte[named.size() * Id.BYTES];
        for (int i = 0; i < named.size(); i++) {
            named.get(i).copyTo(encoded, i * Id.BYTES);
        }
        kept.put(KEY + store.hex(), encoded);
        admins = List.copyOf(named);
    }

    /** Who is admin, as far as is known here. */
    List<Id> admins(Replica replica) {
        List<Id> known = Compacting.admins(replica);
        if (admins.isEmpty() || isKnown(replica)) {
            return known;
        }
        List<Id> all = new ArrayList<>(known);
        all.addAll(admins);
        return all;
    }

    private boolean isKnown(Replica replica) {
        Set<Id> named = new HashSet<>(admins);
        named.add(replica.info().owner());
        boolean isKnown =
                replica.summary().tips().stream()
                        .map(Summary.Tip::author)
                        .anyMatch(named::contains);
        if (isKnown) {
            end();
        }
        return isKnown;
    }

    /** More is known than the link said. */
    void end() {
        if (!admins.isEmpty()) {
            admins = List.of();
            try {
                kept.delete(KEY + store.hex());
            } catch (StorageException e) {
                LOG.log(System.Logger.Level.WARNING, "the link of store " + store.hex(), e);
            }
        }
    }
}
