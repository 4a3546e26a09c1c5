package dev.parley.network.internal;

import dev.parley.identity.api.Identity;
import dev.parley.network.api.NetworkException;
import dev.parley.network.api.NetworkException.Code;
import dev.parley.wire.api.Frame;
import dev.parley.wire.api.MalformedException;
import io.netty.buffer.Unpooled;
import io.netty.incubator.codec.quic.QuicChannel;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The control stream of one connection: hello and hello back, then pings and a last word.
 *
 * <p>Until both proofs hold nothing else is read from the peer. Runs on the connection's event
 * loop.
 */
final class Handshake {
    static final int HELLO = 1;
    static final int REFUSED = 2;
    static final int PING = 3;
    static final int BYE = 4;
    private static final int LIMIT_MILLIS = 10_000;

    /** What the handshake leads to. */
    interface Outcome {
        void authenticated(Connection connection);

        void failed(NetworkException reason);
    }

    private final Identity identity;
    private final TlsIdentity tls;
    private final String address;
    private final BiFunction<Hello, Boolean, Optional<String>> gates;
    private final Outcome outcome;
    private final QuicChannel channel;
    private final boolean client;
    private boolean done;
    private @Nullable Connection connection;

    Handshake(
            Identity identity,
            TlsIdentity tls,
            String address,
            BiFunction<Hello, Boolean, Optional<String>> gates,
            Outcome outcome,
            QuicChannel channel,
            boolean client) {
        this.identity = identity;
        this.tls = tls;
        this.address = address;
        this.gates = gates;
        this.outcome = outcome;
        this.channel = channel;
        this.client = client;
        channel.eventLoop()
                .schedule(
                        () -> fail(Code.TIMEOUT, "no hello within " + LIMIT_MILLIS / 1000 + " s"),
                        LIMIT_MILLIS,
                        TimeUnit.MILLISECONDS);
    }

    boolean authenticated() {
        return connection != null;
    }

    @Nullable Connection connection() {
        return connection;
    }

    /** The client's first step, on the stream that it has opened. */
    void start(NettyStream control) {
        Optional<Hello.Binding> binding =
                channel.sslEngine() == null
                        ? Optional.empty()
                        : tls.binding(channel.sslEngine(), true);
        if (binding.isEmpty()) {
            fail(Code.BAD_PROOF, "TLS gave no exporter");
            return;
        }
        control.receive(frame -> onFrame(control, frame), this::onClosed);
        control.send(new Frame(HELLO, Hello.sign(identity, binding.get(), address).encode()));
    }

    /** The server's first step: the first frame of the first stream. */
    void accept(NettyStream control, Frame first) {
        control.receive(frame -> onFrame(control, frame), this::onClosed);
        onFrame(control, first);
    }

    private void onFrame(NettyStream control, Frame frame) {
        Connection peer = connection;
        if (peer != null) {
            if (frame.type() == BYE) {
                peer.peerSaid("it said: " + shortText(frame.body()));
            }
            return;
        }
        if (done) {
            return;
        }
        try {
            if (frame.type() == REFUSED && client) {
                Refusal refusal = Refusal.decode(frame.body());
                fail(refusal.code(), "the peer refused: " + printable(refusal.text()));
            } else if (frame.type() == HELLO) {
                onHello(control, Hello.decode(frame.body()));
            } else {
                refuse(
                        control,
                        Code.MALFORMED,
                        "frame type " + frame.type() + ", expected a hello");
            }
        } catch (MalformedException e) {
            refuse(control, Code.MALFORMED, e.getMessage() == null ? "hello" : e.getMessage());
        }
    }

    private void onHello(NettyStream control, Hello hello) {
        Optional<Hello.Binding> theirs =
                channel.sslEngine() == null
                        ? Optional.empty()
                        : tls.binding(channel.sslEngine(), client)
                                .map(
                                        b ->
                                                new Hello.Binding(
                                                        b.exporter(),
                                                        !client,
                                                        b.clientCertificate(),
                                                        b.serverCertificate()));
        if (hello.version() != Hello.VERSION) {
            refuse(
                    control,
                    Code.WRONG_VERSION,
                    "protocol version " + hello.version() + ", expected " + Hello.VERSION);
        } else if (!hello.network().equals(identity.network().name())) {
            refuse(
                    control,
                    Code.WRONG_NETWORK,
                    "network '"
                            + shortText(hello.network().getBytes(StandardCharsets.UTF_8))
                            + "', expected '"
                            + identity.network()
                            + "'");
        } else if (hello.machine().equals(identity.machineKey())) {
            refuse(control, Code.SELF, "this is the same container");
        } else if (theirs.isEmpty() || !hello.proves(identity.network(), theirs.get())) {
            refuse(
                    control,
                    Code.BAD_PROOF,
                    "the identity's signatures do not hold for this connection");
        } else {
            Optional<String> refusal = gates.apply(hello, client);
            if (refusal.isPresent()) {
                refuse(control, Code.REFUSED, refusal.get());
                return;
            }
            if (!client) {
                Optional<Hello.Binding> ours = tls.binding(channel.sslEngine(), false);
                control.send(
                        new Frame(
                                HELLO, Hello.sign(identity, ours.orElseThrow(), address).encode()));
            }
            done = true;
            byte[] process =
                    client ? theirs.get().serverCertificate() : theirs.get().clientCertificate();
            Connection made = new Connection(channel, hello, client, control, process);
            connection = made;
            outcome.authenticated(made);
        }
    }

    private void onClosed(String reason) {
        fail(Code.CLOSED, "closed before a hello: " + reason);
    }

    private void refuse(NettyStream control, Code code, String text) {
        if (!done) {
            control.send(new Frame(REFUSED, new Refusal(code, text).encode()));
            control.finish();
            fail(code, text);
        }
    }

    private void fail(Code code, String text) {
        if (done) {
            return;
        }
        done = true;
        outcome.failed(new NetworkException(code, text));
        channel.eventLoop()
                .schedule(
                        () -> channel.close(true, 1, Unpooled.EMPTY_BUFFER),
                        200,
                        TimeUnit.MILLISECONDS);
    }

    /** What a peer wrote, short and without control characters. */
    private static String shortText(byte[] utf8) {
        return printable(new String(utf8, 0, Math.min(utf8.length, 200), StandardCharsets.UTF_8));
    }

    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }
}
