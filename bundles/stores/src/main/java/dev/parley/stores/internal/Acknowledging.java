package dev.parley.stores.internal;

import dev.parley.actor.api.Actor;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.Replica;
import dev.parley.identity.api.Identity;
import dev.parley.identity.api.MachineId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Says what this agent has of a store, and gathers what others say ({@code
 * docs/protocols/0011-store-sync}, Compaction). Runs on the room's thread.
 */
final class Acknowledging {
    private final Actor actor;
    private final Identity identity;
    private final Id self;
    private final Requests requests;
    private final Background checks;
    private final Background disk;

    Acknowledging(
            Actor actor, Identity identity, Requests requests, Background checks, Background disk) {
        this.actor = actor;
        this.identity = identity;
        this.self = Id.of(identity.agent().bytes());
        this.requests = requests;
        this.checks = checks;
        this.disk = disk;
    }

    private long now() {
        return actor.time().now().toEpochMilli();
    }

    /** Which ones it has that are not here. */
    void ask(OpenStore store, MachineId from) {
        ask(store, from, () -> {});
    }

    /**
     * The same.
     *
     * @param then runs when those that came are known
     */
    void ask(OpenStore store, MachineId from, Runnable then) {
        List<SyncMessage.Known> known = store.compacting.known();
        requests.send(
                from,
                new SyncMessage.AskAcknowledgements(store.id(), known),
                answer -> {
                    if (answer instanceof SyncMessage.Acknowledgements it) {
                        take(store, it.all(), then);
                    }
                },
                code -> {});
    }

    private void take(OpenStore store, List<Acknowledgement> all, Runnable then) {
        List<Acknowledgement> wanted = new ArrayList<>(all);
        wanted.removeIf(
                it ->
                        !it.store().equals(store.id())
                                || it.number() > now() + Compacting.SILENT.toMillis()
                                || !Compacting.mayWrite(store.replica(), it.agent()));
        checks.run(
                "acknowledgements of store " + store.id().hex(),
                () -> wanted.stream().filter(it -> it.isSigned(identity.network())).toList(),
                signed -> {
                    signed.orElse(List.of()).forEach(it -> take(store, it));
                    then.run();
                });
    }

    private void take(OpenStore store, Acknowledgement acknowledgement) {
        if (store.compacting.take(acknowledgement)) {
            keep(store, acknowledgement, () -> {});
        }
    }

    private void keep(OpenStore store, Acknowledgement said, Runnable then) {
        disk.run(
                "acknowledgements of store " + store.id().hex(),
                () -> {
                    store.compacting.promises().acknowledges(said);
                    return said;
                },
                kept -> {
                    kept.ifPresent(store.compacting::take);
                    then.run();
                });
    }

    /**
     * Somebody asks what is acknowledged.
     *
     * @param answer is told it on the room's thread
     */
    void answer(OpenStore store, List<SyncMessage.Known> known, Consumer<SyncMessage> answer) {
        store.compacting.wish(actor.time().nanos());
        acknowledge(
                store,
                () ->
                        answer.accept(
                                new SyncMessage.Acknowledgements(
                                        store.compacting.newerThan(known))));
    }

    /**
     * By this agent, if there is something new to say.
     *
     * @param then runs once that is on disk
     */
    void acknowledge(OpenStore store, Runnable then) {
        Replica replica = store.replica();
        List<Id> heads = replica.heads("").stream().sorted().toList();
        Optional<Acknowledgement> before = store.compacting.of(self);
        boolean isNew = before.isEmpty() || !before.get().heads().equals(heads);
        if (isNew
                && store.isQuiet()
                && !heads.isEmpty()
                && heads.size() <= Acknowledgement.MAX_HEADS
                && store.hasWritten()
                && Compacting.mayWrite(replica, self)) {
            long number = Math.max(now(), before.map(it -> it.number() + 1).orElse(0L));
            Acknowledgement made = Acknowledgement.make(identity, store.id(), number, heads);
            keep(store, made, then);
        } else {
            then.run();
        }
    }
}
