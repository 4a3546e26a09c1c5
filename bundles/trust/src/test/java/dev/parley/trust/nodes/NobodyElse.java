package dev.parley.trust.nodes;

import dev.parley.direct.api.BlobRequest;
import dev.parley.direct.api.Direct;
import dev.parley.direct.api.RequestException;
import dev.parley.gossip.api.Gossip;
import dev.parley.gossip.api.GossipMessage;
import dev.parley.gossip.api.Retention;
import dev.parley.gossip.api.Topic;
import dev.parley.identity.api.MachineId;
import dev.parley.network.api.Network;
import dev.parley.network.api.NetworkException;
import dev.parley.network.api.Peer;
import dev.parley.storage.api.Hash;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/** A network of one; tells what is published. */
public class NobodyElse implements Network, Gossip, Direct {
    private final Consumer<byte[]> published;

    public NobodyElse() {
        this(payload -> {});
    }

    /**
     * @param published hears what is published
     */
    public NobodyElse(Consumer<byte[]> published) {
        this.published = published;
    }

    @Override
    public String listenAddress() {
        return "";
    }

    @Override
    public Collection<Peer> peers() {
        return List.of();
    }

    @Override
    public Optional<Peer> peer(MachineId machine) {
        return Optional.empty();
    }

    @Override
    public CompletionStage<Peer> connect(String hostPort) {
        return CompletableFuture.failedStage(
                new NetworkException(NetworkException.Code.UNREACHABLE, "nobody"));
    }

    @Override
    public void keepConnected(String hostPort) {}

    @Override
    public Collection<String> keptAddresses() {
        return List.of();
    }

    @Override
    public Collection<String> unreachable() {
        return List.of();
    }

    @Override
    public void recheck() {}

    @Override
    public CompletionStage<String> publish(Topic topic, byte[] payload, Retention retention) {
        published.accept(payload);
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

    private static <T> CompletionStage<T> nobody() {
        return CompletableFuture.failedStage(new RequestException("NOT_CONNECTED", "nobody"));
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
