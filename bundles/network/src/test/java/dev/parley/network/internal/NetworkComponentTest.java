package dev.parley.network.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.identity.api.Identity;
import dev.parley.identity.api.NetworkId;
import dev.parley.identity.internal.IdentityComponent;
import dev.parley.network.api.NetworkException;
import dev.parley.network.api.Peer;
import dev.parley.network.api.PeerGate;
import dev.parley.network.api.PeerListener;
import dev.parley.network.api.PeerStream;
import dev.parley.network.api.ProtocolHandler;
import dev.parley.wire.api.Frame;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetworkComponentTest {
    private static final String ECHO = "/test/echo/1";

    @TempDir private Path dir;

    private final List<NetworkComponent> open = new ArrayList<>();

    @AfterEach
    void close() {
        open.forEach(NetworkComponent::close);
    }

    private Identity identity(String name, String network) throws Exception {
        return new IdentityComponent(dir.resolve(name), new NetworkId(network), name);
    }

    private NetworkComponent start(String name, String... peers) throws Exception {
        return start(identity(name, "parley.test"), "127.0.0.1:0", peers);
    }

    private NetworkComponent start(Identity identity, String listen, String... peers)
            throws Exception {
        NetworkComponent network =
                new NetworkComponent(listen, List.of(peers), dir.toString(), identity);
        open.add(network);
        network.addHandler(new Echo());
        return network;
    }

    private static final class Echo implements ProtocolHandler {
        @Override
        public String protocol() {
            return ECHO;
        }

        @Override
        public void accept(Peer peer, PeerStream stream) {
            stream.receive(frame -> stream.send(frame), reason -> stream.finish());
        }
    }

    static void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("within 15 s").isLessThan(end);
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    private static Peer connect(NetworkComponent from, String to) throws Exception {
        return from.connect(to).toCompletableFuture().get(15, TimeUnit.SECONDS);
    }

    private static NetworkException failure(NetworkComponent from, String to) {
        try {
            connect(from, to);
        } catch (ExecutionException e) {
            return java.util.Objects.requireNonNull((NetworkException) e.getCause());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        throw new AssertionError("connected, expected a refusal");
    }

    @Test
    void bothEndsKnowWhoTheOtherIs() throws Exception {
        Identity alice = identity("alice", "parley.test");
        Identity bob = identity("bob", "parley.test");
        NetworkComponent a = start(alice, "127.0.0.1:0");
        NetworkComponent b = start(bob, "127.0.0.1:0");
        Peer peer = connect(b, a.listenAddress());
        assertThat(peer.machine()).isEqualTo(alice.machine());
        assertThat(peer.agent()).isEqualTo(alice.agent());
        assertThat(peer.address()).isEqualTo(a.listenAddress());
        await(() -> a.peer(bob.machine()).isPresent());
        assertThat(a.peer(bob.machine()).orElseThrow().agent()).isEqualTo(bob.agent());
    }

    @Test
    void whoDialsIsSeenAtTheAddressItListensOn() throws Exception {
        Identity bob = identity("bob", "parley.test");
        NetworkComponent a = start("alice");
        NetworkComponent b = start(bob, "127.0.0.1:0");
        connect(b, a.listenAddress());
        await(() -> a.peer(bob.machine()).isPresent());
        Connection seen = (Connection) a.peer(bob.machine()).orElseThrow();
        assertThat(String.valueOf(seen.channel().remoteSocketAddress()))
                .endsWith(b.listenAddress());
    }

    @Test
    void manyStreamsCarryTheirFramesInOrder() throws Exception {
        NetworkComponent a = start("alice");
        NetworkComponent b = start("bob");
        Peer peer = connect(b, a.listenAddress());
        int streams = 300;
        CountDownLatch ended = new CountDownLatch(streams);
        AtomicLong wrong = new AtomicLong();
        for (int i = 0; i < streams; i++) {
            int number = i;
            PeerStream stream = peer.open(ECHO).toCompletableFuture().get(5, TimeUnit.SECONDS);
            List<Integer> got = new ArrayList<>();
            stream.receive(
                    frame -> got.add(frame.type()),
                    reason -> {
                        if (!got.equals(List.of(1, 2, 3)) || !"end".equals(reason)) {
                            wrong.incrementAndGet();
                        }
                        ended.countDown();
                    });
            for (int type = 1; type <= 3; type++) {
                stream.send(new Frame(type, new byte[number]));
            }
            stream.finish();
        }
        assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(wrong).hasValue(0);
    }

    @Test
    void aSlowReaderHoldsTheSenderBackWithinTheBound() throws Exception {
        NetworkComponent a = start("alice");
        NetworkComponent b = start("bob");
        CompletableFuture<PeerStream> accepted = new CompletableFuture<>();
        AtomicLong received = new AtomicLong();
        a.addHandler(
                new ProtocolHandler() {
                    @Override
                    public String protocol() {
                        return "/test/sink/1";
                    }

                    @Override
                    public void accept(Peer peer, PeerStream stream) {
                        stream.pause();
                        stream.receive(
                                frame -> received.addAndGet(frame.body().length), reason -> {});
                        stream.pause();
                        accepted.complete(stream);
                    }
                });
        PeerStream stream =
                connect(b, a.listenAddress())
                        .open("/test/sink/1")
                        .toCompletableFuture()
                        .get(5, TimeUnit.SECONDS);
        PeerStream sink = accepted.get(5, TimeUnit.SECONDS);
        byte[] body = new byte[65_536];
        int sent = 0;
        while (stream.send(new Frame(7, body))) {
            sent++;
            assertThat(sent).isLessThan(1000);
        }
        TimeUnit.MILLISECONDS.sleep(300);
        while (stream.send(new Frame(7, body))) {
            sent++;
            assertThat(sent).isLessThan(1000);
        }
        sink.resume();
        stream.drained().toCompletableFuture().get(10, TimeUnit.SECONDS);
        long expected = (long) sent * body.length;
        await(() -> received.get() == expected);
    }

    @Test
    void anotherNetworkIsRefusedWithTheReasonOnBothEnds() throws Exception {
        NetworkComponent a = start("alice");
        NetworkComponent b = start(identity("bob", "parley.other"), "127.0.0.1:0");
        NetworkException refused = failure(b, a.listenAddress());
        assertThat(refused.code()).isEqualTo(NetworkException.Code.WRONG_NETWORK);
        assertThat(refused)
                .hasMessageContaining("parley.other")
                .hasMessageContaining("parley.test");
        assertThat(a.peers()).isEmpty();
    }

    @Test
    void aContainerDoesNotConnectToItself() throws Exception {
        NetworkComponent a = start("alice");
        assertThat(failure(a, a.listenAddress()).code()).isEqualTo(NetworkException.Code.SELF);
    }

    @Test
    void whomAGateRefusesIsNoPeerAndIsDroppedWhenTheGateChangesItsMind() throws Exception {
        NetworkComponent a = start("alice");
        Identity bob = identity("bob", "parley.test");
        NetworkComponent b = start(bob, "127.0.0.1:0");
        PeerGate gate =
                (agent, machine) ->
                        agent.equals(bob.agent()) ? Optional.of("blocked") : Optional.empty();
        connect(b, a.listenAddress());
        await(() -> a.peers().size() == 1);
        a.addGate(gate);
        await(() -> a.peers().isEmpty() && b.peers().isEmpty());
        NetworkException refused = failure(b, a.listenAddress());
        assertThat(refused.code()).isEqualTo(NetworkException.Code.REFUSED);
        assertThat(refused).hasMessageContaining("blocked");
    }

    @Test
    void whoIsBlockedWhileTheHandshakeRunsIsNoPeer() throws Exception {
        NetworkComponent a = start("alice");
        NetworkComponent b = start("bob");
        AtomicLong asked = new AtomicLong();
        AtomicLong told = new AtomicLong();
        a.addListener(
                new PeerListener() {
                    @Override
                    public void connected(Peer peer) {
                        told.incrementAndGet();
                    }

                    @Override
                    public void disconnected(Peer peer, String reason) {}
                });
        a.addGate(
                (agent, machine) ->
                        asked.getAndIncrement() == 0 ? Optional.empty() : Optional.of("blocked"));
        b.keepConnected(a.listenAddress());
        await(() -> asked.get() >= 2);
        await(() -> b.peers().isEmpty());
        assertThat(a.peers()).isEmpty();
        assertThat(told).hasValue(0);
    }

    @Test
    void aNameThatIsSlowToLookUpDelaysNobodyElse() throws Exception {
        NetworkComponent a = start("alice");
        CountDownLatch never = new CountDownLatch(1);
        NetworkComponent b =
                new NetworkComponent(
                        "127.0.0.1:0",
                        List.of(),
                        dir.toString(),
                        identity("bob", "parley.test"),
                        hostPort -> {
                            try {
                                if (hostPort.startsWith("slow.")) {
                                    never.await();
                                }
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                            return new InetSocketAddress(
                                    "127.0.0.1",
                                    Integer.parseInt(
                                            hostPort.substring(hostPort.lastIndexOf(':') + 1)));
                        });
        open.add(b);
        b.connect("slow.example.org:4433");
        assertThat(connect(b, a.listenAddress()).address()).isEqualTo(a.listenAddress());
    }

    @Test
    void twoThatDialEachOtherAtOnceKeepOneConnection() throws Exception {
        NetworkComponent a = start("alice");
        NetworkComponent b = start("bob");
        for (int round = 0; round < 5; round++) {
            var first = a.connect(b.listenAddress()).toCompletableFuture();
            var second = b.connect(a.listenAddress()).toCompletableFuture();
            first.get(15, TimeUnit.SECONDS);
            second.get(15, TimeUnit.SECONDS);
            TimeUnit.MILLISECONDS.sleep(200);
            assertThat(a.peers()).hasSize(1);
            assertThat(b.peers()).hasSize(1);
            PeerStream stream =
                    a.peers()
                            .iterator()
                            .next()
                            .open(ECHO)
                            .toCompletableFuture()
                            .get(5, TimeUnit.SECONDS);
            CompletableFuture<Frame> echoed = new CompletableFuture<>();
            stream.receive(echoed::complete, reason -> {});
            stream.send(new Frame(9, new byte[] {1}));
            assertThat(echoed.get(5, TimeUnit.SECONDS).type()).isEqualTo(9);
            a.peers().forEach(peer -> peer.disconnect("next round"));
            await(() -> a.peers().isEmpty() && b.peers().isEmpty());
        }
    }

    @Test
    void aKeptPeerThatComesBackIsConnectedAgain() throws Exception {
        Identity alice = identity("alice", "parley.test");
        NetworkComponent a = start(alice, "127.0.0.1:0");
        String address = a.listenAddress();
        NetworkComponent b = start("bob", address);
        await(() -> b.peers().size() == 1);
        a.close();
        await(() -> b.peers().isEmpty());
        start(alice, address);
        await(() -> b.peers().size() == 1);
    }

    @Test
    void junkOnAStreamEndsTheStreamAndNothingElse() throws Exception {
        NetworkComponent a = start("alice");
        NetworkComponent b = start("bob");
        Peer peer = connect(b, a.listenAddress());
        PeerStream unknown =
                peer.open("/nobody/speaks/this").toCompletableFuture().get(5, TimeUnit.SECONDS);
        CompletableFuture<String> ended = new CompletableFuture<>();
        unknown.receive(frame -> {}, ended::complete);
        assertThatThrownBy(() -> new Frame(300, new byte[0]))
                .isInstanceOf(IllegalArgumentException.class);
        PeerStream big = peer.open(ECHO).toCompletableFuture().get(5, TimeUnit.SECONDS);
        CompletableFuture<String> bigEnded = new CompletableFuture<>();
        big.receive(frame -> {}, bigEnded::complete);
        big.send(new Frame(5, new byte[PeerStream.MAX_FRAME_BYTES + 1]));
        bigEnded.get(10, TimeUnit.SECONDS);
        assertThat(a.peers()).hasSize(1);
        PeerStream good = peer.open(ECHO).toCompletableFuture().get(5, TimeUnit.SECONDS);
        CompletableFuture<Frame> echoed = new CompletableFuture<>();
        good.receive(echoed::complete, reason -> {});
        good.send(new Frame(9, new byte[] {1}));
        assertThat(echoed.get(5, TimeUnit.SECONDS).type()).isEqualTo(9);
    }

    @Test
    void nobodyThereIsSaidPlainly() throws Exception {
        NetworkComponent a = start("alice");
        assertThat(failure(a, "127.0.0.1:1")).hasMessageContaining("127.0.0.1:1");
        assertThat(failure(a, "no port").code()).isEqualTo(NetworkException.Code.UNREACHABLE);
    }
}
