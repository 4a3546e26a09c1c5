package dev.parley.stores.internal;

import dev.parley.direct.api.BlobRequest;
import dev.parley.direct.api.Direct;
import dev.parley.direct.api.RequestException;
import dev.parley.gossip.api.Gossip;
import dev.parley.gossip.api.GossipMessage;
import dev.parley.gossip.api.Retention;
import dev.parley.gossip.api.Topic;
import dev.parley.identity.api.MachineId;
import dev.parley.identity.api.NetworkId;
import dev.parley.identity.internal.IdentityComponent;
import dev.parley.network.api.Network;
import dev.parley.network.api.NetworkException;
import dev.parley.network.api.Peer;
import dev.parley.storage.api.Hash;
import dev.parley.storage.api.Storage;
import dev.parley.trust.internal.TrustComponent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.UnaryOperator;

/** A network of one; counts what is published. */
final class Offline implements Network, Gossip, Direct {
    final AtomicLong published = new AtomicLong();

    /** What the one answers who is asked though nobody is connected; nothing, if that is empty. */
    volatile UnaryOperator<byte[]> other = question -> new byte[0];

    /** The room on a real disk with real keys, and nobody else. */
    static StoresComponent open(Path dir, Storage storage) throws Exception {
        return open(dir, storage, Limits.USUAL.indexEvery());
    }

    /** With an index after so many changes. */
    static StoresComponent open(Path dir, Storage storage, int indexEvery) throws Exception {
        return open(dir, storage, indexEvery, new Offline());
    }

    static StoresComponent open(Path dir, Storage storage, int indexEvery, Offline nobody)
            throws Exception {
        IdentityComponent identity =
                new IdentityComponent(dir, new NetworkId("parley.test"), "alone");
        return new StoresComponent(
                identity,
                storage,
                nobody,
                nobody,
                nobody,
                new TrustComponent(dir),
                new Limits(indexEvery, Limits.USUAL.summaryBytes()));
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
        published.incrementAndGet();
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
        byte[] answer = other.apply(body);
        return answer.length == 0 ? nobody() : CompletableFuture.completedStage(answer);
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
