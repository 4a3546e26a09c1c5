package dev.parley.trust.nodes;

import dev.parley.direct.api.RequestHandler;
import dev.parley.direct.internal.DirectComponent;
import dev.parley.gossip.internal.GossipComponent;
import dev.parley.identity.api.NetworkId;
import dev.parley.identity.internal.IdentityComponent;
import dev.parley.network.api.PeerListener;
import dev.parley.network.internal.NetworkComponent;
import dev.parley.storage.internal.StorageComponent;
import dev.parley.trust.internal.TrustComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A container in this process up to the room trust, over QUIC on loopback. */
public record LowerRooms(
        IdentityComponent identity,
        NetworkComponent network,
        StorageComponent storage,
        GossipComponent gossip,
        DirectComponent direct,
        TrustComponent trust) {
    /** Its data is what it was if it ran before. It hears nobody before {@link #serve}. */
    static LowerRooms open(Path data, String name) throws Exception {
        Files.createDirectories(data);
        IdentityComponent identity =
                new IdentityComponent(data, new NetworkId("parley.test"), name);
        NetworkComponent network =
                new NetworkComponent("127.0.0.1:0", List.of(), data.toString(), identity);
        StorageComponent storage = new StorageComponent(data);
        GossipComponent gossip = new GossipComponent(identity);
        DirectComponent direct = new DirectComponent(network, storage);
        TrustComponent trust = new TrustComponent(data);
        return new LowerRooms(identity, network, storage, gossip, direct, trust);
    }

    /** Wires the rooms to each other, and to the one above. */
    public void serve(RequestHandler questions, PeerListener peers) {
        direct.addHandler(questions);
        direct.protocols().forEach(network::addHandler);
        network.addHandler(gossip);
        network.addListener(gossip);
        network.addListener(peers);
    }

    void close() throws Exception {
        direct.close();
        gossip.close();
        network.close();
        storage.close();
    }
}
