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
import java.util.concurrent.CompletionStage;
import java.util.function.LongConsumer;

/** One fetch: runs a {@link TransferCore} on the room's actor. */
final class Transfer {
    private final Actor actor;
    private final Network network;
    private final BlobRequest blob;
    private final PartialBlob partial;
    private final TransferCore core;
    private final LongConsumer progress;
    private final Map<MachineId, PeerStream> streams = new HashMap<>();
    private final Map<MachineId, List<Integer>> opening = new HashMap<>();
    private final CompletableFuture<Path> result = new CompletableFuture<>();
    private final Actor.Timer timer;

    Transfer(
            Actor actor,
            Network network,
            BlobRequest blob,
            PartialBlob partial,
            LongConsumer progress) {
        this.actor = actor;
        this.network = network;
        this.blob = blob;
        this.partial = partial;
        this.core = new TransferCore(blob, partial.present());
        this.progress = progress;
        this.timer =
                actor.every(Duration.ofMillis(500), () -> run(core.tick(actor.time().nanos())));
    }

    CompletionStage<Path> start(List<MachineId> holders) {
        List<MachineId> connected =
                holders.stream().distinct().filter(it -> network.peer(it).isPresent()).toList();
        run(core.start(connected, actor.time().nanos()));
        return result;
    }

    private void run(List<TransferCore.Effect> effects) {
        for (TransferCore.Effect effect : effects) {
            if (effect instanceof TransferCore.Effect.Ask ask) {
                ask(ask.holder(), ask.chunk());
            } else if (effect instanceof TransferCore.Effect.Write write) {
                try {
                    partial.write(write.chunk(), write.content());
                    progress.accept(core.bytesPresent());
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

    private void ask(MachineId holder, int chunk) {
        PeerStream open = streams.get(holder);
        if (open != null) {
            open.send(new BlobFrame.Get(blob.sha256(), chunk).encode());
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
                                                                        lost(
                                                                                holder,
                                                                                "FETCH_NO_HOLDER",
                                                                                String.valueOf(
                                                                                        failure
                                                                                                .getMessage()));
                                                                    }
                                                                })),
                        () ->
                                actor.tell(
                                        () ->
                                                lost(
                                                        holder,
                                                        "FETCH_NO_HOLDER",
                                                        holder.words() + " is not connected")));
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
                                () ->
                                        lost(
                                                holder,
                                                "FETCH_NO_HOLDER",
                                                holder.words() + ": " + reason)));
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

    private void lost(MachineId holder, String code, String message) {
        run(core.lost(holder, code, message, actor.time().nanos()));
    }

    private void complete() {
        end();
        try {
            result.complete(partial.commit());
        } catch (StorageException e) {
            result.completeExceptionally(new RequestException(e.reason().name(), e.getMessage()));
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
            System.getLogger(Transfer.class.getName())
                    .log(
                            System.Logger.Level.WARNING,
                            "an unfinished blob could not be put away",
                            e);
        }
        result.completeExceptionally(new RequestException(code, message));
    }

    private void end() {
        timer.cancel();
        streams.values().forEach(PeerStream::reset);
        streams.clear();
    }
}
