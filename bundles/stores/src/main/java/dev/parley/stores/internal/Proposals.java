package dev.parley.stores.internal;

import dev.parley.actor.api.Actor;
import dev.parley.crdt.api.Checkpoint;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.Role;
import dev.parley.crdt.api.Snapshot;
import dev.parley.identity.api.Identity;
import dev.parley.identity.api.MachineId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Proposes checkpoints, and signs what others propose if this container's history makes the same
 * ({@code docs/protocols/0011-store-sync}, Compaction). Runs on the room's thread; signatures are
 * checked and snapshots made elsewhere.
 */
final class Proposals {
    private final Actor actor;
    private final Identity identity;
    private final Id self;
    private final Requests requests;
    private final Background checks;
    private final Background disk;
    private final Snapshots snapshots;
    private final Acknowledging acknowledging;

    Proposals(
            Actor actor,
            Identity identity,
            Requests requests,
            Background checks,
            Background disk,
            Snapshots snapshots,
            Acknowledging acknowledging) {
        this.actor = actor;
        this.identity = identity;
        this.self = Id.of(identity.agent().bytes());
        this.requests = requests;
        this.checks = checks;
        this.disk = disk;
        this.snapshots = snapshots;
        this.acknowledging = acknowledging;
    }

    /** What is proposed there. */
    void ask(OpenStore store, MachineId from) {
        requests.send(
                from,
                new SyncMessage.AskCheckpoint(store.id()),
                answer -> {
                    if (answer instanceof SyncMessage.Checkpointed it) {
                        hear(store, it, from);
                    }
                },
                code -> {});
    }

    /** Somebody says that there is a checkpoint, of which all may be here. */
    private void hear(OpenStore store, SyncMessage.Checkpointed heard, MachineId from) {
        Checkpoint checkpoint = heard.checkpoint();
        if (!checkpoint.store().equals(store.id())
                || store.compacting.isRefused(checkpoint)
                || store.replica().lacksIds()
                || !checkpoint.heads().stream().allMatch(store.replica()::has)) {
            return;
        }
        checks.run(
                "a checkpoint of store " + store.id().hex(),
                () -> CheckpointFile.holding(checkpoint, heard.approvals(), identity.network()),
                holding -> judge(store, checkpoint, holding.orElse(List.of()), from));
    }

    /** Signatures of others than admins say nothing, and would take the place of those that do. */
    private void judge(OpenStore store, Checkpoint checkpoint, List<Seal> all, MachineId from) {
        Replica replica = store.replica();
        List<Seal> holding =
                all.stream().filter(it -> replica.role(it.agent()) == Role.ADMIN).toList();
        if (holding.isEmpty() || replica.lacksIds() || isBelow(store, checkpoint)) {
            return;
        }
        if (!mayBelieve(store, checkpoint, holding)) {
            if (store.compacting.mayAskAgain(actor.time().nanos())) {
                acknowledging.ask(
                        store,
                        from,
                        () -> {
                            if (mayBelieve(store, checkpoint, holding)) {
                                compare(store, checkpoint, holding);
                            }
                        });
            }
            return;
        }
        compare(store, checkpoint, holding);
    }

    /**
     * Whether all who count here have the cut, as far as is known here. An admin asks that before
     * it signs: the clock and the word of the one who proposes are not enough. Who signed has it.
     */
    private boolean mayBelieve(OpenStore store, Checkpoint checkpoint, List<Seal> holding) {
        Replica replica = store.replica();
        if (replica.role(self) != Role.ADMIN
                || Compacting.isApproved(Compacting.admins(replica), holding)) {
            return true;
        }
        Set<Id> counted =
                new HashSet<>(
                        store.compacting
                                .counted(replica, actor.time().now().toEpochMilli())
                                .keySet());
        counted.remove(self);
        holding.forEach(it -> counted.remove(it.agent()));
        return Compacting.contains(
                replica, store.compacting.cut(replica, counted), checkpoint.heads());
    }

