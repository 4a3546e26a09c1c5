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
                from.words()
                        + " offers a checkpoint that "
                        + Compacting.signed(admins, holding)
                        + " of the "
                        + admins.size()
                        + " admins known here signed, and more than half must; if it is right all the"
                        + " same, ask an admin for a fresh link"
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
        ByteArrayOutputStream sofar = store.fetches.goOn(from, heard);
        Fetch fetch = new Fetch(store, from, heard, sofar, then);
        if (store.replica().size() == 0) {
            fetchBeginning(fetch);
        } else {
            fetchWhole(fetch);
        }
    }

    /** A file that comes in pieces, of one holder. */
    private record Fetch(
            OpenStore store,
            MachineId from,
            SyncMessage.Checkpointed heard,
            ByteArrayOutputStream sofar,
            Consumer<Boolean> then) {
        /** Takes a piece if it is a full one, or all that is left before {@code end}. */
        boolean takes(int length, int end, byte[] content) {
            int left = Math.min(end, heard.length()) - sofar.size();
            if (length != heard.length()
                    || content.length != Math.min(left, SyncMessage.MAX_PIECE_BYTES)) {
                return false;
            }
            sofar.writeBytes(content);
            return true;
        }

        void fail() {
            then.accept(false);
        }
    }

    /** Who gives slowly does not keep others from giving, and goes on at its next turn. */
    private void next(Fetch fetch, Consumer<Fetch> more) {
        Pulls pulls = fetch.store().pulls;
        if (pulls.isTurnOver(actor.time().nanos())) {
            fetch.store()
                    .fetches
                    .putAside(fetch.from(), fetch.heard(), fetch.sofar(), CheckpointFile.MAX_BYTES);
            pulls.want(fetch.from());
            fetch.fail();
        } else {
            more.accept(fetch);
        }
    }

    /** Who has nothing yet begins without the ids that lie apart, and gets them later. */
    private void fetchBeginning(Fetch fetch) {
        OpenStore store = fetch.store();
        requests.send(
                fetch.from(),
                new SyncMessage.AskPart(
                        store.id(), fetch.heard().checkpoint().id(), fetch.sofar().size()),
                answer -> {
                    if (!(answer instanceof SyncMessage.Part part)
                            || !fetch.takes(part.length(), part.beginning(), part.content())) {
                        fetch.fail();
                    } else if (fetch.sofar().size() < part.beginning()) {
                        next(fetch, this::fetchBeginning);
                    } else if (store.replica().size() > 0 && part.beginning() < part.length()) {
                        // What came here meanwhile may need them.
                        next(fetch, this::fetchWhole);
                    } else {
                        begin(store, fetch.heard(), fetch.sofar(), fetch.then());
                    }
                },
                code -> fetch.fail());
    }

    private void fetchWhole(Fetch fetch) {
        OpenStore store = fetch.store();
        requests.send(
                fetch.from(),
                new SyncMessage.AskFile(
                        store.id(), fetch.heard().checkpoint().id(), fetch.sofar().size()),
                answer -> {
                    int end = fetch.heard().length();
                    if (!(answer instanceof SyncMessage.Piece piece)
                            || !fetch.takes(piece.length(), end, piece.content())) {
                        fetch.fail();
                    } else if (fetch.sofar().size() < end) {
                        next(fetch, this::fetchWhole);
                    } else {
                        begin(store, fetch.heard(), fetch.sofar(), fetch.then());
                    }
                },
                code -> fetch.fail());
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
