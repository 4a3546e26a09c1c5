package dev.parley.network.internal;

import dev.parley.identity.api.AgentId;
import dev.parley.identity.api.MachineId;
import dev.parley.network.api.NetworkException;
import dev.parley.network.api.Peer;
import dev.parley.network.api.PeerStream;
import dev.parley.wire.api.Frame;
import io.netty.buffer.Unpooled;
import io.netty.incubator.codec.quic.QuicChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** An authenticated connection. */
final class Connection implements Peer {
    private final QuicChannel channel;
    private final Hello hello;
    private final MachineId machine;
    private final AgentId agent;
    private final boolean outbound;
    private final NettyStream control;
    private volatile String closeReason = "connection lost";

    Connection(QuicChannel channel, Hello hello, boolean outbound, NettyStream control) {
        this.channel = channel;
        this.hello = hello;
        this.machine = hello.machine().machineId();
        this.agent = hello.agent().agentId();
        this.outbound = outbound;
        this.control = control;
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

    String closeReason() {
        return closeReason;
    }

    /**
     * @return whether the peer may still be there
     */
    boolean ping() {
        return channel.isActive() && control.send(new Frame(Handshake.PING, new byte[0]));
    }

    void peerSaid(String reason) {
        closeReason = reason;
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
        closeReason = reason;
        control.send(new Frame(Handshake.BYE, reason.getBytes(StandardCharsets.UTF_8)));
        channel.eventLoop()
                .schedule(
                        () -> channel.close(true, 0, Unpooled.EMPTY_BUFFER),
                        50,
                        java.util.concurrent.TimeUnit.MILLISECONDS);
    }

    @Override
    public String toString() {
        return machine.words() + " at " + address();
    }
}
