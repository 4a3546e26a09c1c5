package dev.parley.stores.internal;

import dev.parley.actor.api.Actor;
import dev.parley.crdt.api.Checkpoint;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.api.RefusedException;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.Role;
import dev.parley.crdt.api.Snapshot;
import dev.parley.direct.api.RequestException;
import dev.parley.identity.api.Identity;
import dev.parley.identity.api.MachineId;
import dev.parley.network.api.Network;
import dev.parley.network.api.Peer;
import dev.parley.storage.api.StorageException;
import dev.parley.stores.api.Compaction;
import dev.parley.stores.api.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Gives up what everybody has ({@code docs/protocols/0011-store-sync}, Compaction): gathers
 * acknowledgements, proposes, signs what others propose, and compacts to what is approved. All of
 * it runs on the room's thread; signatures are checked on a pool.
 */
final class Compactor {
    private static final System.Logger LOG = System.getLogger(Compactor.class.getName());
    private static final Duration BETWEEN = Duration.ofMillis(500);
    private static final Duration QUIET = Duration.ofMillis(5);
    private static final int ATTEMPTS = 8;

    /** Until then it is waited for acknowledgements, then proposed what there is. */
    private static final int GATHERING = 4;

    private final Actor actor;
    private final Identity identity;
    private final Id self;
    private final Network network;
    private final Requests requests;
    private final ExecutorService checks;
    private final ExecutorService disk;
    private final Collection<OpenStore> stores;
    private final Consumer<OpenStore> flush;
    private final Consumer<OpenStore> renumbered;

    /**
     * @param flush puts what is in memory on disk
     * @param renumbered told of a store whose changes have other numbers
     */
    Compactor(
            Actor actor,
            Identity identity,
            Network network,
            Requests requests,
            ExecutorService checks,
            ExecutorService disk,
            Map<Id, OpenStore> stores,
            Consumer<OpenStore> flush,
            Consumer<OpenStore> renumbered) {
        this.actor = actor;
        this.identity = identity;
        this.self = Id.of(identity.agent().bytes());
        this.network = network;
        this.requests = requests;
        this.checks = checks;
        this.disk = disk;
        this.stores = stores.values();
        this.flush = flush;
        this.renumbered = renumbered;
    }

    private long now() {
        return actor.time().now().toEpochMilli();
    }

    private <T> void offThread(Supplier<T> work, Consumer<T> then) {
        try {
            checks.execute(
                    () -> {
                        T result = work.get();
                        actor.after(Duration.ZERO, () -> then.accept(result));
                    });
        } catch (RejectedExecutionException e) {
            LOG.log(System.Logger.Level.DEBUG, "too much is being checked");
        }
    }

    /** Runs it once nothing of the store is on its way to the disk. */
    void whenQuiet(OpenStore store, Runnable then) {
        if (store.isQuiet() || !store.damage().isEmpty()) {
            then.run();
            return;
        }
        flush.accept(store);
        actor.after(QUIET, () -> whenQuiet(store, then));
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
        List<SyncMessage.Known> known = store.compacting.known();
        requests.send(
                from,
                new SyncMessage.AskAcknowledgements(store.id(), known),
                answer -> {
                    if (answer instanceof SyncMessage.Acknowledgements it) {
                        take(store, it.all());
                    }
                },
                code -> {});
        askCheckpoint(store, from);
    }

    private void askCheckpoint(OpenStore store, MachineId from) {
        requests.send(
                from,
                new SyncMessage.AskCheckpoint(store.id()),
                answer -> {
                    if (answer instanceof SyncMessage.Checkpointed it) {
                        hear(store, it);
                    }
                },
                code -> {});
    }

    private void take(OpenStore store, List<Acknowledgement> all) {
        List<Acknowledgement> wanted = new ArrayList<>(all);
        wanted.removeIf(
                it ->
                        !it.store().equals(store.id())
                                || it.number() > now() + Compacting.SILENT.toMillis()
                                || !Compacting.mayWrite(store.replica(), it.agent()));
        offThread(
                () -> wanted.stream().filter(it -> it.isSigned(identity.network())).toList(),
                signed -> signed.forEach(it -> take(store, it)));
    }

    private void take(OpenStore store, Acknowledgement acknowledgement) {
        if (store.compacting.take(acknowledgement)) {
            keep(
                    store,
                    () -> store.compacting.promises().acknowledges(acknowledgement),
                    done -> {});
        }
    }

