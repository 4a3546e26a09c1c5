package dev.parley.stores.internal;

import dev.parley.actor.api.Actor;
import dev.parley.crdt.api.Checkpoint;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.Role;
import dev.parley.identity.api.Identity;
import dev.parley.identity.api.MachineId;
import dev.parley.network.api.Network;
import dev.parley.network.api.Peer;
import dev.parley.stores.api.Compaction;
import dev.parley.stores.api.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Gives up what everybody has, when its user wishes it ({@code docs/protocols/0011-store-sync},
 * Compaction): waits for acknowledgements, finds the cut, has it proposed, and compacts to what is
 * approved. Runs on the room's thread; snapshots are made elsewhere.
 */
final class Compactor {
    private static final System.Logger LOG = System.getLogger(Compactor.class.getName());
    private static final Duration BETWEEN = Duration.ofMillis(500);
    private static final Duration QUIET = Duration.ofMillis(5);
    private static final int ATTEMPTS = 8;

    /** Until then it is waited for acknowledgements, then proposed what there is. */
    private static final int GATHERING = 4;

    private final Actor actor;
    private final Id self;
    private final Network network;
    private final Acknowledging acknowledging;
    private final Proposals proposals;
    private final Rebuilding rebuilding;
    private final Collection<OpenStore> stores;
    private final Flusher flusher;

    Compactor(
            Actor actor,
            Identity identity,
            Network network,
            Acknowledging acknowledging,
            Proposals proposals,
            Rebuilding rebuilding,
            Map<Id, OpenStore> stores,
            Flusher flusher) {
        this.actor = actor;
        this.self = Id.of(identity.agent().bytes());
        this.network = network;
        this.acknowledging = acknowledging;
        this.proposals = proposals;
        this.rebuilding = rebuilding;
        this.stores = stores.values();
        this.flusher = flusher;
    }

    private long now() {
        return actor.time().now().toEpochMilli();
    }

    /** In every round of comparing. */
    void round() {
        for (OpenStore store : stores) {
            if (store.compacting.isWished(actor.time().nanos())) {
                network.peers().forEach(peer -> ask(store, peer.machine()));
            }
        }
    }

    private void ask(OpenStore store, MachineId from) {
        acknowledging.ask(store, from);
        proposals.ask(store, from);
    }

    /**
     * Somebody asks what is acknowledged.
     *
     * @param answer is told it on the room's thread
     */
    void acknowledgements(
            OpenStore store,
            List<SyncMessage.Known> known,
            MachineId asker,
            Consumer<SyncMessage> answer) {
        proposals.ask(store, asker);
        acknowledging.answer(store, known, answer);
    }

    /** Its user wishes it. */
    CompletionStage<Compaction> compact(OpenStore store) {
        store.compacting.wish(actor.time().nanos());
        CompletableFuture<Compaction> done = new CompletableFuture<>();
        attempt(store, done, 0);
        return done;
    }

    private void attempt(OpenStore store, CompletableFuture<Compaction> done, int attempt) {
        if (!stores.contains(store) || !store.damage().isEmpty()) {
            done.completeExceptionally(
                    new StoreException(StoreException.Code.DISK, store.damage()));
            return;
        }
        if (store.replica().lacksIds()) {
            String why = "the ids of the changes below its checkpoint are still on their way";
            done.complete(report(store, false, List.of(), List.of(), why));
            return;
        }
        Collection<Peer> peers = network.peers();
        peers.forEach(peer -> ask(store, peer.machine()));
        boolean isLate = attempt >= GATHERING || peers.isEmpty();
        boolean isLast = attempt == ATTEMPTS || peers.isEmpty();
        Consumer<Compaction> then =
                now -> {
                    if (now.done() || isLast) {
                        done.complete(now);
                    } else {
                        attempt(store, done, attempt + 1);
                    }
                };
        actor.after(
                attempt == 0 ? QUIET : BETWEEN,
                () ->
                        flusher.whenQuiet(
                                store,
                                () ->
                                        acknowledging.acknowledge(
                                                store, () -> step(store, isLate, then))));
    }

