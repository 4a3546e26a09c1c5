package dev.parley.gateway.internal;

import dev.parley.direct.api.BlobRequest;
import dev.parley.direct.api.Direct;
import dev.parley.direct.api.RequestException;
import dev.parley.gossip.api.Gossip;
import dev.parley.gossip.api.GossipMessage;
import dev.parley.gossip.api.Retention;
import dev.parley.gossip.api.Topic;
import dev.parley.identity.api.MachineId;
import dev.parley.storage.api.Hash;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/** Nobody to speak to. */
final class NoPeers implements Gossip, Direct {
    private static <T> CompletionStage<T> nobody() {
        return CompletableFuture.failedStage(new RequestException("NOT_CONNECTED", "nobody"));
    }

    @Override
    public CompletionStage<String> publish(Topic topic, byte[] payload, Retention retention) {
        return CompletableFuture.completedStage("");
    }

    @Override
    public AutoCloseable subscribe(String filter, Consumer<GossipMessage> consumer) {
        return () -> {};
    }

    @Override
    public Map<String, Long> counters() {
        return Map.of();
    }

    @Override
    public CompletionStage<byte[]> request(
            MachineId to, String method, byte[] body, Duration timeout) {
        return nobody();
    }

    @Override
    public CompletionStage<Path> fetch(
            BlobRequest blob, List<MachineId> holders, LongConsumer progress) {
        return nobody();
    }

    @Override
    public void offer(Hash blob) {}

    @Override
    public void withdraw(Hash blob) {}
}
