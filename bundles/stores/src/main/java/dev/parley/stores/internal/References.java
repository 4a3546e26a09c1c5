package dev.parley.stores.internal;

import dev.parley.crdt.api.StoreInfo;
import dev.parley.stores.api.StoreException;
import dev.parley.stores.api.StoreException.Code;
import java.util.List;

/**
 * Which store somebody means: the one with this whole id, which no other store's name can take from
 * it; else one with this name; else one whose id begins so.
 */
final class References {
    private static final int MIN_DIGITS = 6;

    private References() {}

    static StoreInfo find(String reference, List<StoreInfo> all) throws StoreException {
        String wanted = reference.strip();
        for (StoreInfo each : all) {
            if (each.id().hex().equals(wanted)) {
                return each;
            }
        }
        List<StoreInfo> named = all.stream().filter(it -> it.name().equals(wanted)).toList();
        List<StoreInfo> found =
                named.isEmpty() && wanted.matches("[0-9a-f]{" + MIN_DIGITS + ",64}")
                        ? all.stream().filter(it -> it.id().hex().startsWith(wanted)).toList()
                        : named;
        if (found.isEmpty()) {
            throw new StoreException(
                    Code.NO_SUCH_STORE, "no store '" + wanted + "' is followed here");
        }
        if (found.size() > 1) {
            throw new StoreException(
                    Code.AMBIGUOUS,
                    found.size()
                            + " stores are '"
                            + wanted
                            + "': "
                            + String.join(
                                    ", ",
                                    found.stream()
                                            .limit(4)
                                            .map(it -> it.id().hex().substring(0, 12))
                                            .toList()));
        }
        return found.get(0);
    }
}
