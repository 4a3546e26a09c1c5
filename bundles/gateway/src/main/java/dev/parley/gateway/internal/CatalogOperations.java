package dev.parley.gateway.internal;

import dev.parley.catalog.api.Catalog;
import dev.parley.catalog.api.Entry;
import dev.parley.catalog.api.Refusal;
import dev.parley.gateway.api.Operation;
import dev.parley.gateway.api.Operation.Type;
import dev.parley.gateway.api.OperationSource;
import dev.parley.trust.api.TrustStore;
import dev.parley.wire.api.Value;
import java.util.ArrayList;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** What others announce. */
@Component(service = OperationSource.class)
public final class CatalogOperations implements OperationSource {
    private final Catalog catalog;
    private final TrustStore trust;

    @Activate
    public CatalogOperations(@Reference Catalog catalog, @Reference TrustStore trust) {
        this.catalog = catalog;
        this.trust = trust;
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get(
                                "announcements.search",
                                "/announcements",
                                "The announced plugins",
                                (arguments, progress) ->
                                        Value.map()
                                                .put(
                                                        "announcements",
                                                        Value.list(
                                                                catalog
                                                                        .search(
                                                                                arguments.text(
                                                                                        "query"))
                                                                        .stream()
                                                                        .map(this::describe)
                                                                        .toList()))
                                                .build())
                        .takes("query", Type.TEXT, "part of a name, title or publisher"),
                Operation.get(
                        "announcements.refused",
                        "/announcements/refused",
                        "The last announcements that were not taken, and why",
                        (arguments, progress) ->
                                Value.map()
                                        .put(
                                                "refused",
                                                Value.list(
                                                        catalog.refusals().stream()
                                                                .map(CatalogOperations::describe)
                                                                .toList()))
                                        .build()));
    }

    private static Value.Map describe(Refusal refusal) {
        return Value.map()
                .put("time", refusal.time().toString())
                .put("author", refusal.author().hex())
                .put("authorWords", refusal.author().words())
                .put("topic", refusal.topic())
                .put("code", refusal.code().name())
                .put("message", refusal.message())
                .build();
    }

    private Value.Map describe(Entry entry) {
        List<Value> holders = new ArrayList<>();
        entry.holders()
                .forEach(
                        (machine, address) ->
                                holders.add(
                                        Value.map()
                                                .put("machine", machine.hex())
                                                .put("address", address)
                                                .build()));
        return Value.map()
                .put("name", entry.name())
                .put("version", entry.version())
                .put("title", entry.title())
                .put("bsn", entry.bsn())
                .put("publisher", entry.publisher().hex())
                .put("publisherWords", entry.publisher().words())
                .put("trust", Levels.name(trust.level(entry.publisher())))
                .put("size", entry.size())
                .put("sequence", entry.sequence())
                .put("topic", entry.topic())
                .put("descriptor", entry.descriptor().hex())
                .put("holders", Value.list(holders))
                .build();
    }
}