    /**
     * Puts what was said on disk.
     *
     * @param then told on the room's thread whether it is there
     */
    private void keep(OpenStore store, OpenStore.Disk work, Consumer<Boolean> then) {
        try {
            disk.execute(
                    () -> {
                        boolean kept = false;
                        try {
                            work.run();
                            kept = true;
                        } catch (StorageException e) {
                            LOG.log(
                                    System.Logger.Level.WARNING,
                                    "store " + store.id().hex() + ": what is said is not kept",
                                    e);
                        }
                        boolean done = kept;
                        actor.after(Duration.ZERO, () -> then.accept(done));
                    });
        } catch (RejectedExecutionException e) {
            LOG.log(System.Logger.Level.WARNING, "the disk is too busy");
            then.accept(false);
        }
    }

    /**
     * Somebody asks what is acknowledged.
     *
     * @param answer is told it on the room's thread, if the disk works
     */
    void acknowledgements(
            OpenStore store,
            List<SyncMessage.Known> known,
            MachineId asker,
            Consumer<SyncMessage> answer) {
        store.compacting.wish(actor.time().nanos());
        askCheckpoint(store, asker);
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
    private void acknowledge(OpenStore store, Runnable then) {
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
            keep(
                    store,
                    () -> store.compacting.promises().acknowledges(made),
                    done -> {
                        if (done) {
                            store.compacting.take(made);
                        }
                        then.run();
                    });
        } else {
            then.run();
        }
    }

    /** What is proposed, or was compacted to. */
    Optional<SyncMessage> checkpoint(OpenStore store) {
        Optional<Compacting.Proposal> proposal = store.compacting.proposal();
        if (proposal.isPresent()) {
            return proposal.map(
                    it -> new SyncMessage.Checkpointed(it.checkpoint(), it.approvals(), 0));
        }
        return floor(store);
    }

    /** For those who miss what was given up here. */
    static Optional<SyncMessage> floor(OpenStore store) {
        return store.replica().lacksIds()
                ? Optional.empty()
                : store.checkpoint()
                        .map(
                                it ->
                                        new SyncMessage.Checkpointed(
                                                it.checkpoint(),
                                                it.approvals(),
                                                store.fileLength()));
    }

    /** Somebody says that there is a checkpoint, of which all may be here. */
    private void hear(OpenStore store, SyncMessage.Checkpointed heard) {
        Checkpoint checkpoint = heard.checkpoint();
        if (!checkpoint.store().equals(store.id())
                || store.compacting.isRefused(checkpoint)
                || store.replica().lacksIds()
                || !checkpoint.heads().stream().allMatch(store.replica()::has)) {
            return;
        }
        offThread(
                () -> CheckpointFile.holding(checkpoint, heard.approvals(), identity.network()),
                holding -> judge(store, checkpoint, holding));
    }

    private void judge(OpenStore store, Checkpoint checkpoint, List<Seal> holding) {
        Replica replica = store.replica();
        boolean byAdmin = holding.stream().anyMatch(it -> replica.role(it.agent()) == Role.ADMIN);
        if (!byAdmin || replica.lacksIds() || isBelow(store, checkpoint)) {
            return;
        }
        Optional<Compacting.Proposal> before = store.compacting.proposal();
        boolean isSame = before.isPresent() && before.get().checkpoint().equals(checkpoint);
        if (isSame) {
            propose(store, merged(before.get(), holding));
            return;
        }
        boolean replaces =
                before.isEmpty()
                        || Compacting.contains(
                                replica, checkpoint.heads(), before.get().checkpoint().heads());
        if (replaces && isMine(store, checkpoint)) {
            approve(store, checkpoint, holding, () -> {});
        }
    }

