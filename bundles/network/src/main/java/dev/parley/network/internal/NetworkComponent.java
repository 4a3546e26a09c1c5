package dev.parley.network.internal;

import dev.parley.actor.api.Actor;
import dev.parley.actor.api.Actors;
import dev.parley.identity.api.Identity;
import dev.parley.identity.api.MachineId;
import dev.parley.network.api.Network;
import dev.parley.network.api.NetworkException;
import dev.parley.network.api.NetworkException.Code;
import dev.parley.network.api.Peer;
import dev.parley.network.api.PeerGate;
import dev.parley.network.api.PeerListener;
import dev.parley.network.api.ProtocolHandler;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.incubator.codec.quic.QuicChannel;
import io.netty.incubator.codec.quic.QuicStreamChannel;
import io.netty.util.AttributeKey;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.metatype.annotations.Designate;

/**
 * The container's connections. The set of peers belongs to the actor; sockets and streams to
 * Netty's event loop.
 *
 * <p>Two containers that dial each other at once keep the connection that the lower machine id
 * dialled, if it lives. A newer connection that the same end dialled, or that a new process of the
 * peer made, replaces the older, which is then a leftover.
 */
@Component(
        service = Network.class,
        configurationPid = "dev.parley.network",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = NetworkConfig.class)
public final class NetworkComponent implements Network {
    private static final System.Logger LOG = System.getLogger(NetworkComponent.class.getName());
    private static final AttributeKey<Handshake> HANDSHAKE =
            AttributeKey.valueOf("parley.handshake");
    private static final Duration PING_PERIOD = Duration.ofMillis(1500);
    private static final int MAX_PEERS = 64;
    private static final String SECOND = "a second connection";

    private final Identity identity;
    private final TlsIdentity tls = new TlsIdentity();
    private final Actor actor = Actors.create("parley-network", 10_000);
    private final QuicTransport transport;
    private final String address;
    private final Map<MachineId, Connection> peers = new ConcurrentHashMap<>();

    /** Connections to peers that have one already, as long as it is not known whether it lives. */
    private final Map<MachineId, Connection> seconds = new HashMap<>();

    private final Protocols protocols = new Protocols(actor);
    private final List<PeerListener> listeners = new CopyOnWriteArrayList<>();
    private final List<PeerGate> gates = new CopyOnWriteArrayList<>();
    private final Dialler dialler;
    private volatile boolean closed;

    @Activate
    public NetworkComponent(NetworkConfig config, @Reference Identity identity)
            throws InterruptedException {
        this(config.listen(), List.of(config.peers()), config.dir(), identity);
    }

    /** For tests and tools that have no framework. */
    public NetworkComponent(String listen, List<String> peers, String dir, Identity identity)
            throws InterruptedException {
        this(listen, peers, dir, identity, NetworkComponent::resolve);
    }

    /**
     * @param lookup finds the address of a {@code HOST:PORT} to dial; may take its time
     */
    NetworkComponent(
            String listen,
            List<String> peers,
            String dir,
            Identity identity,
            Function<String, InetSocketAddress> lookup)
            throws InterruptedException {
        if (!dir.isEmpty() && System.getProperty("io.netty.native.workdir") == null) {
            System.setProperty("io.netty.native.workdir", dir);
        }
        this.identity = identity;
        InetSocketAddress wanted = resolve(listen);
        this.transport = new QuicTransport(tls, wanted, new Accepted(), streams());
        InetSocketAddress local = transport.localAddress();
        this.address = host(listen) + ":" + local.getPort();
        this.dialler =
                new Dialler(
                        actor,
                        lookup,
                        (to, outcome) -> transport.dial(to, new Dialled(outcome), streams()),
                        this::adopt,
                        this.peers);
        actor.every(PING_PERIOD, this::ping);
        peers.forEach(this::keepConnected);
    }

    private static String host(String hostPort) {
        return hostPort.substring(0, hostPort.lastIndexOf(':'));
    }

