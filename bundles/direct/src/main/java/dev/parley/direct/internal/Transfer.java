package dev.parley.direct.internal;

import dev.parley.actor.api.Actor;
import dev.parley.direct.api.BlobRequest;
import dev.parley.direct.api.RequestException;
import dev.parley.identity.api.MachineId;
import dev.parley.network.api.Network;
import dev.parley.network.api.PeerStream;
import dev.parley.storage.api.PartialBlob;
import dev.parley.storage.api.StorageException;
import dev.parley.wire.api.Frame;
import dev.parley.wire.api.MalformedException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongConsumer;

/**
 * One fetch: runs a {@link TransferCore} on the room's actor. Chunks are written there too, a copy
 * of 64 KiB to the page cache each; the check of the whole and the force to disk run in the pool.
 */
final class Transfer {
    private static final System.Logger LOG = System.getLogger(Transfer.class.getName());

    private final Actor actor;
    private final Network network;
    private final BlobRequest blob;
    private final PartialBlob partial;
    private final TransferCore core;
    private final Executor pool;
    private final List<LongConsumer> watchers = new ArrayList<>();
    private final Map<MachineId, PeerStream> streams = new HashMap<>();
    private final Map<MachineId, List<Integer>> opening = new HashMap<>();
    private final CompletableFuture<Path> result = new CompletableFuture<>();
    private final Actor.Timer timer;
    private boolean ended;

    Transfer(Actor actor, Network network, BlobRequest blob, PartialBlob partial, Executor pool) {
        this.actor = actor;
        this.pool = pool;
        this.network = network;
        this.blob = blob;
        this.partial = partial;
        this.core = new TransferCore(blob, partial.present());
        this.timer = actor.every(Duration.ofMillis(500), this::tick);
    }

    BlobRequest blob() {
        return blob;
    }

    void watch(LongConsumer progress) {
        watchers.add(progress);
    }

    CompletableFuture<Path> result() {
        return result;
    }

    private void tick() {
        long now = actor.time().nanos();
        for (MachineId holder : core.away()) {
            if (network.peer(holder).isPresent()) {
                run(core.back(holder, now));
            }
        }
        run(core.tick(now));
    }

    void start(List<MachineId> holders) {
        List<MachineId> connected =
                holders.stream().distinct().filter(it -> network.peer(it).isPresent()).toList();
        run(core.start(connected, actor.time().nanos()));
    }

    private void run(List<TransferCore.Effect> effects) {
        for (TransferCore.Effect effect : effects) {
            if (ended) {
                return;
            }
            if (effect instanceof TransferCore.Effect.Ask ask) {
                ask(ask.holder(), ask.chunk());
            } else if (effect instanceof TransferCore.Effect.Write write) {
                try {
                    partial.write(write.chunk(), write.content());
                    tell();
                } catch (StorageException e) {
                    fail(e.reason().name(), String.valueOf(e.getMessage()));
                }
            } else if (effect instanceof TransferCore.Effect.LetGo letGo) {
                opening.remove(letGo.holder());
                PeerStream stream = streams.remove(letGo.holder());
                if (stream != null) {
                    stream.reset();
                }
            } else if (effect instanceof TransferCore.Effect.Fail fail) {
                fail(fail.code(), fail.message());
            } else if (effect instanceof TransferCore.Effect.Complete) {
                complete();
            }
        }
    }

    private void tell() {
        long bytes = core.bytesPresent();
        for (LongConsumer watcher : watchers) {
            try {
                watcher.accept(bytes);
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.WARNING, "a watcher of a fetch failed", e);
            }
        }
    }

    private void ask(MachineId holder, int chunk) {
        PeerStream open = streams.get(holder);
        if (open != null) {
            if (!open.send(new BlobFrame.Get(blob.sha256(), chunk).encode())) {
                actor.tell(() -> gone(holder, holder.words() + ": the stream is closed"));
            }
            return;
        }
        List<Integer> waiting = opening.get(holder);
        if (waiting != null) {
            waiting.add(chunk);
            return;
        }
        opening.put(holder, new ArrayList<>(List.of(chunk)));
        network.peer(holder)
                .ifPresentOrElse(
                        peer ->
                                peer.open(BlobServer.PROTOCOL)
                                        .whenComplete(
                                                (stream, failure) ->
                                                        actor.tell(
                                                                () -> {
                                                                    if (failure == null) {
                                                                        opened(holder, stream);
                                                                    } else {
                                                                        gone(
                                                                                holder,
                                                                                String.valueOf(
                                                                                        failure
                                                                                                .getMessage()));
                                                                    }
                                                                })),
                        () -> actor.tell(() -> gone(holder, holder.words() + " is not connected")));
    }

    private void opened(MachineId holder, PeerStream stream) {
        List<Integer> waiting = opening.remove(holder);
        if (waiting == null || result.isDone()) {
            stream.reset();
            return;
        }
        streams.put(holder, stream);
        stream.receive(
                frame -> actor.tell(() -> onFrame(holder, frame)),
                reason ->
                        actor.tell(
                                () -> {
                                    if (streams.remove(holder, stream)) {
                                        gone(holder, holder.words() + ": " + reason);
                                    }
                                }));
        waiting.forEach(chunk -> ask(holder, chunk));
    }

    private void onFrame(MachineId holder, Frame frame) {
        try {
            BlobFrame decoded = BlobFrame.decode(frame);
            if (decoded instanceof BlobFrame.Chunk chunk) {
                run(core.chunk(holder, chunk, actor.time().nanos()));
            } else {
                lost(holder, "FETCH_NO_HOLDER", holder.words() + " does not have it");
            }
        } catch (MalformedException e) {
            lost(holder, "FETCH_BAD_CHUNK", holder.words() + " sent junk: " + e.getMessage());
        }
    }

    private void gone(MachineId holder, String message) {
        run(core.disconnected(holder, message, actor.time().nanos()));
    }

    private void lost(MachineId holder, String code, String message) {
        run(core.lost(holder, code, message, actor.time().nanos()));
    }

    private void complete() {
        end();
        try {
            pool.execute(this::commit);
        } catch (RejectedExecutionException e) {
            fail("BUSY", "too much waits to be written to disk; try again");
        }
    }

    private void commit() {
        try {
            result.complete(partial.commit());
        } catch (StorageException e) {
            result.completeExceptionally(new RequestException(e.reason().name(), e.getMessage()));
        }
    }

    /** Ends it unfinished and keeps what came. */
    void cancel() {
        if (!ended) {
            fail("CLOSED", "the container stops");
        }
    }

    private void fail(String code, String message) {
        end();
        try {
            if ("DISK_FULL".equals(code)) {
                partial.discard();
            } else {
                partial.close();
            }
        } catch (StorageException e) {
            LOG.log(System.Logger.Level.WARNING, "an unfinished blob could not be put away", e);
        }
        result.completeExceptionally(new RequestException(code, message));
    }

    private void end() {
        ended = true;
        timer.cancel();
        streams.values().forEach(PeerStream::reset);
        streams.clear();
    }
}
