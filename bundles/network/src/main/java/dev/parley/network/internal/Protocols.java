package dev.parley.network.internal;

import dev.parley.actor.api.Actor;
import dev.parley.network.api.Peer;
import dev.parley.network.api.PeerStream;
import dev.parley.network.api.ProtocolHandler;
import dev.parley.wire.api.Frame;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Gives each stream that a peer opens to the room that speaks its protocol. Any thread may call;
 * streams that wait belong to the actor.
 */
final class Protocols {
    private static final Duration PARK = Duration.ofSeconds(10);
    private static final int MAX_PARKED = 256;

    private record Parked(Peer peer, PeerStream stream, String protocol) {}

    private final Actor actor;
    private final Map<String, ProtocolHandler> handlers = new ConcurrentHashMap<>();
    private final List<Parked> parked = new ArrayList<>();

    Protocols(Actor actor) {
        this.actor = actor;
    }

    void add(ProtocolHandler handler) {
        handlers.put(handler.protocol(), handler);
        actor.tell(
                () -> {
                    for (Parked stream : List.copyOf(parked)) {
                        if (stream.protocol().equals(handler.protocol())) {
                            parked.remove(stream);
                            handler.accept(stream.peer(), stream.stream());
                        }
                    }
                });
    }

    void remove(ProtocolHandler handler) {
        handlers.remove(handler.protocol(), handler);
    }

    /**
     * @param first the first frame, which names the protocol
     */
    void dispatch(Connection peer, NettyStream stream, Frame first) {
        String protocol =
                new String(
                        first.body(),
                        0,
                        Math.min(100, first.body().length),
                        StandardCharsets.US_ASCII);
        if (first.type() != NettyStream.PROTOCOL) {
            stream.reset();
            return;
        }
        ProtocolHandler handler = handlers.get(protocol);
        if (handler != null) {
            handler.accept(peer, stream);
            return;
        }
        actor.tell(() -> park(new Parked(peer, stream, protocol)));
    }

    /**
     * A stream for a protocol whose room is not up yet waits a little; one that nobody speaks is
     * reset.
     */
    private void park(Parked stream) {
        ProtocolHandler handler = handlers.get(stream.protocol());
        if (handler != null) {
            handler.accept(stream.peer(), stream.stream());
        } else if (parked.size() >= MAX_PARKED) {
            stream.stream().reset();
        } else {
            parked.add(stream);
            actor.after(
                    PARK,
                    () -> {
                        if (parked.remove(stream)) {
                            stream.stream().reset();
                        }
                    });
        }
    }
}
