package dev.parley.gateway.internal;

import dev.parley.crdt.api.Id;
import dev.parley.gateway.api.Arguments;
import dev.parley.gateway.api.Operation;
import dev.parley.gateway.api.Operation.Type;
import dev.parley.gateway.api.OperationException;
import dev.parley.gateway.api.OperationException.Kind;
import dev.parley.stores.api.SealStatus;
import dev.parley.stores.api.Stores;
import dev.parley.wire.api.Value;
import java.util.List;
import java.util.Locale;

/** The keys with which values of a store are sealed, and expunging what they seal. */
final class StoreSeals {
    private static final int MIN_DIGITS = 6;

    private final Stores stores;
    private final AgentNames agents;

    StoreSeals(Stores stores, AgentNames agents) {
        this.stores = stores;
        this.agents = agents;
    }

    List<Operation> operations() {
        return List.of(
                Operation.get(
                                "stores.seals",
                                "/stores/{store}/seals",
                                "With what values of a store are sealed",
                                (arguments, progress) -> list(arguments))
                        .needs("store", Type.TEXT, StoreOperations.ID),
                Operation.of(
                                "stores.expunge",
                                "POST",
                                "/stores/{store}/expunge",
                                "Destroys a key everywhere and for ever, and so all that is sealed"
                                        + " with it; who made it may, and admins",
                                (arguments, progress) -> expunge(arguments))
                        .needs("store", Type.TEXT, StoreOperations.ID)
                        .needs(
                                "key",
                                Type.TEXT,
                                "its label here, or its id or the id's first "
                                        + MIN_DIGITS
                                        + " or more digits"));
    }

    private Value list(Arguments arguments) throws OperationException {
        Id store = StoreOperations.store(stores, arguments);
        return Value.map()
                .put(
                        "seals",
                        Value.list(
                                StoreOperations.wait(stores.seals(store)).stream()
                                        .map(this::describe)
                                        .toList()))
                .build();
    }

    private Value describe(SealStatus seal) {
        Value.MapBuilder described =
                Value.map()
                        .put("key", seal.key().hex())
                        .put("label", seal.label())
                        .put("status", seal.status().name().toLowerCase(Locale.ROOT))
                        .put("values", seal.values());
        seal.author()
                .ifPresent(
                        author ->
                                described
                                        .put("author", author.hex())
                                        .put("authorName", agents.name(author)));
        return described.build();
    }

    private Value expunge(Arguments arguments) throws OperationException {
        Id store = StoreOperations.store(stores, arguments);
        SealStatus seal = find(store, arguments.text("key"));
        Id change = StoreOperations.wait(stores.expunge(store, seal.key()));
        return Value.map()
                .put("key", seal.key().hex())
                .put("label", seal.label())
                .put("values", seal.values())
                .put("change", change.hex())
                .build();
    }

    private SealStatus find(Id store, String wanted) throws OperationException {
        List<SealStatus> all = StoreOperations.wait(stores.seals(store));
        List<SealStatus> named =
                all.stream()
                        .filter(it -> !it.label().isEmpty() && it.label().equals(wanted))
                        .toList();
        if (named.isEmpty() && wanted.length() >= MIN_DIGITS) {
            named = all.stream().filter(it -> it.key().hex().startsWith(wanted)).toList();
        }
        if (named.size() == 1) {
            return named.get(0);
        }
        throw new OperationException(
                Kind.NOT_FOUND,
                "NO_SUCH_KEY",
                (named.isEmpty() ? "no key is '" : named.size() + " keys are '")
                        + wanted
                        + "', expected a label that was given here, or an id or its first "
                        + MIN_DIGITS
                        + " or more digits",
                "'parley store seals' shows them");
    }
}
