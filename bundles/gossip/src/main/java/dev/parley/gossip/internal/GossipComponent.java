package dev.parley.gossip.internal;

import dev.parley.actor.api.Actor;
import dev.parley.actor.api.Actors;
import dev.parley.gossip.api.Gossip;
import dev.parley.gossip.api.GossipMessage;
import dev.parley.gossip.api.MessageGate;
import dev.parley.gossip.api.Retention;
import dev.parley.gossip.api.Topic;
import dev.parley.identity.api.AgentId;
import dev.parley.identity.api.Identity;
import dev.parley.identity.api.MachineId;
import dev.parley.network.api.Peer;
import dev.parley.network.api.PeerListener;
import dev.parley.network.api.PeerStream;
import dev.parley.network.api.ProtocolHandler;
import dev.parley.wire.api.Frame;
import dev.parley.wire.api.MalformedException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/**
 * Runs the {@link GossipCore} on one actor. Each container opens one stream to each neighbour and
 * sends on it; it reads from the one that the neighbour opened. A frame that finds a full stream is
 * dropped and counted: the next tick repairs it.
 */
@Component(service = {Gossip.class, PeerListener.class, ProtocolHandler.class})
public final class GossipComponent implements Gossip, PeerListener, ProtocolHandler {
    static final String PROTOCOL = "/parley/gossip/1";
    private static final System.Logger LOG = System.getLogger(GossipComponent.class.getName());
    private static final Duration TICK = Duration.ofMillis(2500);
    private static final int TICK_JITTER_MILLIS = 1000;
    private static final Duration REOPEN = Duration.ofSeconds(1);

    private record Subscriber(
            String filter, Consumer<GossipMessage> consumer, AtomicBoolean open) {}

    private final Actor actor = Actors.create("parley-gossip", 20_000);
    private final Identity identity;
    private final GossipCore core;
    private final Map<MachineId, Peer> peers = new HashMap<>();
    private final Map<MachineId, PeerStream> streams = new HashMap<>();
    private final List<Subscriber> subscribers = new CopyOnWriteArrayList<>();
    private final List<MessageGate> gates = new CopyOnWriteArrayList<>();
    private final AtomicLong malformed = new AtomicLong();
    private final AtomicLong notSent = new AtomicLong();

    @Activate
    public GossipComponent(@Reference Identity identity) {
        this.identity = identity;
        this.core = new GossipCore(identity.network(), identity.machine(), this::admit);
        nextTick();
    }

    /** Not all containers of a network at one moment. */
    private void nextTick() {
        int jitter = ThreadLocalRandom.current().nextInt(TICK_JITTER_MILLIS);
        actor.after(
                TICK.plusMillis(jitter),
                () -> {
                    nextTick();
                    run(core.tick(actor.time().now()));
                });
    }