    private void compare(OpenStore store, Checkpoint checkpoint, List<Seal> holding) {
        Optional<Compacting.Proposal> before = store.compacting.proposal();
        boolean isSame = before.isPresent() && before.get().checkpoint().equals(checkpoint);
        if (isSame) {
            propose(store, merged(before.get(), holding));
            return;
        }
        if (replaces(store, checkpoint.heads()) && !store.judging) {
            store.judging = true;
            snapshots.make(
                    store,
                    checkpoint.heads(),
                    made -> {
                        store.judging = false;
                        compared(store, checkpoint, holding, made);
                    });
        }
    }

    /** Whether this container's history makes the same snapshot. */
    private void compared(
            OpenStore store, Checkpoint checkpoint, List<Seal> holding, Snapshots.Made made) {
        boolean isMine =
                made.snapshot().filter(it -> it.checkpoint().equals(checkpoint)).isPresent();
        if (made.isKnown() && !isMine) {
            store.compacting.refuse(checkpoint);
        } else if (isMine && !isBelow(store, checkpoint) && replaces(store, checkpoint.heads())) {
            approve(store, checkpoint, holding, () -> {});
        }
    }

    /** Whether it goes beyond what is proposed. */
    private static boolean replaces(OpenStore store, List<Id> heads) {
        List<Id> before =
                store.compacting.proposal().map(it -> it.checkpoint().heads()).orElse(List.of());
        return !heads.equals(before) && Compacting.contains(store.replica(), heads, before);
    }

    /** What this container's history makes of the cut, if nothing of as much is proposed. */
    void propose(OpenStore store, List<Id> cut, Runnable then) {
        snapshots.make(
                store,
                cut,
                made -> {
                    Optional<Checkpoint> own = made.snapshot().map(Snapshot::checkpoint);
                    if (own.isPresent() && replaces(store, cut)) {
                        approve(store, own.get(), List.of(), then);
                    } else {
                        then.run();
                    }
                });
    }

    /** What was proposed is done. */
    void settle(OpenStore store) {
        store.compacting.settle();
        keepProposal(store);
    }

    private void keepProposal(OpenStore store) {
        disk.run(
                "a proposal for store " + store.id().hex(),
                () -> {
                    store.compacting.keepProposal();
                    return store;
                },
                kept -> {});
    }

    private void propose(OpenStore store, Compacting.Proposal proposal) {
        store.compacting.propose(proposal);
        keepProposal(store);
    }

    private static Compacting.Proposal merged(Compacting.Proposal before, List<Seal> holding) {
        List<Seal> all = new ArrayList<>(before.approvals());
        for (Seal each : holding) {
            boolean isNew = all.stream().noneMatch(it -> it.agent().equals(each.agent()));
            if (isNew && all.size() < CheckpointFile.MAX_APPROVALS) {
                all.add(each);
            }
        }
        return new Compacting.Proposal(before.checkpoint(), List.copyOf(all));
    }

    /** Whether it says nothing beyond what was compacted to here. */
    private static boolean isBelow(OpenStore store, Checkpoint checkpoint) {
        return store.checkpoint()
                .filter(
                        it ->
                                Compacting.contains(
                                        store.replica(),
                                        it.checkpoint().heads(),
                                        checkpoint.heads()))
                .isPresent();
    }

    /**
     * Proposes it, with this agent's signature if it is an admin and may sign. The signature is
     * given out once it is on disk that it was given: what is signed after a crash has to contain
     * this one.
     */
    private void approve(
            OpenStore store, Checkpoint checkpoint, List<Seal> holding, Runnable then) {
        boolean maySign =
                store.replica().role(self) == Role.ADMIN
                        && holding.size() < CheckpointFile.MAX_APPROVALS
                        && holding.stream().noneMatch(it -> it.agent().equals(self))
                        && store.compacting.maySign(store.replica(), checkpoint);
        if (!maySign) {
            propose(store, new Compacting.Proposal(checkpoint, holding));
            then.run();
            return;
        }
        List<Seal> all = new ArrayList<>(holding);
        all.add(Seal.of(identity, CheckpointFile.CONTEXT, checkpoint.id().bytes()));
        store.compacting.signs(checkpoint);
        disk.run(
                "what was signed of store " + store.id().hex(),
                () -> {
                    store.compacting.keepSigned();
                    return new Compacting.Proposal(checkpoint, List.copyOf(all));
                },
                kept -> {
                    kept.ifPresent(it -> propose(store, it));
                    then.run();
                });
    }
}
