package dev.parley.groups.internal;

import dev.parley.actor.api.Actor;
import dev.parley.direct.api.RequestException;
import dev.parley.gossip.api.Gossip;
import dev.parley.gossip.api.GossipMessage;
import dev.parley.groups.api.GroupEvent;
import dev.parley.groups.api.GroupException;
import dev.parley.groups.api.GroupId;
import dev.parley.groups.internal.core.Effect;
import dev.parley.groups.internal.core.GroupCore;
import dev.parley.groups.internal.format.Item;
import dev.parley.groups.internal.format.SyncMessage;
import dev.parley.identity.api.AgentId;
import dev.parley.network.api.Network;
import dev.parley.network.api.Peer;
import dev.parley.network.api.PeerListener;
import dev.parley.wire.api.MalformedException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * The groups that are open here, and the way of what comes in to them. The actor's, but for {@link
 * #heard}, {@link #ask}, {@link #listen} and what peers do, which any thread may call.
 */
final class OpenGroups implements EffectExecutor.Outside, PeerListener {
    private static final System.Logger LOG = System.getLogger(OpenGroups.class.getName());

    /** In ticks. */
    private static final int LOOK_AT_LOG = 60;

    private final Actor actor;
    private final Network network;
    private final Answers answers;
    private final EffectExecutor effects;
    private final Map<GroupId, OpenGroup> groups = new LinkedHashMap<>();
    private final List<Consumer<GroupEvent>> listeners = new CopyOnWriteArrayList<>();
    private long ticks;

    OpenGroups(Actor actor, Network network, Gossip gossip, Answers answers) {
        this.actor = actor;
        this.network = network;
        this.answers = answers;
        this.effects = new EffectExecutor(actor, gossip, this);
    }

    Instant now() {
        return actor.time().now();
    }

    EffectExecutor effects() {
        return effects;
    }

    Collection<OpenGroup> all() {
        return groups.values();
    }

    Optional<OpenGroup> find(GroupId id) {
        return Optional.ofNullable(groups.get(id));
    }

    /** One that is there but cannot be used. */
    void addDamaged(GroupId id, String damage) {
        groups.put(id, new OpenGroup(id, damage));
    }

    void open(OpenGroup group) throws GroupException {
        groups.put(group.id, group);
        for (Peer peer : network.peers()) {
            group.core().connected(peer.agent(), now());
        }
        perform(group);
    }

    void tick() {
        ticks++;
        for (OpenGroup group : List.copyOf(groups.values())) {
            each(group, core -> core.tick(now()));
        }
    }

    /** An input that nobody waits for; dropped when the disk is far behind. */
    void each(OpenGroup group, Consumer<GroupCore> input) {
        if (!group.damage().isEmpty() || effects.behind()) {
            return;
        }
        try {
            input.accept(group.core());
            List<Effect> wanted = group.core().drain();
            // Also without anything to do the log is looked at now and then.
            if (!wanted.isEmpty() || ticks % LOOK_AT_LOG == 0) {
                effects.perform(group, wanted, failure -> {});
            }
        } catch (GroupException e) {
            LOG.log(System.Logger.Level.DEBUG, "group " + group.id, e);
        }
    }

    void perform(OpenGroup group) throws GroupException {
        perform(group, failure -> {});
    }

    /**
     * Has done what the core wants.
     *
     * @param after is told on the disk thread, with what went wrong if something did
     */
    void perform(OpenGroup group, Consumer<Optional<GroupException>> after) throws GroupException {
        effects.perform(group, group.core().drain(), after);
    }

    @Override
    public void tell(GroupEvent event) {
        for (Consumer<GroupEvent> listener : listeners) {
            try {
                listener.accept(event);
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "a listener of groups failed", e);
            }
        }
    }

    @Override
    public void heard(OpenGroup group, GossipMessage message) {
        try {
            Item item = Item.decode(message.payload());
            actor.tell(() -> each(group, core -> core.heard(message.author(), item, now())));
        } catch (MalformedException e) {
            LOG.log(System.Logger.Level.DEBUG, "on a group''s topic: {0}", e.getMessage());
        }
    }

    @Override
    public void ask(OpenGroup group, Effect.Ask ask) {
        Optional<Peer> peer =
                network.peers().stream().filter(it -> it.agent().equals(ask.to())).findFirst();
        CompletionStage<SyncMessage> answer =
                peer.isEmpty()
                        ? CompletableFuture.failedStage(
                                new RequestException("NOT_CONNECTED", "no such peer"))
                        : answers.ask(peer.get().machine(), ask.question());
        answer.whenComplete(
                (message, failure) ->
                        actor.after(
                                Duration.ZERO,
                                () ->
                                        each(
                                                group,
                                                core -> {
                                                    if (failure == null) {
                                                        core.answered(
                                                                ask.to(),
                                                                ask.question(),
                                                                message,
                                                                now());
                                                    } else {
                                                        core.unanswered(
                                                                ask.to(),
                                                                ask.question(),
                                                                code(failure));
                                                    }
                                                })));
    }

    @Override
    public void forgotten(OpenGroup group) {
        groups.remove(group.id, group);
    }

    private static String code(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
        return cause instanceof RequestException refused ? refused.code() : "BAD_ANSWER";
    }

    @Override
    public void connected(Peer peer) {
        actor.tell(
                () -> {
                    for (OpenGroup group : List.copyOf(groups.values())) {
                        each(group, core -> core.connected(peer.agent(), now()));
                    }
                });
    }

    @Override
    public void disconnected(Peer peer, String reason) {
        AgentId agent = peer.agent();
        actor.tell(
                () -> {
                    if (network.peers().stream().noneMatch(it -> it.agent().equals(agent))) {
                        for (OpenGroup group : List.copyOf(groups.values())) {
                            each(group, core -> core.disconnected(agent));
                        }
                    }
                });
    }

    AutoCloseable listen(Consumer<GroupEvent> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }
}
