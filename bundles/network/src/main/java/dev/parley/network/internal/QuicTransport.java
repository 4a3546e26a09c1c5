package dev.parley.network.internal;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
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
import java.util.concurrent.TimeUnit;

/**
 * The sockets: one that listens and one that dials, on one event loop. What is set here was
 * measured ({@code docs/protocols/0002-network.md}, settings).
 */
final class QuicTransport implements AutoCloseable {
    private static final int IDLE_MILLIS = 6_000;
    private static final int SOCKET_BUFFER = 4 << 20;
    private static final boolean EPOLL = Epoll.isAvailable();

    private final EventLoopGroup group;
    private final Channel listener;
    private final Channel dialler;

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
            this.listener =
                    bind(server.handler(accepted).streamHandler(acceptedStreams).build(), listen);
            var clientContext = tls.client();
            this.dialler =
                    bind(
                            limits(new QuicClientCodecBuilder())
                                    .sslEngineProvider(q -> clientContext.newEngine(q.alloc()))
                                    .build(),
                            new InetSocketAddress(
                                    listen.getAddress() == null ? null : listen.getAddress(), 0));
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
        return bootstrap.bind(address).sync().channel();
    }

    InetSocketAddress localAddress() {
        return (InetSocketAddress) listener.localAddress();
    }

    Future<QuicChannel> dial(InetSocketAddress to, ChannelHandler handler, ChannelHandler streams) {
        QuicChannelBootstrap bootstrap =
                QuicChannel.newBootstrap(dialler)
                        .handler(handler)
                        .streamHandler(streams)
                        .remoteAddress(to);
        if (EPOLL) {
            bootstrap.option(
                    QuicChannelOption.SEGMENTED_DATAGRAM_PACKET_ALLOCATOR,
                    EpollQuicUtils.newSegmentedAllocator(10));
        }
        return bootstrap.connect();
    }

    @Override
    public void close() {
        listener.close();
        dialler.close();
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(3, TimeUnit.SECONDS);
    }
}