    private void propose(OpenStore store, Compacting.Proposal proposal) {
        store.compacting.propose(proposal);
        keep(store, store.compacting::keepProposal, done -> {});
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

    /** Whether this container's history makes the same snapshot. */
    private static boolean isMine(OpenStore store, Checkpoint checkpoint) {
        Optional<Snapshot> own = snapshot(store, checkpoint.heads());
        boolean isMine = own.isPresent() && own.get().checkpoint().equals(checkpoint);
        if (!isMine) {
            store.compacting.refuse(checkpoint);
        }
        return isMine;
    }

    private static Optional<Snapshot> snapshot(OpenStore store, List<Id> heads) {
        try {
            return Optional.of(store.replica().snapshot(heads, false));
        } catch (RefusedException e) {
            return Optional.empty();
        }
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
        keep(
                store,
                store.compacting::keepSigned,
                done -> {
                    if (done) {
                        propose(store, new Compacting.Proposal(checkpoint, List.copyOf(all)));
                    }
                    then.run();
                });
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
                () -> whenQuiet(store, () -> acknowledge(store, () -> step(store, isLate, then))));
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
        whenQuiet(store, () -> then.accept(apply(store, proposal.get(), late)));
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
        List<List<Id>> frontiers =
                counted.stream()
                        .filter(agent -> !agent.equals(self))
                        .map(agent -> store.compacting.of(agent).map(it -> it.heads()))
                        .map(heads -> heads.orElse(List.of()))
                        .collect(Collectors.toCollection(ArrayList::new));
        Replica replica = store.replica();
        frontiers.add(replica.heads(""));
        List<Id> cut = replica.stableCut(frontiers);
        List<Id> before =
                store.compacting
                        .proposal()
                        .map(it -> it.checkpoint().heads())
                        .or(() -> store.checkpoint().map(it -> it.checkpoint().heads()))
                        .orElse(List.of());
        boolean isHigher =
                !cut.equals(before.stream().sorted().toList())
                        && Compacting.contains(replica, cut, before);
        Optional<Snapshot> made =
                cut.isEmpty() || !isHigher ? Optional.empty() : snapshot(store, cut);
        if (made.isEmpty()) {
            then.run();
        } else {
            approve(store, made.get().checkpoint(), List.of(), then);
        }
    }

    private Compaction apply(OpenStore store, Compacting.Proposal proposal, List<Id> late) {
        if (!stores.contains(store) || !store.damage().isEmpty()) {
            return report(store, false, late, List.of(), "the store is not here any more");
        }
        Checkpoint checkpoint = proposal.checkpoint();
        Optional<Snapshot> made = snapshot(store, checkpoint.heads());
        if (made.isEmpty() || !made.get().checkpoint().equals(checkpoint)) {
            return report(
                    store,
                    false,
                    late,
                    List.of(),
                    "the checkpoint is not what the history here makes of it");
        }
        try {
            store.compact(checkpoint, made.get().file(), proposal.approvals());
        } catch (MalformedException | StorageException | LogHistory.DiskException e) {
            LOG.log(System.Logger.Level.ERROR, "store " + store.id().hex(), e);
            return report(store, false, late, List.of(), String.valueOf(e.getMessage()));
        }
        store.compacting.settle();
        keep(store, store.compacting::keepProposal, done -> {});
        renumbered.accept(store);
        return report(store, true, late, List.of(), "");
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

    /** A part of the file of what was compacted to. */
    SyncMessage part(OpenStore store, SyncMessage.AskFile question) throws RequestException {
        byte[] part =
                part(store, question.checkpoint(), question.offset(), SyncMessage.MAX_PIECE_BYTES);
        return new SyncMessage.Piece(store.fileLength(), part);
    }

    /** The same, and where the ids that lie apart begin. */
    SyncMessage part(OpenStore store, SyncMessage.AskPart question) throws RequestException {
        // As much as fits into one part is not worth a second question.
        int apart = store.fileLength() - store.fileBeginning();
        int beginning =
                apart <= SyncMessage.MAX_IDS_BYTES ? store.fileLength() : store.fileBeginning();
        int before = beginning - question.offset();
        int most =
                before > 0
                        ? Math.min(before, SyncMessage.MAX_PIECE_BYTES)
                        : SyncMessage.MAX_IDS_BYTES;
        byte[] part = part(store, question.checkpoint(), question.offset(), most);
        return new SyncMessage.Part(store.fileLength(), beginning, part);
    }

    private static byte[] part(OpenStore store, Id checkpoint, int offset, int most)
            throws RequestException {
        boolean isHere =
                !store.replica().lacksIds()
                        && store.checkpoint()
                                .filter(it -> it.checkpoint().id().equals(checkpoint))
                                .isPresent();
        if (!isHere) {
            throw new RequestException("NO_SUCH_CHECKPOINT", "it is not here");
        }
        try {
            byte[] part = store.files().checkpointPart(offset, most);
            if (part.length == 0) {
                throw new RequestException("MALFORMED", "it has " + store.fileLength() + " bytes");
            }
            return part;
        } catch (StorageException e) {
            throw new RequestException("NO_SUCH_CHECKPOINT", String.valueOf(e.getMessage()));
        }
    }
}
