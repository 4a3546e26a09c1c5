package dev.parley.network.internal;

import dev.parley.identity.api.AgentId;
import dev.parley.identity.api.MachineId;
import dev.parley.network.api.NetworkException;
import dev.parley.network.api.Peer;
import dev.parley.network.api.PeerStream;
import dev.parley.wire.api.Frame;
import io.netty.buffer.Unpooled;
import io.netty.incubator.codec.quic.QuicChannel;
import io.netty.incubator.codec.quic.QuicConnectionStats;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** An authenticated connection. */
final class Connection implements Peer {
    private static final int PROBE_MILLIS = 50;
    private static final int PROBES = 20;

    /** The peer ends it when it hears the last word, which may have to be sent more than once. */
    private static final int LAST_WORD_MILLIS = 500;

    private final QuicChannel channel;
    private final Hello hello;
    private final MachineId machine;
    private final AgentId agent;
    private final boolean outbound;
    private final NettyStream control;
    private final byte[] process;
    private volatile boolean givenUp;
    private final CompletableFuture<String> end = new CompletableFuture<>();

    /**
     * @param process the fingerprint of the certificate that the peer has as long as it runs
     */
    Connection(
            QuicChannel channel,
            Hello hello,
            boolean outbound,
            NettyStream control,
            byte[] process) {
        this.channel = channel;
        this.hello = hello;
        this.machine = hello.machine().machineId();
        this.agent = hello.agent().agentId();
        this.outbound = outbound;
        this.control = control;
        this.process = process;
        channel.closeFuture().addListener(closed -> end.complete("connection lost"));
    }

    @Override
    public MachineId machine() {
        return machine;
    }

    @Override
    public AgentId agent() {
        return agent;
    }

    @Override
    public String address() {
        return hello.address();
    }

    @Override
    public boolean outbound() {
        return outbound;
    }

    QuicChannel channel() {
        return channel;
    }

    /** Completed with the reason as soon as either end gives it up, or it is lost. */
    CompletionStage<String> end() {
        return end;
    }

    /** Whether this end gave it up. */
    boolean isGivenUp() {
        return givenUp;
    }

    boolean isOver() {
        return end.isDone();
    }

    /** Whether the peer has not been started again between the two. */
    boolean isOfSameProcess(Connection other) {
        return Arrays.equals(process, other.process);
    }

    void ping() {
        control.send(new Frame(Handshake.PING, new byte[0]));
    }

    /**
     * Whether anything comes from the peer within a second; what it is asked for is a packet that
     * says that the ping came.
     */
    CompletionStage<Boolean> answers() {
        CompletableFuture<Boolean> answered = new CompletableFuture<>();
        packets()
                .thenAccept(
                        before -> {
                            ping();
                            look(before, PROBES, answered);
                        });
        return answered;
    }

    private void look(long before, int times, CompletableFuture<Boolean> answered) {
        channel.eventLoop()
                .schedule(
                        () ->
                                packets()
                                        .thenAccept(
                                                now -> {
                                                    if (now > before || times <= 1) {
                                                        answered.complete(now > before);
                                                    } else {
                                                        look(before, times - 1, answered);
                                                    }
                                                }),
                        PROBE_MILLIS,
                        TimeUnit.MILLISECONDS);
    }

    /** How many came; 0 if that is not known any more. */
    private CompletionStage<Long> packets() {
        CompletableFuture<Long> packets = new CompletableFuture<>();
        channel.collectStats()
                .addListener(
                        done ->
                                packets.complete(
                                        done.getNow() instanceof QuicConnectionStats stats
                                                ? stats.recv()
                                                : 0L));
        return packets;
    }

    void peerSaid(String reason) {
        end.complete(reason);
        channel.close(true, 0, Unpooled.EMPTY_BUFFER);
    }

    @Override
    public CompletionStage<PeerStream> open(String protocol) {
        CompletableFuture<PeerStream> opened = new CompletableFuture<>();
        NettyStream.open(channel)
                .addListener(
                        done -> {
                            if (!done.isSuccess()) {
                                opened.completeExceptionally(
                                        new NetworkException(
                                                NetworkException.Code.CLOSED,
                                                "no stream to "
                                                        + machine.words()
                                                        + ": "
                                                        + done.cause().getMessage()));
                                return;
                            }
                            NettyStream stream = NettyStream.of(done.getNow());
                            stream.send(
                                    new Frame(
                                            NettyStream.PROTOCOL,
                                            protocol.getBytes(StandardCharsets.US_ASCII)));
                            opened.complete(stream);
                        });
        return opened;
    }

    @Override
    public void disconnect(String reason) {
        givenUp = true;
        end.complete(reason);
        control.send(new Frame(Handshake.BYE, reason.getBytes(StandardCharsets.UTF_8)));
        channel.eventLoop()
                .schedule(
                        () -> channel.close(true, 0, Unpooled.EMPTY_BUFFER),
                        LAST_WORD_MILLIS,
                        TimeUnit.MILLISECONDS);
    }

    @Override
    public String toString() {
        return machine.words() + " at " + address();
    }
}
