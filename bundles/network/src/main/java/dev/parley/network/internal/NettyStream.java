package dev.parley.network.internal;

import dev.parley.network.api.PeerStream;
import dev.parley.wire.api.Frame;
import dev.parley.wire.api.FrameReader;
import dev.parley.wire.api.MalformedException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.incubator.codec.quic.DefaultQuicStreamFrame;
import io.netty.incubator.codec.quic.QuicChannel;
import io.netty.incubator.codec.quic.QuicStreamChannel;
import io.netty.incubator.codec.quic.QuicStreamType;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A QUIC stream as frames. All reading state belongs to the channel's event loop.
 *
 * <p>The end of our side is always sent with data, in one stream frame: a bare end can get stuck in
 * Netty's read loop, so the last frame has the reserved type {@link #END}.
 */
final class NettyStream extends ChannelInboundHandlerAdapter implements PeerStream {
    static final int PROTOCOL = 0;
    static final int END = 255;
    private static final System.Logger LOG = System.getLogger(NettyStream.class.getName());

    private final QuicStreamChannel channel;
    private final FrameReader reader = new FrameReader(MAX_FRAME_BYTES);
    private final ArrayDeque<Frame> early = new ArrayDeque<>();
    private final AtomicLong pending = new AtomicLong();
    private @Nullable Consumer<Frame> frames;
    private @Nullable Consumer<String> closed;
    private @Nullable String end;
    private boolean paused;
    private @Nullable CompletableFuture<Void> drained;

    NettyStream(QuicStreamChannel channel) {
        this.channel = channel;
    }

    /** Opens a stream to the peer; {@link #of} then is what speaks on it. */
    static Future<QuicStreamChannel> open(QuicChannel channel) {
        return channel.createStream(
                QuicStreamType.BIDIRECTIONAL,
                new ChannelInitializer<QuicStreamChannel>() {
                    @Override
                    protected void initChannel(QuicStreamChannel stream) {
                        stream.pipeline().addLast(new NettyStream(stream));
                    }
                });
    }

    static NettyStream of(Object channel) {
        return ((QuicStreamChannel) channel).pipeline().get(NettyStream.class);
    }

    @Override
    public void receive(Consumer<Frame> onFrame, Consumer<String> onClosed) {
        inLoop(
                () -> {
                    frames = onFrame;
                    closed = onClosed;
                    deliver();
                    channel.config().setAutoRead(!paused);
                });
    }

    /** Hands over the first frame and keeps the rest until {@link #receive}. */
    void first(Consumer<Frame> onFirst) {
        frames =
                frame -> {
                    frames = null;
                    onFirst.accept(frame);
                };
    }

    private void deliver() {
        Consumer<Frame> to = frames;
        while (to != null && !early.isEmpty()) {
            to.accept(early.remove());
            to = frames;
        }
        if (early.isEmpty() && end != null && closed != null) {
            Consumer<String> tell = closed;
            closed = null;
            tell.accept(end);
        }
        if (frames == null && !early.isEmpty()) {
            channel.config().setAutoRead(false);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            ByteBuf bytes = (ByteBuf) message;
            byte[] copy = new byte[bytes.readableBytes()];
            bytes.readBytes(copy);
            for (Frame frame : reader.feed(copy)) {
                if (frame.type() != END) {
                    early.add(frame);
                }
            }
            deliver();
        } catch (MalformedException e) {
            fail("malformed frame: " + e.getMessage());
        } catch (RuntimeException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "a stream's receiver failed; the stream is reset",
                    e);
            fail("the receiver failed");
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void fail(String reason) {
        LOG.log(System.Logger.Level.DEBUG, "stream reset: {0}", reason);
        ended(reason);
        reset();
    }

    private void ended(String reason) {
        if (end == null) {
            end = reason;
            deliver();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent
                || event instanceof ChannelInputShutdownReadComplete) {
            ended("end");
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        ended("connection closed");
        wakeDrained();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        fail(String.valueOf(cause.getMessage()));
    }

    @Override
    public boolean send(Frame frame) {
        byte[] bytes = frame.encode();
        if (!channel.isActive() || pending.get() + bytes.length > MAX_PENDING_BYTES) {
            return false;
        }
        write(bytes, false);
        return true;
    }

    private void write(byte[] bytes, boolean fin) {
        pending.addAndGet(bytes.length);
        Object message =
                fin
                        ? new DefaultQuicStreamFrame(Unpooled.wrappedBuffer(bytes), true)
                        : Unpooled.wrappedBuffer(bytes);
        channel.writeAndFlush(message)
                .addListener(
                        done -> {
                            if (pending.addAndGet(-bytes.length) < MAX_PENDING_BYTES / 4) {
                                wakeDrained();
                            }
                        });
    }

    private void wakeDrained() {
        CompletableFuture<Void> waiting;
        synchronized (this) {
            waiting = drained;
            drained = null;
        }
        if (waiting != null) {
            waiting.complete(null);
        }
    }

    @Override
    public synchronized CompletionStage<Void> drained() {
        if (pending.get() < MAX_PENDING_BYTES / 4 || !channel.isActive()) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> waiting = drained == null ? new CompletableFuture<>() : drained;
        drained = waiting;
        return waiting;
    }

    @Override
    public void finish() {
        if (channel.isActive()) {
            write(new Frame(END, new byte[0]).encode(), true);
        }
    }

    @Override
    public void reset() {
        channel.shutdown(1, channel.newPromise()).addListener(done -> channel.close());
    }

    @Override
    public void pause() {
        inLoop(
                () -> {
                    paused = true;
                    channel.config().setAutoRead(false);
                });
    }

    @Override
    public void resume() {
        inLoop(
                () -> {
                    paused = false;
                    channel.config().setAutoRead(true);
                });
    }

    private void inLoop(Runnable task) {
        if (channel.eventLoop().inEventLoop()) {
            task.run();
        } else {
            channel.eventLoop().execute(task);
        }
    }
}
