package dev.parley.gateway.internal;

import dev.parley.catalog.api.Catalog;
import dev.parley.catalog.api.Entry;
import dev.parley.catalog.api.ReasonCode;
import dev.parley.catalog.api.RefusedException;
import dev.parley.gossip.api.Topic;
import dev.parley.identity.api.AgentId;
import dev.parley.identity.api.MachineId;
import dev.parley.identity.api.SignedRecord;
import dev.parley.storage.api.Hash;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A catalog with one plugin, hello, by the agent cc…cc. */
final class FakeCatalog implements Catalog {
    static final Entry HELLO =
            new Entry(
                    Hash.of(new byte[32]),
                    "org.example.hello",
                    "1.0.0",
                    "hello",
                    "Hello",
                    AgentId.of("cc".repeat(32)),
                    1234,
                    1,
                    "plugins/demo",
                    Map.of());

    @Override
    public List<Entry> search(String text) {
        return HELLO.name().contains(text) ? List.of(HELLO) : List.of();
    }

    @Override
    public Entry find(String ref) throws RefusedException {
        if (!ref.equals("hello")) {
            throw new RefusedException(ReasonCode.NOT_FOUND, "nobody announced '" + ref + "'");
        }
        return HELLO;
    }

    @Override
    public CompletionStage<SignedRecord> descriptor(Entry entry) {
        return new CompletableFuture<>();
    }

    @Override
    public CompletionStage<List<MachineId>> reachableHolders(Entry entry) {
        return CompletableFuture.completedStage(List.of());
    }

    @Override
    public CompletionStage<Hash> publish(SignedRecord descriptor, Topic topic) {
        return new CompletableFuture<>();
    }

    @Override
    public void hold(Entry entry, SignedRecord descriptor) {}

    @Override
    public Optional<SignedRecord> ownLatest(String bsn) {
        return Optional.empty();
    }

    @Override
    public java.util.List<dev.parley.catalog.api.Refusal> refusals() {
        return java.util.List.of();
    }

    @Override
    public void release(dev.parley.storage.api.Hash descriptor) {}

    @Override
    public boolean holds(dev.parley.storage.api.Hash blob) {
        return false;
    }
}
