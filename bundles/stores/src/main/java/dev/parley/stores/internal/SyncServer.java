package dev.parley.stores.internal;

import dev.parley.actor.api.Actor;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.KeyId;
import dev.parley.crdt.api.Serving;
import dev.parley.crdt.api.SignedChange;
import dev.parley.direct.api.Caller;
import dev.parley.direct.api.RequestException;
import dev.parley.direct.api.RequestHandler;
import dev.parley.identity.api.MachineId;
import dev.parley.storage.api.StorageException;
import dev.parley.stores.internal.SyncMessage.Comparison;
import dev.parley.trust.api.TrustStore;
import dev.parley.wire.api.MalformedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;

/**
 * Answers what others ask about stores. Only who may read a store hears that it is here. A change
 * of ours is given away only once it is on disk: if it were lost after that, we would say another
 * thing under its number.
 */
final class SyncServer implements RequestHandler {
    static final String METHOD = "stores.sync";
    private static final int MAX_PER_PEER = 8;
    private static final int MAX_SESSIONS = 64;

    private final Actor actor;
    private final ExecutorService disk;
    private final TrustStore trust;
    private final Compactor compactor;
    private final Map<Id, OpenStore> stores;
    private final BiConsumer<OpenStore, MachineId> differs;
    private final Map<MachineId, Integer> running = new ConcurrentHashMap<>();

