package dev.parley.network.internal;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import io.netty.incubator.codec.quic.QuicConnectionAddress;
import io.netty.incubator.codec.quic.QuicConnectionIdGenerator;
import io.netty.util.ReferenceCountUtil;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Shares one UDP socket between the codec that listens and the codec that dials, so that what we
 * dial from is what others can dial (RFC 9000 section 5: a packet belongs to a connection by its
 * connection id alone).
 *
 * <p>The pipeline is router, server codec, client codec. Each codec swallows every packet it is
 * given, so the router decides: the first bit of an id that we gave out says which codec gave it,
 * and a packet with a long header (whose id may be one that the other end made up) is for the
 * client codec only if we dialled with exactly that id. What is no QUIC (RFC 9443) is dropped.
 */
final class SocketRouter extends ChannelInboundHandlerAdapter {
    private static final int ID_BYTES = 20;
    private static final int DIALLED = 0x80;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Set<ByteBuffer> dialled = ConcurrentHashMap.newKeySet();
    private final AtomicLong strangers = new AtomicLong();
    private @Nullable ChannelHandlerContext server;
    private boolean serverRead;
    private boolean clientRead;

    /** Ids for connections that are dialled to us. */
    static QuicConnectionIdGenerator accepting() {
        QuicConnectionIdGenerator signed = QuicConnectionIdGenerator.signGenerator();
        return new QuicConnectionIdGenerator() {
            @Override
            public ByteBuffer newId(int length) {
                return accepted(signed.newId(length));
            }

            @Override
            public ByteBuffer newId(ByteBuffer input, int length) {
                return accepted(signed.newId(input, length));
            }

            @Override
            public int maxConnectionIdLength() {
                return signed.maxConnectionIdLength();
            }

            @Override
            public boolean isIdempotent() {
                return signed.isIdempotent();
            }
        };
    }

    private static ByteBuffer accepted(ByteBuffer id) {
        byte[] bytes = new byte[id.remaining()];
        id.duplicate().get(bytes);
        bytes[0] &= ~DIALLED;
        return ByteBuffer.wrap(bytes);
    }

    /** A new id for a connection that we dial; {@link #release} it when the connection is over. */
    ByteBuffer dialling() {
        byte[] id = new byte[ID_BYTES];
        RANDOM.nextBytes(id);
        id[0] |= (byte) DIALLED;
        ByteBuffer key = ByteBuffer.wrap(id).asReadOnlyBuffer();
        dialled.add(key);
        return key;
    }

    static QuicConnectionAddress address(ByteBuffer id) {
        byte[] bytes = new byte[id.remaining()];
        id.duplicate().get(bytes);
        return new QuicConnectionAddress(bytes);
    }

    void release(ByteBuffer id) {
        dialled.remove(id);
    }

    /**
     * @return how many packets were no QUIC
     */
    long strangers() {
        return strangers.get();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        server = null;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof DatagramPacket packet)) {
            ReferenceCountUtil.release(message);
            return;
        }
        Role role = role(packet.content());
        if (role == Role.SERVER) {
            serverRead = true;
            ctx.fireChannelRead(message);
        } else if (role == Role.CLIENT) {
            clientRead = true;
            server(ctx).fireChannelRead(message);
        } else {
            strangers.incrementAndGet();
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (serverRead) {
            serverRead = false;
            ctx.fireChannelReadComplete();
        }
        if (clientRead) {
            clientRead = false;
            server(ctx).fireChannelReadComplete();
        }
    }

    /** From the server's place in the pipeline the next handler is the client's. */
    private ChannelHandlerContext server(ChannelHandlerContext ctx) {
        ChannelHandlerContext known = server;
        if (known == null) {
            known = ctx.pipeline().context(QuicTransport.SERVER);
            server = known;
        }
        return known;
    }

    enum Role {
        SERVER,
        CLIENT,
        NEITHER
    }

    /** RFC 8999 section 5: what is true of the first bytes of a packet of every version. */
    Role role(ByteBuf packet) {
        int at = packet.readerIndex();
        int length = packet.readableBytes();
        if (length < 1 + ID_BYTES) {
            return Role.NEITHER;
        }
        int first = packet.getUnsignedByte(at);
        boolean longHeader = (first & 0x80) != 0;
        boolean negotiation = longHeader && packet.getInt(at + 1) == 0;
        if ((first & 0x40) == 0 && !negotiation) {
            return Role.NEITHER;
        }
        if (!longHeader) {
            return (packet.getByte(at + 1) & DIALLED) != 0 ? Role.CLIENT : Role.SERVER;
        }
        int idBytes = packet.getUnsignedByte(at + 5);
        if (idBytes != ID_BYTES || length < 6 + ID_BYTES) {
            return Role.SERVER;
        }
        byte[] id = new byte[ID_BYTES];
        packet.getBytes(at + 6, id);
        return dialled.contains(ByteBuffer.wrap(id)) ? Role.CLIENT : Role.SERVER;
    }
}
