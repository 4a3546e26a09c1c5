package dev.parley.stores.internal;

import dev.parley.crdt.api.Id;
import dev.parley.direct.internal.DirectComponent;
import dev.parley.gossip.internal.GossipComponent;
import dev.parley.identity.api.NetworkId;
import dev.parley.identity.internal.IdentityComponent;
import dev.parley.network.internal.NetworkComponent;
import dev.parley.storage.internal.StorageComponent;
import dev.parley.trust.internal.TrustComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** Whole containers in this process, up to the room stores, over QUIC on loopback. */
final class Nodes {
    private final Path dir;
    private final List<Node> running = new ArrayList<>();

    Nodes(Path dir) {
        this.dir = dir;
    }

    record Node(
            IdentityComponent identity,
            NetworkComponent network,
            StorageComponent storage,
            GossipComponent gossip,
            DirectComponent direct,
            TrustComponent trust,
            StoresComponent stores) {
        Id agent() {
            return Id.of(identity.agent().bytes());
        }

        void close() throws Exception {
            stores.close();
            direct.close();
            gossip.close();
            network.close();
            storage.close();
        }
    }

    /** Starts one; its data is what it was if it ran before. */
    Node up(String name) throws Exception {
        return up(name, Limits.USUAL);
    }

    Node up(String name, Limits limits) throws Exception {
        Path data = Files.createDirectories(dir.resolve(name));
        IdentityComponent identity =
                new IdentityComponent(data, new NetworkId("parley.test"), name);
        NetworkComponent network =
                new NetworkComponent("127.0.0.1:0", List.of(), data.toString(), identity);
        StorageComponent storage = new StorageComponent(data);
        GossipComponent gossip = new GossipComponent(identity);
        DirectComponent direct = new DirectComponent(network, storage);
        TrustComponent trust = new TrustComponent(data);
        StoresComponent stores =
                new StoresComponent(identity, storage, network, gossip, direct, trust, limits);
        direct.addHandler(stores.handler());
        direct.protocols().forEach(network::addHandler);
        network.addHandler(gossip);
        network.addListener(gossip);
        network.addListener(stores);
        Node node = new Node(identity, network, storage, gossip, direct, trust, stores);
        running.add(node);
        return node;
    }

    void down(Node node) throws Exception {
        node.close();
        running.remove(node);
    }

    static void connect(Node from, Node to) throws Exception {
        get(from.network().connect(to.network().listenAddress()));
    }

    static <T> T get(CompletionStage<T> stage) throws Exception {
        try {
            return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    /** What a test waits for. */
    interface Condition {
        boolean holds() throws Exception;
    }

    static void await(int seconds, Condition condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (!condition.holds()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not so within " + seconds + " s");
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    void close() throws Exception {
        for (Node node : running) {
            node.close();
        }
        running.clear();
    }
}
