package dev.parley.itests;

import dev.parley.catalog.api.Descriptor;
import dev.parley.direct.api.Caller;
import dev.parley.direct.api.MerkleTree;
import dev.parley.direct.api.RequestException;
import dev.parley.direct.api.RequestHandler;
import dev.parley.direct.internal.DirectComponent;
import dev.parley.gossip.api.Retention;
import dev.parley.gossip.api.Topic;
import dev.parley.gossip.internal.GossipComponent;
import dev.parley.identity.api.NetworkId;
import dev.parley.identity.api.SignedRecord;
import dev.parley.identity.internal.IdentityComponent;
import dev.parley.network.api.Peer;
import dev.parley.network.api.PeerStream;
import dev.parley.network.api.ProtocolHandler;
import dev.parley.network.internal.NetworkComponent;
import dev.parley.storage.api.Hash;
import dev.parley.storage.internal.StorageComponent;
import dev.parley.wire.api.ByteReader;
import dev.parley.wire.api.ByteWriter;
import dev.parley.wire.api.Cbor;
import dev.parley.wire.api.Frame;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.Value;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * A peer that proves its keys as it must and then says and serves whatever a test wants: it speaks
 * the protocols of 0004, 0007 and 0008 by hand.
 */
final class EvilPeer implements AutoCloseable {
    /** What is served for a chunk; junk and silence included. */
    interface Server {
        void serve(PeerStream stream, int chunk);
    }

    private final Path dir;
    private final IdentityComponent identity;
    private final NetworkComponent network;
    private final StorageComponent storage;
    private final DirectComponent direct;
    private final GossipComponent gossip;
    private final Map<Hash, byte[]> descriptors = new ConcurrentHashMap<>();
    private final Map<Hash, Server> blobs = new ConcurrentHashMap<>();

    EvilPeer(Path dir) throws Exception {
        this.dir = Files.createDirectories(dir);
        this.identity = new IdentityComponent(dir, new NetworkId("parley.demo"), "evil");
        this.network = new NetworkComponent("127.0.0.1:0", List.of(), dir.toString(), identity);
        this.storage = new StorageComponent(dir);
        this.direct = new DirectComponent(network, storage);
        this.gossip = new GossipComponent(identity);
        network.addHandler(gossip);
        network.addListener(gossip);
        network.addHandler(direct.protocols().get(0));
        network.addHandler(new BlobHandler());
        direct.addHandler(new DescriptorHandler());
    }

    @Override
    public void close() throws java.io.IOException {
        gossip.close();
        direct.close();
        network.close();
        storage.close();
    }

    String address() {
        return network.listenAddress();
    }

    String agent() {
        return identity.agent().hex();
    }

    /** Spreads any bytes as an announcement. */
    void announce(String key, byte[] payload) throws Exception {
        gossip.publish(new Topic("plugins/evil"), payload, new Retention(key, Duration.ofHours(1)))
                .toCompletableFuture()
                .get(5, TimeUnit.SECONDS);
    }

    Value.MapBuilder announcement(Hash descriptor, String name, String version, long sequence) {
        return Value.map()
                .put(0, Value.of(1))
                .put(1, Value.of(descriptor.bytes()))
                .put(2, Value.of(address()))
                .put(3, Value.of("evil." + name))
                .put(4, Value.of(version))
                .put(5, Value.of(name))
                .put(6, Value.of("Evil " + name))
                .put(7, Value.of(1000))
                .put(8, Value.of(sequence));
    }

    Descriptor describe(String name, byte[] jar, long sequence, Hash previous) throws Exception {
        return new Descriptor(
                "evil." + name,
                "1." + sequence + ".0",
                identity.agent(),
                jar.length,
                Hash.sha256(jar),
                tree(jar).root(),
                "evil.Evil",
                name,
                "Evil " + name,
                "",
                List.of(),
                PluginJar.tools(),
                sequence,
                previous,
                Instant.now(),
                "1.0.0");
    }

    byte[] sign(byte[] body) {
        return new SignedRecord(
                        body, identity.agentKey(), identity.signAsAgent(Descriptor.CONTEXT, body))
                .encode();
    }

    /** Offers a signed record, whatever it holds, and serves these bytes for it. */
    Hash offer(String name, long sequence, byte[] record, Hash blob, Server server)
            throws Exception {
        Hash hash = Hash.sha256(record);
        descriptors.put(hash, record);
        blobs.put(blob, server);
        announce(
                name,
                Cbor.encode(announcement(hash, name, "1." + sequence + ".0", sequence).build()));
        return hash;
    }

    /** Offers a jar honestly. */
    Hash offer(String name, byte[] jar, long sequence, Hash previous) throws Exception {
        Descriptor descriptor = describe(name, jar, sequence, previous);
        return offer(
                name, sequence, sign(descriptor.encode()), descriptor.sha256(), honest(jar, jar));
    }

    /** Serves the second bytes with the proofs of the first. */
    Server honest(byte[] proved, byte[] served) throws Exception {
        MerkleTree tree = tree(proved);
        return (stream, chunk) -> {
            List<Hash> proof = tree.proof(chunk);
            ByteWriter out = new ByteWriter(70_000).varint(chunk).varint(proof.size());
            proof.forEach(hash -> out.bytes(hash.bytes()));
            int at = chunk * 65_536;
            out.block(
                    Arrays.copyOfRange(
                            served, at, Math.max(at, Math.min(served.length, at + 65_536))));
            stream.send(new Frame(2, out.toByteArray()));
        };
    }

    private MerkleTree tree(byte[] jar) throws Exception {
        return MerkleTree.of(Files.write(Files.createTempFile(dir, "tree", ".bin"), jar));
    }

    private final class DescriptorHandler implements RequestHandler {
        @Override
        public String method() {
            return "catalog.descriptor";
        }

        @Override
        public CompletionStage<byte[]> handle(Caller caller, byte[] body) {
            byte[] record = descriptors.get(Hash.of(body));
            return record != null
                    ? CompletableFuture.completedFuture(record)
                    : CompletableFuture.failedFuture(new RequestException("NOT_HERE", "no"));
        }
    }

    private final class BlobHandler implements ProtocolHandler {
        @Override
        public String protocol() {
            return "/parley/blob/1";
        }

        @Override
        public void accept(Peer peer, PeerStream stream) {
            stream.receive(
                    frame -> {
                        try {
                            ByteReader in = new ByteReader(frame.body(), "wish");
                            Server server = blobs.get(Hash.of(in.bytes(32)));
                            int chunk = (int) in.varint();
                            if (server != null) {
                                server.serve(stream, chunk);
                            }
                        } catch (MalformedException e) {
                            stream.reset();
                        }
                    },
                    reason -> {});
        }
    }
}