    /** The last ones to ask, so that who gets much is not looked up for each batch. */
    private final Map<Asker, Session> sessions =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Asker, Session> eldest) {
                    return size() > MAX_SESSIONS;
                }
            };

    /** Numbers of the store's changes are others now: whoever is served asks anew. */
    void restart(Id store) {
        sessions.keySet().removeIf(asker -> asker.store().equals(store));
    }

    private record Asker(MachineId machine, Id store) {}

    /** What one who pulls still gets. */
    private static final class Session {
        private final Serving serving;
        private int given;

        Session(Serving serving) {
            this.serving = serving;
        }

        SyncMessage next() {
            List<SignedChange> changes =
                    serving.next(SyncMessage.MAX_WHOLE_BYTES, SyncMessage.MAX_BATCH);
            given += changes.size();
            return batch(changes, serving.more());
        }
    }

    /**
     * @param differs told of who has something else than we
     */
    SyncServer(
            Actor actor,
            ExecutorService disk,
            TrustStore trust,
            Compactor compactor,
            Map<Id, OpenStore> stores,
            BiConsumer<OpenStore, MachineId> differs) {
        this.actor = actor;
        this.disk = disk;
        this.trust = trust;
        this.compactor = compactor;
        this.stores = stores;
        this.differs = differs;
    }

    @Override
    public String method() {
        return METHOD;
    }

    @Override
    public CompletionStage<byte[]> handle(Caller caller, byte[] body) {
        SyncMessage question;
        try {
            question = SyncMessage.decode(body);
        } catch (MalformedException e) {
            return CompletableFuture.failedStage(new RequestException("MALFORMED", e.getMessage()));
        }
        MachineId machine = caller.machine();
        if (running.merge(machine, 1, Integer::sum) > MAX_PER_PEER) {
            end(machine);
            return CompletableFuture.failedStage(
                    new RequestException("BUSY", "at most " + MAX_PER_PEER + " questions at once"));
        }
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        answer.whenComplete((bytes, failure) -> end(machine));
        if (!actor.tell(() -> answer(caller, question, answer))) {
            answer.completeExceptionally(new RequestException("BUSY", "too much waits"));
        }
        return answer;
    }

    private void end(MachineId machine) {
        running.computeIfPresent(
                machine, (key, count) -> count <= 1 ? null : Integer.valueOf(count - 1));
    }

    private void answer(Caller caller, SyncMessage question, CompletableFuture<byte[]> answer) {
        try {
            if (question instanceof SyncMessage.Compare it) {
                answer.complete(compare(caller, it).encode());
            } else if (question instanceof SyncMessage.AskInfo it) {
                answer.complete(new SyncMessage.Info(readable(caller, it.store()).info()).encode());
            } else if (question instanceof SyncMessage.Pull it) {
                OpenStore store = readable(caller, it.store());
                if (store.replica().needsCheckpoint(it.summary())) {
                    give(
                            store,
                            CheckpointServer.floor(store).orElseThrow(SyncServer::none),
                            answer);
                    return;
                }
                Session session = new Session(store.replica().serve(it.summary()));
                sessions.put(new Asker(caller.machine(), it.store()), session);
                give(store, session.next(), answer);
            } else if (question instanceof SyncMessage.GoOn it) {
                OpenStore store = readable(caller, it.store());
                Session session = sessions.get(new Asker(caller.machine(), it.store()));
                if (session == null || session.given != it.given()) {
                    throw new RequestException("NO_SUCH_PULL", "ask for all that is missed");
                }
                give(store, session.next(), answer);
            } else if (question instanceof SyncMessage.Ask it) {
                OpenStore store = readable(caller, it.store());
                give(store, batch(find(store, it.changes()), false), answer);
            } else if (question instanceof SyncMessage.AskPiece it) {
                OpenStore store = readable(caller, it.store());
                give(store, piece(store, it), answer);
            } else if (question instanceof SyncMessage.AskAcknowledgements it) {
                OpenStore store = readable(caller, it.store());
                MachineId asker = caller.machine();
                compactor.acknowledgements(
                        store, it.known(), asker, told -> give(store, told, answer));
            } else if (question instanceof SyncMessage.AskCheckpoint it) {
                OpenStore store = readable(caller, it.store());
                give(
                        store,
                        CheckpointServer.checkpoint(store).orElseThrow(SyncServer::none),
                        answer);
            } else if (question instanceof SyncMessage.AskPart it) {
                OpenStore store = readable(caller, it.store());
                give(store, CheckpointServer.part(store, it), answer);
            } else if (question instanceof SyncMessage.AskKeys it) {
                answer.complete(keys(readable(caller, it.store()), it.keys()).encode());
            } else if (question instanceof SyncMessage.AskFile it) {
                OpenStore store = readable(caller, it.store());
                give(store, CheckpointServer.part(store, it), answer);
            } else {
                throw new RequestException("MALFORMED", "that is no question");
            }
        } catch (RequestException | LogHistory.DiskException e) {
            answer.completeExceptionally(e);
        } catch (RuntimeException e) {
            // Without an answer it would count as under way for ever.
            answer.completeExceptionally(new RequestException("FAILED", "it cannot be answered"));
            throw e;
        }
    }

    private static SyncMessage keys(OpenStore store, List<KeyId> asked) {
        List<SyncMessage.GivenKey> found = new ArrayList<>();
        for (KeyId id : asked) {
            store.sealKeys()
                    .ring()
                    .key(id)
                    .ifPresent(
                            key -> found.add(new SyncMessage.GivenKey(key.author(), key.secret())));
        }
        return new SyncMessage.Keys(found);
    }

    private static RequestException none() {
        return new RequestException("NO_SUCH_CHECKPOINT", "it is not here");
    }

    private OpenStore readable(Caller caller, Id id) throws RequestException {
        OpenStore store = stores.get(id);
        if (store == null || !mayRead(caller, store)) {
            throw new RequestException("NO_SUCH_STORE", "not here, or not for you");
        }
        return store;
    }

    private boolean mayRead(Caller caller, OpenStore store) {
        return store.damage().isEmpty()
                && store.mayRead(Id.of(caller.agent().bytes()))
                && !trust.evaluate(caller.agent(), caller.machine()).rejects();
    }

    private SyncMessage compare(Caller caller, SyncMessage.Compare question) {
        List<Comparison> answers = new ArrayList<>();
        for (SyncMessage.Held held : question.held()) {
            OpenStore store = stores.get(held.store());
            boolean equal = store != null && store.digest().equals(held.digest());
            if (store == null || !mayRead(caller, store)) {
                answers.add(Comparison.NONE);
            } else {
                answers.add(equal ? Comparison.EQUAL : Comparison.DIFFERENT);
            }
            if (store != null && !equal) {
                differs.accept(store, caller.machine());
            }
        }
        return new SyncMessage.Compared(answers);
    }

    private static List<SignedChange> find(OpenStore store, List<Id> ids) {
        List<SignedChange> found = new ArrayList<>();
        for (Id id : ids) {
            int index = store.replica().indexOf(id);
            if (index >= 0 && !store.replica().isForgotten(index)) {
                found.add(store.replica().change(index));
            }
        }
        return found;
    }

    /** As many as fit; the first one in pieces if it does not. */
    static SyncMessage batch(List<SignedChange> changes, boolean more) {
        List<SignedChange> fitting = new ArrayList<>();
        int bytes = 16;
        for (SignedChange change : changes) {
            int length = change.body().length + change.signature().length + 16;
            if (fitting.isEmpty() && length > SyncMessage.MAX_WHOLE_BYTES) {
                return new SyncMessage.Large(change.id(), change.encode().length);
            }
            bytes += length;
            if (bytes > SyncMessage.MAX_BYTES || fitting.size() == SyncMessage.MAX_BATCH) {
                return new SyncMessage.Batch(true, fitting);
            }
            fitting.add(change);
        }
        return new SyncMessage.Batch(more, fitting);
    }

    private static SyncMessage piece(OpenStore store, SyncMessage.AskPiece question)
            throws RequestException {
        int index = store.replica().indexOf(question.change());
        if (index < 0 || store.replica().isForgotten(index)) {
            throw new RequestException("NO_SUCH_CHANGE", "it is not here");
        }
        byte[] whole = store.replica().change(index).encode();
        if (question.offset() >= whole.length) {
            throw new RequestException("MALFORMED", "it has " + whole.length + " bytes");
        }
        int to = Math.min(whole.length, question.offset() + SyncMessage.MAX_PIECE_BYTES);
        return new SyncMessage.Piece(
                whole.length, Arrays.copyOfRange(whole, question.offset(), to));
    }

    private void give(OpenStore store, SyncMessage message, CompletableFuture<byte[]> answer) {
        byte[] bytes = message.encode();
        if (!store.unforced && !store.flushing) {
            answer.complete(bytes);
            return;
        }
        try {
            disk.execute(
                    () -> {
                        try {
                            store.history().force();
                            answer.complete(bytes);
                        } catch (StorageException e) {
                            answer.completeExceptionally(e);
                        }
                    });
        } catch (RejectedExecutionException e) {
            answer.completeExceptionally(new RequestException("BUSY", "the disk is busy"));
        }
    }
}