    @Deactivate
    public void close() {
        actor.close();
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    public void addGate(MessageGate gate) {
        gates.add(gate);
        actor.tell(core::recheck);
    }

    public void removeGate(MessageGate gate) {
        gates.remove(gate);
    }

    private boolean admit(AgentId author, MachineId machine) {
        return gates.stream().allMatch(gate -> gate.admit(author, machine));
    }

    @Override
    public CompletionStage<String> publish(Topic topic, byte[] payload, Retention retention) {
        if (payload.length > MAX_PAYLOAD_BYTES) {
            throw new IllegalArgumentException(
                    "payload: " + payload.length + " bytes, at most " + MAX_PAYLOAD_BYTES);
        }
        byte[] copy = payload.clone();
        CompletableFuture<String> id = new CompletableFuture<>();
        boolean told =
                actor.tell(
                        () -> {
                            List<GossipCore.Effect> effects =
                                    core.publish(
                                            identity.session(),
                                            topic,
                                            copy,
                                            retention,
                                            actor.time().now());
                            run(effects);
                            effects.stream()
                                    .filter(GossipCore.Effect.Deliver.class::isInstance)
                                    .findFirst()
                                    .ifPresentOrElse(
                                            it ->
                                                    id.complete(
                                                            ((GossipCore.Effect.Deliver) it)
                                                                    .envelope()
                                                                    .id()
                                                                    .toString()),
                                            () ->
                                                    id.completeExceptionally(
                                                            new IllegalStateException(
                                                                    "a newer message with this key is out already")));
                        });
        if (!told) {
            id.completeExceptionally(
                    new IllegalStateException("too many messages wait to be published"));
        }
        return id;
    }

    @Override
    public AutoCloseable subscribe(String filter, Consumer<GossipMessage> consumer) {
        if (!Topic.validFilter(filter)) {
            throw new IllegalArgumentException(
                    "'" + filter + "' is no topic and no topic followed by '/*'");
        }
        Subscriber subscriber = new Subscriber(filter, consumer, new AtomicBoolean(true));
        actor.tell(
                () -> {
                    subscribers.add(subscriber);
                    core.retained().forEach(deliver -> deliver(subscriber, message(deliver)));
                });
        return () -> {
            subscriber.open().set(false);
            actor.tell(() -> subscribers.remove(subscriber));
        };
    }

    @Override
    public Map<String, Long> counters() {
        CompletableFuture<Map<String, Long>> counted = new CompletableFuture<>();
        if (!actor.tell(() -> counted.complete(core.counters()))) {
            return Map.of();
        }
        Map<String, Long> all =
                new TreeMap<>(
                        counted.completeOnTimeout(
                                        Map.of(), 1, java.util.concurrent.TimeUnit.SECONDS)
                                .join());
        all.put("malformed", malformed.get());
        all.put("not sent", notSent.get());
        return all;
    }

    @Override
    public void connected(Peer peer) {
        actor.tell(
                () -> {
                    peers.put(peer.machine(), peer);
                    core.joined(peer.machine(), actor.time().now());
                });
        open(peer);
    }

    private void open(Peer peer) {
        peer.open(PROTOCOL)
                .whenComplete(
                        (stream, failure) -> {
                            if (failure != null) {
                                LOG.log(System.Logger.Level.DEBUG, "no gossip stream", failure);
                                actor.tell(() -> reopen(peer));
                                return;
                            }
                            stream.receive(
                                    frame -> {}, reason -> actor.tell(() -> lost(peer, stream)));
                            actor.tell(
                                    () -> {
                                        streams.put(peer.machine(), stream);
                                        run(core.greet(peer.machine()));
                                    });
                        });
    }

    /** The stream ended, the peer may still be there. */
    private void lost(Peer peer, PeerStream stream) {
        if (streams.remove(peer.machine(), stream)) {
            reopen(peer);
        }
    }

    private void reopen(Peer peer) {
        actor.after(
                REOPEN,
                () -> {
                    if (peers.get(peer.machine()) == peer && !streams.containsKey(peer.machine())) {
                        open(peer);
                    }
                });
    }

    @Override
    public void disconnected(Peer peer, String reason) {
        actor.tell(
                () -> {
                    if (peers.remove(peer.machine(), peer)) {
                        streams.remove(peer.machine());
                        core.left(peer.machine());
                    }
                });
    }

    @Override
    public String protocol() {
        return PROTOCOL;
    }

    @Override
    public void accept(Peer peer, PeerStream stream) {
        stream.receive(frame -> onFrame(peer, stream, frame), reason -> {});
    }

    private void onFrame(Peer peer, PeerStream stream, Frame frame) {
        try {
            GossipFrame decoded = GossipFrame.decode(frame);
            boolean told =
                    actor.tell(() -> run(core.on(peer.machine(), decoded, actor.time().now())));
            if (!told) {
                notSent.incrementAndGet();
            }
        } catch (MalformedException e) {
            malformed.incrementAndGet();
            LOG.log(System.Logger.Level.DEBUG, "gossip from {0}: {1}", peer, e.getMessage());
            stream.reset();
        }
    }

    private void run(List<GossipCore.Effect> effects) {
        for (GossipCore.Effect effect : effects) {
            if (effect instanceof GossipCore.Effect.Send send) {
                PeerStream stream = streams.get(send.to());
                if (stream == null || !stream.send(send.frame().encode())) {
                    notSent.incrementAndGet();
                }
            } else if (effect instanceof GossipCore.Effect.Deliver deliver) {
                GossipMessage message = message(deliver);
                subscribers.forEach(subscriber -> deliver(subscriber, message));
            }
        }
    }

    private static GossipMessage message(GossipCore.Effect.Deliver deliver) {
        Envelope envelope = deliver.envelope();
        return new GossipMessage(
                envelope.id().toString(),
                envelope.topic(),
                deliver.certificate().agent(),
                deliver.certificate().machine(),
                envelope.time(),
                envelope.payload(),
                deliver.via());
    }

    private static void deliver(Subscriber subscriber, GossipMessage message) {
        if (subscriber.open().get() && message.topic().matches(subscriber.filter())) {
            try {
                subscriber.consumer().accept(message);
            } catch (RuntimeException e) {
                LOG.log(
                        System.Logger.Level.ERROR,
                        "a subscriber of " + subscriber.filter() + " failed",
                        e);
            }
        }
    }
}