    private static InetSocketAddress resolve(String hostPort) {
        int port = Integer.parseInt(hostPort.substring(hostPort.lastIndexOf(':') + 1));
        return new InetSocketAddress(host(hostPort).replaceAll("[\\[\\]]", ""), port);
    }

    @Deactivate
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        dialler.close();
        peers.values().forEach(peer -> peer.disconnect("it stops"));
        actor.close();
        transport.close();
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    public void addHandler(ProtocolHandler handler) {
        protocols.add(handler);
    }

    public void removeHandler(ProtocolHandler handler) {
        protocols.remove(handler);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    public void addListener(PeerListener listener) {
        actor.tell(
                () -> {
                    listeners.add(listener);
                    peers.values().forEach(listener::connected);
                });
    }

    public void removeListener(PeerListener listener) {
        listeners.remove(listener);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    public void addGate(PeerGate gate) {
        gates.add(gate);
        recheck();
    }

    public void removeGate(PeerGate gate) {
        gates.remove(gate);
    }

    @Override
    public String listenAddress() {
        return address;
    }

    @Override
    public Collection<Peer> peers() {
        return List.copyOf(peers.values());
    }

    @Override
    public Optional<Peer> peer(MachineId machine) {
        return Optional.ofNullable(peers.get(machine));
    }

    @Override
    public void recheck() {
        actor.tell(
                () ->
                        peers.values()
                                .forEach(
                                        peer ->
                                                refusal(peer.agent(), peer.machine())
                                                        .ifPresent(peer::disconnect)));
    }

    private Optional<String> refusal(dev.parley.identity.api.AgentId agent, MachineId machine) {
        for (PeerGate gate : gates) {
            Optional<String> refusal = gate.refuse(agent, machine);
            if (refusal.isPresent()) {
                return refusal;
            }
        }
        return Optional.empty();
    }

    private Optional<String> gate(Hello hello, boolean outbound) {
        MachineId machine = hello.machine().machineId();
        if (!outbound && peers.size() >= MAX_PEERS && !peers.containsKey(machine)) {
            return Optional.of(MAX_PEERS + " peers are connected, which is the most");
        }
        return refusal(hello.agent().agentId(), machine);
    }

    @Override
    public CompletionStage<Peer> connect(String hostPort) {
        return dialler.connect(hostPort);
    }

    @Override
    public void keepConnected(String hostPort) {
        dialler.keepConnected(hostPort);
    }

    @Override
    public Collection<String> keptAddresses() {
        return dialler.keptAddresses();
    }

    @Override
    public Collection<String> unreachable() {
        return dialler.unreachable();
    }

    private void adopt(Connection connection) {
        if (closed || connection.isOver()) {
            return;
        }
        // Trust may have changed since the handshake asked.
        Optional<String> refusal = refusal(connection.agent(), connection.machine());
        if (refusal.isPresent()) {
            connection.disconnect(refusal.get());
            return;
        }
        Connection old = peers.get(connection.machine());
        if (old == null || old.isOver() || !goesBefore(old, connection)) {
            take(connection);
        } else if (old != connection) {
            doubt(old, connection);
        }
    }

    /** Both ends find the same, each for what it has. */
    private boolean goesBefore(Connection old, Connection next) {
        boolean weAreLower = identity.machine().compareTo(next.machine()) < 0;
        return old == next
                || old.isOfSameProcess(next)
                        && old.outbound() != next.outbound()
                        && old.outbound() == weAreLower;
    }

    /** The peer may know by now that the old one is lost. */
    private void doubt(Connection old, Connection second) {
        Connection before = seconds.put(second.machine(), second);
        if (before != null) {
            before.disconnect(SECOND);
        }
        old.answers().thenAccept(alive -> actor.tell(() -> decide(old, second, alive)));
    }

    private void decide(Connection old, Connection second, boolean isAlive) {
        if (!seconds.remove(second.machine(), second)) {
            return;
        }
        if (isAlive && peers.get(second.machine()) == old) {
            second.disconnect(SECOND);
        } else if (!second.isOver()) {
            take(second);
        }
    }

    private void take(Connection connection) {
        Connection second = seconds.remove(connection.machine());
        if (second != null && second != connection) {
            second.disconnect(SECOND);
        }
        Connection old = peers.get(connection.machine());
        if (old != null) {
            remove(old, "replaced by a newer connection");
            old.disconnect(SECOND);
        }
        peers.put(connection.machine(), connection);
        LOG.log(System.Logger.Level.INFO, "connected to {0}", connection);
        connection.end().thenAccept(why -> actor.tell(() -> remove(connection, why)));
        for (PeerListener listener : listeners) {
            tell(() -> listener.connected(connection));
        }
    }

    private void remove(Connection connection, String reason) {
        if (peers.remove(connection.machine(), connection)) {
            LOG.log(System.Logger.Level.INFO, "disconnected from {0}: {1}", connection, reason);
            for (PeerListener listener : listeners) {
                tell(() -> listener.disconnected(connection, reason));
            }
            Connection second = seconds.remove(connection.machine());
            if (second != null && connection.isGivenUp()) {
                second.disconnect(reason);
            } else if (second != null) {
                adopt(second);
            }
        }
    }

    private static void tell(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "a peer listener failed", e);
        }
    }

