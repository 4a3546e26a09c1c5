package dev.parley.network.internal;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.incubator.codec.quic.EpollQuicUtils;
import io.netty.incubator.codec.quic.QuicChannel;
import io.netty.incubator.codec.quic.QuicChannelBootstrap;
import io.netty.incubator.codec.quic.QuicChannelOption;
import io.netty.incubator.codec.quic.QuicClientCodecBuilder;
import io.netty.incubator.codec.quic.QuicCodecBuilder;
import io.netty.incubator.codec.quic.QuicServerCodecBuilder;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/**
 * The socket: one that listens and dials, on one event loop. What is set here was measured ({@code
 * docs/protocols/0002-network.md}, settings).
 */
final class QuicTransport implements AutoCloseable {
    static final String SERVER = "server";
    private static final int IDLE_MILLIS = 6_000;
    private static final int SOCKET_BUFFER = 4 << 20;
    private static final boolean EPOLL = Epoll.isAvailable();

    private final EventLoopGroup group;
    private final SocketRouter router = new SocketRouter();
    private final Channel socket;

    QuicTransport(
            TlsIdentity tls,
            InetSocketAddress listen,
            ChannelHandler accepted,
            ChannelHandler acceptedStreams)
            throws InterruptedException {
        DefaultThreadFactory threads = new DefaultThreadFactory("parley-quic", true);
        this.group =
                EPOLL ? new EpollEventLoopGroup(1, threads) : new NioEventLoopGroup(1, threads);
        boolean started = false;
        try {
            var serverContext = tls.server();
            QuicServerCodecBuilder server =
                    limits(new QuicServerCodecBuilder())
                            .sslEngineProvider(q -> serverContext.newEngine(q.alloc()));
            if (EPOLL) {
                server.option(
                        QuicChannelOption.SEGMENTED_DATAGRAM_PACKET_ALLOCATOR,
                        EpollQuicUtils.newSegmentedAllocator(10));
            }
            ChannelHandler serverCodec =
                    server.connectionIdAddressGenerator(SocketRouter.accepting())
                            .handler(accepted)
                            .streamHandler(acceptedStreams)
                            .build();
            var clientContext = tls.client();
            ChannelHandler clientCodec =
                    limits(new QuicClientCodecBuilder())
                            .sslEngineProvider(q -> clientContext.newEngine(q.alloc()))
                            .build();
            this.socket =
                    bind(
                            new ChannelInitializer<Channel>() {
                                @Override
                                protected void initChannel(Channel channel) {
                                    channel.pipeline()
                                            .addLast("router", router)
                                            .addLast(SERVER, serverCodec)
                                            .addLast("client", clientCodec);
                                }
                            },
                            listen);
            started = true;
        } finally {
            if (!started) {
                group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            }
        }
    }

    /** Does nothing but that this class and what it needs of Netty is there. */
    static void load() {
        if (EPOLL) {
            new EpollDatagramChannel().unsafe().closeForcibly();
        }
        limits(new QuicServerCodecBuilder());
        limits(new QuicClientCodecBuilder());
        PooledByteBufAllocator.DEFAULT.directBuffer(64).release();
    }

    private static <B extends QuicCodecBuilder<B>> B limits(B builder) {
        return builder.maxIdleTimeout(IDLE_MILLIS, TimeUnit.MILLISECONDS)
                .initialMaxData(16 << 20)
                .initialMaxStreamDataBidirectionalLocal(4 << 20)
                .initialMaxStreamDataBidirectionalRemote(4 << 20)
                .initialMaxStreamsBidirectional(1024)
                .initialMaxStreamsUnidirectional(0)
                .maxRecvUdpPayloadSize(1350)
                .maxSendUdpPayloadSize(1350);
    }

    private Channel bind(ChannelHandler codec, InetSocketAddress address)
            throws InterruptedException {
        Bootstrap bootstrap =
                new Bootstrap()
                        .group(group)
                        .channel(EPOLL ? EpollDatagramChannel.class : NioDatagramChannel.class)
                        .option(ChannelOption.SO_RCVBUF, SOCKET_BUFFER)
                        .option(ChannelOption.SO_SNDBUF, SOCKET_BUFFER)
                        .option(
                                ChannelOption.RCVBUF_ALLOCATOR,
                                new FixedRecvByteBufAllocator(EPOLL ? 65_536 : 2048)
                                        .maxMessagesPerRead(64))
                        .handler(codec);
        if (EPOLL) {
            bootstrap.option(EpollChannelOption.UDP_GRO, true);
        }
        ChannelFuture bound = bootstrap.bind(address).await();
        if (!bound.isSuccess()) {
            throw new IllegalStateException(
                    "cannot listen on UDP "
                            + address.getHostString()
                            + ":"
                            + address.getPort()
                            + " ("
                            + bound.cause().getMessage()
                            + "); expected a free port of this machine, give another with --listen");
        }
        return bound.channel();
    }

    InetSocketAddress localAddress() {
        return (InetSocketAddress) socket.localAddress();
    }

    Future<QuicChannel> dial(InetSocketAddress to, ChannelHandler handler, ChannelHandler streams) {
        ByteBuffer id = router.dialling();
        QuicChannelBootstrap bootstrap =
                QuicChannel.newBootstrap(socket)
                        .localConnectionAddress(SocketRouter.address(id))
                        .handler(handler)
                        .streamHandler(streams)
                        .remoteAddress(to);
        if (EPOLL) {
            bootstrap.option(
                    QuicChannelOption.SEGMENTED_DATAGRAM_PACKET_ALLOCATOR,
                    EpollQuicUtils.newSegmentedAllocator(10));
        }
        Future<QuicChannel> dialled = bootstrap.connect();
        dialled.addListener(
                done -> {
                    if (done.isSuccess()) {
                        dialled.getNow().closeFuture().addListener(end -> router.release(id));
                    } else {
                        router.release(id);
                    }
                });
        return dialled;
    }

    @Override
    public void close() {
        socket.close();
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(3, TimeUnit.SECONDS);
    }
}
