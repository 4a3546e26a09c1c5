package dev.parley.host.internal;

import dev.parley.catalog.api.Catalog;
import dev.parley.catalog.api.Descriptor;
import dev.parley.catalog.api.Entry;
import dev.parley.catalog.api.ReasonCode;
import dev.parley.catalog.api.RefusedException;
import dev.parley.direct.api.BlobRequest;
import dev.parley.direct.api.Direct;
import dev.parley.host.api.Plugins.Progress;
import dev.parley.storage.api.BlobStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * Brings the bytes of a plugin here and says how far it is. What is told may wait for a slow
 * reader, so it is told on the host's worker and never by the room that fetches.
 */
final class Fetching {
    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final long STEP_MILLIS = 100;

    private final BlobStore blobs;
    private final Catalog catalog;
    private final Direct direct;

    Fetching(BlobStore blobs, Catalog catalog, Direct direct) {
        this.blobs = blobs;
        this.catalog = catalog;
        this.direct = direct;
    }

    /** Blocks until it is here. */
    Path fetch(Entry entry, Descriptor descriptor, Consumer<Progress> progress)
            throws RefusedException {
        Optional<Path> here = blobs.path(descriptor.sha256());
        if (here.isPresent()) {
            return here.get();
        }
        var holders = Work.await(catalog.reachableHolders(entry), Duration.ofSeconds(10));
        AtomicLong fetched = new AtomicLong();
        BlobRequest blob =
                new BlobRequest(descriptor.sha256(), descriptor.size(), descriptor.merkleRoot());
        return await(
                direct.fetch(blob, holders, fetched::set),
                LIMIT,
                fetched,
                bytes ->
                        progress.accept(
                                new Progress(
                                        "fetching", bytes, descriptor.size(), holders.size())));
    }

    /**
     * Waits for the end and tells the count at the start, whenever it has grown, and at the end.
     */
    static Path await(
            CompletionStage<Path> stage, Duration limit, AtomicLong fetched, LongConsumer tell)
            throws RefusedException {
        CompletableFuture<Path> result = stage.toCompletableFuture();
        long end = System.nanoTime() + limit.toNanos();
        long told = -1;
        while (!result.isDone() && System.nanoTime() < end) {
            told = tellIfGrown(told, fetched, tell);
            try {
                result.get(STEP_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException | ExecutionException e) {
                continue; // the loop's condition says which
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new RefusedException(ReasonCode.FAILED, "the container stops");
            }
        }
        tellIfGrown(told, fetched, tell);
        if (!result.isDone()) {
            throw new RefusedException(
                    ReasonCode.FAILED, "it took longer than " + limit.toSeconds() + " s");
        }
        return Work.await(result, Duration.ofSeconds(1));
    }

    private static long tellIfGrown(long told, AtomicLong fetched, LongConsumer tell) {
        long bytes = fetched.get();
        if (bytes > told) {
            tell.accept(bytes);
        }
        return Math.max(bytes, told);
    }
}