    private void ping() {
        peers.values().forEach(Connection::ping);
    }

    private Handshake handshake(QuicChannel channel, boolean client, Handshake.Outcome outcome) {
        Handshake handshake =
                new Handshake(identity, tls, address, this::gate, outcome, channel, client);
        channel.attr(HANDSHAKE).set(handshake);
        return handshake;
    }

    /** Sets up each stream that a peer opens. */
    private ChannelHandler streams() {
        return new Streams();
    }

    @ChannelHandler.Sharable
    private final class Streams extends ChannelInitializer<QuicStreamChannel> {
        @Override
        protected void initChannel(QuicStreamChannel channel) {
            NettyStream stream = new NettyStream(channel);
            channel.pipeline().addLast(stream);
            Handshake handshake = channel.parent().attr(HANDSHAKE).get();
            stream.first(
                    first -> {
                        Connection peer = handshake.connection();
                        if (peer != null && peer.isOver()) {
                            stream.reset();
                        } else if (peer != null) {
                            protocols.dispatch(peer, stream, first);
                        } else {
                            handshake.accept(stream, first);
                        }
                    });
        }
    }

    @ChannelHandler.Sharable
    private final class Accepted extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext context) {
            handshake(
                    (QuicChannel) context.channel(),
                    false,
                    new Handshake.Outcome() {
                        @Override
                        public void authenticated(Connection connection) {
                            actor.tell(() -> adopt(connection));
                        }

                        @Override
                        public void failed(NetworkException reason) {
                            LOG.log(
                                    System.Logger.Level.INFO,
                                    "refused a connection: {0} {1}",
                                    reason.code(),
                                    reason.getMessage());
                        }
                    });
            context.fireChannelActive();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            LOG.log(System.Logger.Level.DEBUG, "a connection failed", cause);
            context.close();
        }
    }

    private final class Dialled extends ChannelInboundHandlerAdapter {
        private final Handshake.Outcome outcome;

        Dialled(Handshake.Outcome outcome) {
            this.outcome = outcome;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            QuicChannel channel = (QuicChannel) context.channel();
            Handshake handshake = handshake(channel, true, outcome);
            NettyStream.open(channel)
                    .addListener(
                            done -> {
                                if (done.isSuccess()) {
                                    handshake.start(NettyStream.of(done.getNow()));
                                } else {
                                    outcome.failed(
                                            new NetworkException(Code.CLOSED, "no control stream"));
                                }
                            });
            context.fireChannelActive();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            LOG.log(System.Logger.Level.DEBUG, "a dialled connection failed", cause);
            context.close();
        }
    }
}