    /**
     * @param isLate whether acknowledgements are not waited for any more
     */
    private void step(OpenStore store, boolean isLate, Consumer<Compaction> then) {
        Set<Id> counted = store.compacting.counted(store.replica(), now()).keySet();
        List<Id> late = late(store, counted);
        if (store.replica().role(self) == Role.ADMIN && (late.isEmpty() || isLate)) {
            propose(store, counted, () -> settle(store, late, then));
        } else {
            settle(store, late, then);
        }
    }

    /** Compacts to what is proposed, if it is approved. */
    private void settle(OpenStore store, List<Id> late, Consumer<Compaction> then) {
        Replica replica = store.replica();
        Optional<Compacting.Proposal> proposal = store.compacting.proposal();
        if (proposal.isEmpty()) {
            boolean isAdmin = replica.role(self) == Role.ADMIN;
            then.accept(report(store, false, late, List.of(), nothing(isAdmin, late)));
            return;
        }
        List<Seal> approvals = proposal.get().approvals();
        if (!Compacting.isApproved(Compacting.admins(replica), approvals)) {
            List<Id> admins = new ArrayList<>(Compacting.admins(replica));
            approvals.forEach(it -> admins.remove(it.agent()));
            String why = "too few admins have signed the checkpoint yet";
            then.accept(report(store, false, late, admins, why));
            return;
        }
        Checkpoint checkpoint = proposal.get().checkpoint();
        rebuilding.run(
                store,
                () -> Rebuild.below(store, checkpoint, approvals),
                why -> {
                    if (why.isEmpty()) {
                        proposals.settle(store);
                    }
                    then.accept(report(store, why.isEmpty(), late, List.of(), why));
                });
    }

    private static String nothing(boolean isAdmin, List<Id> late) {
        if (!late.isEmpty()) {
            return "nobody can say that all have what is here: some who write have not said so";
        }
        return isAdmin
                ? "there is nothing new to give up"
                : "no admin's checkpoint is here that goes beyond what was given up";
    }

    /** Who counts and has not acknowledged all of the main line. */
    private List<Id> late(OpenStore store, Collection<Id> counted) {
        List<Id> heads = store.replica().heads("").stream().sorted().toList();
        return counted.stream()
                .filter(agent -> !agent.equals(self))
                .filter(agent -> !hasAll(store, agent, heads))
                .toList();
    }

    private static boolean hasAll(OpenStore store, Id agent, List<Id> heads) {
        return store.compacting
                .of(agent)
                .filter(it -> store.replica().stableCut(List.of(it.heads())).equals(heads))
                .isPresent();
    }

    /** The cut that all who count have, if it goes beyond what is proposed or given up already. */
    private void propose(OpenStore store, Collection<Id> counted, Runnable then) {
        Replica replica = store.replica();
        Set<Id> others = new HashSet<>(counted);
        others.remove(self);
        List<Id> cut = store.compacting.cut(replica, others);
        List<Id> before =
                store.compacting
                        .proposal()
                        .map(it -> it.checkpoint().heads())
                        .or(() -> store.checkpoint().map(it -> it.checkpoint().heads()))
                        .orElse(List.of());
        boolean isHigher =
                !cut.equals(before.stream().sorted().toList())
                        && Compacting.contains(replica, cut, before);
        if (cut.isEmpty() || !isHigher) {
            then.run();
        } else {
            proposals.propose(store, cut, then);
        }
    }

    private static Compaction report(
            OpenStore store, boolean done, List<Id> late, List<Id> unsigned, String why) {
        int given = 0;
        for (int i = 0; i < store.replica().size(); i++) {
            given += store.replica().isForgotten(i) ? 1 : 0;
        }
        int kept = store.replica().size() - given;
        return new Compaction(done, given, kept, List.copyOf(late), List.copyOf(unsigned), why);
    }
}
