package dev.parley.groups.internal;

import dev.parley.actor.api.Actor;
import dev.parley.actor.api.Actors;
import dev.parley.gossip.api.Gossip;
import dev.parley.gossip.api.GossipMessage;
import dev.parley.gossip.api.Retention;
import dev.parley.gossip.api.Topic;
import dev.parley.groups.api.GroupEvent;
import dev.parley.groups.api.GroupException;
import dev.parley.groups.api.GroupException.Reason;
import dev.parley.groups.api.GroupInfo;
import dev.parley.groups.internal.core.Effect;
import dev.parley.storage.api.StorageException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Does what the cores want, in order, on one disk thread: so whatever leaves this container leaves
 * after what it rests on was written. If writing fails nothing of that group that comes after it is
 * done.
 */
final class EffectExecutor {
    private static final System.Logger LOG = System.getLogger(EffectExecutor.class.getName());
    private static final int MAX_BATCHES = 4_096;

    /** How long what was deleted may stay in the log. */
    private static final Duration REWRITE = Duration.ofHours(1);

    /** Where effects lead that are neither of the disk nor of gossip. */
    interface Outside {
        /** On a thread of gossip. */
        void heard(OpenGroup group, GossipMessage message);

        /** On the disk thread. */
        void ask(OpenGroup group, Effect.Ask ask);

        /** On the actor. */
        void tell(GroupEvent event);

        /** On the actor: nothing of the group is on disk any more. */
        void forgotten(OpenGroup group);
    }

    private final Actor actor;
    private final Gossip gossip;
    private final Outside outside;
    private final ExecutorService disk = Actors.pool("parley-groups-disk", 1, 2 * MAX_BATCHES);
    private final AtomicInteger batches = new AtomicInteger();

    EffectExecutor(Actor actor, Gossip gossip, Outside outside) {
        this.actor = actor;
        this.gossip = gossip;
        this.outside = outside;
    }

    /** Whether so much waits that nothing further should be begun. */
    boolean behind() {
        return batches.get() > MAX_BATCHES / 2;
    }

    /** Reads something after all that was to be written before. */
    void execute(Runnable reading) {
        disk.execute(reading);
    }

    /** Does what was given already, for some seconds at most. */
    void close() throws InterruptedException {
        disk.shutdown();
        disk.awaitTermination(5, TimeUnit.SECONDS);
    }

    /**
     * Has done what the core wants.
     *
     * @param after is told on the disk thread, with what went wrong if something did
     */
    void perform(OpenGroup group, List<Effect> effects, Consumer<Optional<GroupException>> after) {
        GroupInfo info = group.info();
        batches.incrementAndGet();
        try {
            disk.execute(
                    () -> {
                        batches.decrementAndGet();
                        after.accept(run(group, effects, info));
                    });
        } catch (RejectedExecutionException e) {
            batches.decrementAndGet();
            group.damaged("the disk is too slow, or the room stops");
            after.accept(Optional.of(GroupsComponent.closed()));
        }
    }

    private Optional<GroupException> run(OpenGroup group, List<Effect> effects, GroupInfo info) {
        try {
            if (!group.damage().isEmpty()) {
                throw new GroupException(Reason.DISK, group.damage());
            }
            for (Effect effect : effects) {
                run(group, effect, info);
            }
            if (group.damage().isEmpty() && group.openVault().isPresent()) {
                rewrite(group, group.openVault().get());
            }
            return Optional.empty();
        } catch (GroupException e) {
            return Optional.of(e);
        } catch (StorageException | RuntimeException e) {
            // What comes after this may rest on it.
            String why =
                    "it could not be written, and is read again at the next start: "
                            + e.getMessage();
            group.damaged(why);
            LOG.log(System.Logger.Level.ERROR, "group " + group.id, e);
            return Optional.of(new GroupException(Reason.DISK, why));
        }
    }

    private void rewrite(OpenGroup group, Vault vault) throws StorageException {
        Instant now = actor.time().now();
        if (vault.large() || vault.deleted() && group.rewritten.plus(REWRITE).isBefore(now)) {
            vault.rewrite();
            group.rewritten = now;
        }
    }

    private void run(OpenGroup group, Effect effect, GroupInfo info)
            throws StorageException, GroupException {
        if (effect instanceof Effect.Persist it) {
            group.vault().write(it.changes());
        } else if (effect instanceof Effect.Follow it) {
            closeTopic(group);
            group.topic =
                    Optional.of(
                            gossip.subscribe(it.topic(), message -> outside.heard(group, message)));
        } else if (effect instanceof Effect.Publish it) {
            gossip.publish(new Topic(it.topic()), it.payload(), Retention.NONE)
                    .exceptionally(
                            e -> {
                                LOG.log(System.Logger.Level.DEBUG, "publishing", e);
                                return "";
                            });
        } else if (effect instanceof Effect.Ask it) {
            outside.ask(group, it);
        } else if (effect instanceof Effect.Tell it) {
            actor.after(Duration.ZERO, () -> outside.tell(it.event()));
        } else if (effect instanceof Effect.Joined) {
            actor.after(
                    Duration.ZERO,
                    () -> {
                        group.joins.forEach(join -> join.complete(info));
                        group.joins.clear();
                    });
        } else if (effect instanceof Effect.NotJoined it) {
            actor.after(
                    Duration.ZERO,
                    () -> {
                        group.joins.forEach(join -> join.completeExceptionally(it.cause()));
                        group.joins.clear();
                    });
        } else if (effect instanceof Effect.Forget) {
            closeTopic(group);
            Vault vault = group.vault();
            group.damaged("the group is not kept any more");
            vault.delete();
            actor.after(Duration.ZERO, () -> outside.forgotten(group));
        }
    }

    static void closeTopic(OpenGroup group) {
        group.topic.ifPresent(
                it -> {
                    try {
                        it.close();
                    } catch (Exception e) {
                        LOG.log(System.Logger.Level.DEBUG, "ending a subscription", e);
                    }
                });
        group.topic = Optional.empty();
    }
}
