package dev.parley.network.internal;

import static dev.parley.network.internal.NetworkComponentTest.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.identity.api.Identity;
import dev.parley.identity.api.NetworkId;
import dev.parley.identity.internal.IdentityComponent;
import dev.parley.network.api.Peer;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The lower machine has dialled the higher one through a relay that can be cut; then the higher one
 * dials.
 */
class SecondConnectionTest {
    @TempDir private Path dir;

    private final List<AutoCloseable> open = new ArrayList<>();
    private Identity higher;
    private NetworkComponent a;
    private NetworkComponent b;
    private Relay relay;
    private Peer first;

    /** Passes packets between whoever sends first and one address, or loses them. */
    private static final class Relay implements AutoCloseable {
        private final DatagramSocket socket;
        private final InetSocketAddress to;
        private volatile boolean cut;
        private @Nullable SocketAddress from;

        Relay(String hostPort) throws IOException {
            int port = Integer.parseInt(hostPort.substring(hostPort.lastIndexOf(':') + 1));
            to = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
            socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
            Thread thread = new Thread(this::run, "relay");
            thread.setDaemon(true);
            thread.start();
        }

        String address() {
            return "127.0.0.1:" + socket.getLocalPort();
        }

        private void run() {
            DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
            while (!socket.isClosed()) {
                try {
                    packet.setLength(65_536);
                    socket.receive(packet);
                    SocketAddress next = to;
                    if (packet.getSocketAddress().equals(to)) {
                        next = from;
                    } else {
                        from = packet.getSocketAddress();
                    }
                    if (!cut && next != null) {
                        packet.setSocketAddress(next);
                        socket.send(packet);
                    }
                } catch (IOException e) {
                    // Closed, or nobody is there: a lost packet.
                }
            }
        }

        @Override
        public void close() {
            socket.close();
        }
    }

    @BeforeEach
    void dial() throws Exception {
        Identity one = identity("one");
        Identity other = identity("other");
        boolean isOneLower = one.machine().compareTo(other.machine()) < 0;
        higher = isOneLower ? other : one;
        a = start(isOneLower ? one : other);
        b = start(higher);
        relay = new Relay(b.listenAddress());
        open.add(relay);
        first = connect(a, relay.address());
        await(() -> b.peers().size() == 1);
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    private Identity identity(String name) throws Exception {
        return new IdentityComponent(dir.resolve(name), new NetworkId("parley.test"), name);
    }

    private NetworkComponent start(Identity identity) throws Exception {
        NetworkComponent network =
                new NetworkComponent("127.0.0.1:0", List.of(), dir.toString(), identity);
        open.add(network::close);
        return network;
    }

    private static Peer connect(NetworkComponent from, String to) throws Exception {
        return from.connect(to).toCompletableFuture().get(15, TimeUnit.SECONDS);
    }

    private static boolean isOver(Peer peer) {
        return ((Connection) peer).isOver();
    }

    /** Sooner than the old one is found to be silent. */
    private static void awaitSoon(java.util.function.BooleanSupplier condition) throws Exception {
        long before = System.nanoTime();
        await(condition);
        assertThat(System.nanoTime() - before).isLessThan(TimeUnit.SECONDS.toNanos(4));
    }

    @Test
    void whoIsStartedAgainIsAPeerAtOnceThoughTheOldConnectionLooksAlive() throws Exception {
        relay.cut = true;
        b.close();
        NetworkComponent again = start(higher);
        Peer second = connect(again, a.listenAddress());
        awaitSoon(() -> isOver(first) && a.peers().size() == 1);
        assertThat(a.peer(higher.machine()).orElseThrow()).isNotSameAs(first);
        TimeUnit.MILLISECONDS.sleep(1500);
        assertThat(isOver(second)).isFalse();
        assertThat(a.peers()).hasSize(1);
    }

    @Test
    void whoLostTheOldConnectionIsConnectedByTheNewOne() throws Exception {
        relay.cut = true;
        b.peers().forEach(peer -> peer.disconnect("a test"));
        await(() -> b.peers().isEmpty());
        Peer second = connect(b, a.listenAddress());
        awaitSoon(() -> isOver(first) && a.peers().size() == 1);
        TimeUnit.MILLISECONDS.sleep(1500);
        assertThat(isOver(second)).isFalse();
        assertThat(b.peers()).containsExactly(second);
    }

    @Test
    void aLivingConnectionIsKeptByBothEnds() throws Exception {
        Peer there = b.peers().iterator().next();
        assertThat(connect(b, a.listenAddress())).isSameAs(there);
        TimeUnit.MILLISECONDS.sleep(2500);
        assertThat(a.peers()).containsExactly(first);
        assertThat(b.peers()).containsExactly(there);
        assertThat(isOver(first)).isFalse();
        assertThat(isOver(there)).isFalse();
    }

    @Test
    void aLastWordIsHeardThoughPacketsAreLost() throws Exception {
        relay.cut = true;
        first.disconnect("a test");
        awaitSoon(() -> a.peers().isEmpty());
        TimeUnit.MILLISECONDS.sleep(200);
        relay.cut = false;
        awaitSoon(() -> b.peers().isEmpty());
    }
}
