package dev.parley.stores.internal;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.StoreInfo;
import dev.parley.direct.api.Direct;
import dev.parley.network.api.Network;
import dev.parley.network.api.Peer;
import dev.parley.stores.api.StoreException;
import dev.parley.wire.api.MalformedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Asks everybody who is connected what a store is of which only the id is known. */
final class Joins {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final Network network;
    private final Direct direct;

    Joins(Network network, Direct direct) {
        this.network = network;
        this.direct = direct;
    }

    CompletionStage<StoreInfo> ask(Id id) {
        CompletableFuture<StoreInfo> found = new CompletableFuture<>();
        byte[] question = new SyncMessage.AskInfo(id).encode();
        List<CompletableFuture<?>> asked = new ArrayList<>();
        for (Peer peer : network.peers()) {
            asked.add(
                    direct.request(peer.machine(), SyncServer.METHOD, question, TIMEOUT)
                            .handle(
                                    (bytes, failure) -> {
                                        if (failure == null) {
                                            answered(id, bytes, found);
                                        }
                                        return id;
                                    })
                            .toCompletableFuture());
        }
        CompletableFuture.allOf(asked.toArray(new CompletableFuture<?>[0]))
                .whenComplete(
                        (done, failure) ->
                                found.completeExceptionally(
                                        new StoreException(
                                                StoreException.Code.NO_HOLDER,
                                                "none of "
                                                        + asked.size()
                                                        + " connected containers has it and gives it"
                                                        + " to this agent; its link works without"
                                                        + " them")));
        return found;
    }

    /** The id is the hash of the info, so it does not matter who says it. */
    private static void answered(Id id, byte[] bytes, CompletableFuture<StoreInfo> found) {
        try {
            if (SyncMessage.decode(bytes) instanceof SyncMessage.Info info
                    && info.info().id().equals(id)) {
                found.complete(info.info());
            }
        } catch (MalformedException e) {
            System.getLogger(Joins.class.getName())
                    .log(System.Logger.Level.DEBUG, "an answer: {0}", e.getMessage());
        }
    }
}
