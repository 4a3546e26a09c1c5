package dev.parley.stores.internal;

import dev.parley.actor.api.Actor;
import dev.parley.crdt.api.Id;
import dev.parley.identity.api.MachineId;
import dev.parley.identity.api.NetworkId;
import dev.parley.wire.api.MalformedException;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * Begins with a checkpoint of somebody who gave up what is missed here: checks who approved it,
 * fetches its file in pieces, and takes what is here beside it in again.
 */
final class Adoption {
    private static final System.Logger LOG = System.getLogger(Adoption.class.getName());

    private final Actor actor;
    private final NetworkId network;
    private final Requests requests;
    private final ExecutorService checks;
    private final Rebuilding rebuilding;

    Adoption(
            Actor actor,
            NetworkId network,
            Requests requests,
            ExecutorService checks,
            Rebuilding rebuilding) {
        this.actor = actor;
        this.network = network;
        this.requests = requests;
        this.checks = checks;
        this.rebuilding = rebuilding;
    }

    /** Tells {@code then} whether the store begins with it now, on the room's thread. */
    void adopt(
            OpenStore store,
            MachineId from,
            SyncMessage.Checkpointed heard,
            Consumer<Boolean> then) {
        if (!heard.checkpoint().store().equals(store.id()) || heard.length() == 0) {
            then.accept(false);
            return;
        }
        try {
            checks.execute(
                    () -> {
                        List<Seal> holding =
                                CheckpointFile.holding(
                                        heard.checkpoint(), heard.approvals(), network);
                        actor.after(
                                Duration.ZERO,
                                () -> {
                                    if (Compacting.isApproved(store.admins(), holding)) {
                                        store.obstacle = "";
                                        fetch(store, from, approved(heard, holding), then);
                                    } else {
                                        refuse(store, from, holding);
                                        then.accept(false);
                                    }
                                });
                    });
        } catch (RejectedExecutionException e) {
            then.accept(false);
        }
    }

    private static void refuse(OpenStore store, MachineId from, List<Seal> holding) {
        List<Id> admins = store.admins();
        store.obstacle =
                "what is missed was given up by those who have it, to a checkpoint that "
                        + Compacting.signed(admins, holding)
                        + " of the "
                        + admins.size()
                        + " admins known here signed, and more than half must: ask an admin for a"
                        + " fresh link"
                        + (store.replica().size() == 0 ? "" : ", leave the store")
                        + " and join by it";
        LOG.log(
                System.Logger.Level.WARNING,
                "store {0}, from {1}: {2}",
                store.id().hex(),
                from.words(),
                store.obstacle);
    }

    /** With what was found to hold: who takes it gives that on. */
    private static SyncMessage.Checkpointed approved(
            SyncMessage.Checkpointed heard, List<Seal> holding) {
        return new SyncMessage.Checkpointed(heard.checkpoint(), holding, heard.length());
    }

    private void fetch(
            OpenStore store,
            MachineId from,
            SyncMessage.Checkpointed heard,
            Consumer<Boolean> then) {
        ByteArrayOutputStream none = new ByteArrayOutputStream();
        if (store.replica().size() == 0) {
            fetchBeginning(store, from, heard, none, then);
        } else {
            fetch(store, from, heard, none, then);
        }
    }

    /** Who has nothing yet begins without the ids that lie apart, and gets them later. */
    private void fetchBeginning(
            OpenStore store,
            MachineId from,
            SyncMessage.Checkpointed heard,
            ByteArrayOutputStream sofar,
            Consumer<Boolean> then) {
        requests.send(
                from,
                new SyncMessage.AskPart(store.id(), heard.checkpoint().id(), sofar.size()),
                answer -> {
                    if (!(answer instanceof SyncMessage.Part part)
                            || part.length() != heard.length()
                            || sofar.size() + part.content().length > part.beginning()) {
                        then.accept(false);
                        return;
                    }
                    sofar.writeBytes(part.content());
                    if (sofar.size() < part.beginning()) {
                        fetchBeginning(store, from, heard, sofar, then);
                    } else if (store.replica().size() > 0 && part.beginning() < part.length()) {
                        // What came here meanwhile may need them.
                        fetch(store, from, heard, sofar, then);
                    } else {
                        begin(store, heard, sofar, then);
                    }
                },
                code -> then.accept(false));
    }

    private void fetch(
            OpenStore store,
            MachineId from,
            SyncMessage.Checkpointed heard,
            ByteArrayOutputStream sofar,
            Consumer<Boolean> then) {
        requests.send(
                from,
                new SyncMessage.AskFile(store.id(), heard.checkpoint().id(), sofar.size()),
                answer -> {
                    if (!(answer instanceof SyncMessage.Piece piece)
                            || piece.length() != heard.length()
                            || sofar.size() + piece.content().length > heard.length()) {
                        then.accept(false);
                        return;
                    }
                    sofar.writeBytes(piece.content());
                    if (sofar.size() < heard.length()) {
                        fetch(store, from, heard, sofar, then);
                    } else {
                        begin(store, heard, sofar, then);
                    }
                },
                code -> then.accept(false));
    }

    private void begin(
            OpenStore store,
            SyncMessage.Checkpointed heard,
            ByteArrayOutputStream sofar,
            Consumer<Boolean> then) {
        CheckpointFile file;
        try {
            file = CheckpointFile.decode(sofar.toByteArray());
        } catch (MalformedException e) {
            refused(store, String.valueOf(e.getMessage()));
            then.accept(false);
            return;
        }
        if (!file.checkpoint().equals(heard.checkpoint())) {
            then.accept(false);
            return;
        }
        // Nobody has checked the approvals in the file.
        CheckpointFile approved =
                new CheckpointFile(
                        file.checkpoint(), heard.approvals(), file.keys(), file.snapshot());
        rebuilding.run(
                store,
                () -> Rebuild.of(store, approved),
                why -> {
                    if (!why.isEmpty()) {
                        refused(store, why);
                    }
                    then.accept(why.isEmpty());
                });
    }

    private static void refused(OpenStore store, String why) {
        LOG.log(
                System.Logger.Level.WARNING,
                "store {0}: the checkpoint of others is not taken: {1}",
                store.id().hex(),
                why);
    }
}
