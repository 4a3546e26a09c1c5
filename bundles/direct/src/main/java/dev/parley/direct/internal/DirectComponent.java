package dev.parley.direct.internal;

import dev.parley.actor.api.Actor;
import dev.parley.actor.api.Actors;
import dev.parley.direct.api.BlobRequest;
import dev.parley.direct.api.Direct;
import dev.parley.direct.api.RequestException;
import dev.parley.direct.api.RequestHandler;
import dev.parley.identity.api.MachineId;
import dev.parley.network.api.Network;
import dev.parley.network.api.Peer;
import dev.parley.network.api.ProtocolHandler;
import dev.parley.storage.api.Hash;
import dev.parley.storage.api.Storage;
import dev.parley.storage.api.StorageException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/**
 * Wires requests and blobs to the network. One fetch of a blob is under way at a time; others join
 * it.
 */
@Component(service = Direct.class)
public final class DirectComponent implements Direct {
    private final Network network;
    private final Storage storage;
    private final Actor actor = Actors.create("parley-direct", 20_000);
    private final ExecutorService pool = Actors.pool("parley-direct-pool", 8, 1024);
    private final ExecutorService disk = Actors.pool("parley-direct-disk", 2, 256);
    private final Map<String, RequestHandler> handlers = new ConcurrentHashMap<>();
    private final Requests requests = new Requests(handlers, pool);
    private final BlobServer server;
    private final Map<Hash, Transfer> fetches = new HashMap<>();
    private final List<ServiceRegistration<ProtocolHandler>> registrations;

    @Activate
    public DirectComponent(
            BundleContext context, @Reference Network network, @Reference Storage storage) {
        this.network = network;
        this.storage = storage;
        this.server = new BlobServer(storage.blobs());
        this.registrations =
                protocols().stream()
                        .map(
                                handler ->
                                        context.registerService(
                                                ProtocolHandler.class, handler, null))
                        .toList();
    }

    /**
     * For tests and tools that have no framework; the caller adds {@link #protocols} to the
     * network.
     */
    public DirectComponent(Network network, Storage storage) {
        this.network = network;
        this.storage = storage;
        this.server = new BlobServer(storage.blobs());
        this.registrations = List.of();
    }

    public List<ProtocolHandler> protocols() {
        return List.of(requests, server);
    }

    @Deactivate
    public void close() {
        registrations.forEach(ServiceRegistration::unregister);
        actor.tell(() -> List.copyOf(fetches.values()).forEach(Transfer::cancel));
        CountDownLatch cancelled = new CountDownLatch(1);
        if (actor.tell(cancelled::countDown)) {
            try {
                cancelled.await(2, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        actor.close();
        pool.shutdownNow();
        disk.shutdownNow();
        server.close();
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    public void addHandler(RequestHandler handler) {
        handlers.put(handler.method(), handler);
    }

    public void removeHandler(RequestHandler handler) {
        handlers.remove(handler.method(), handler);
    }

    @Override
    public CompletionStage<byte[]> request(
            MachineId to, String method, byte[] body, Duration timeout) {
        if (body.length > MAX_BODY_BYTES) {
            throw new IllegalArgumentException(
                    "body: " + body.length + " bytes, at most " + MAX_BODY_BYTES);
        }
        Optional<Peer> peer = network.peer(to);
        return peer.isPresent()
                ? requests.send(peer.get(), method, body, timeout)
                : CompletableFuture.failedStage(
                        new RequestException("NOT_CONNECTED", to.words() + " is not connected"));
    }

    @Override
    public CompletionStage<Path> fetch(
            BlobRequest blob, List<MachineId> holders, LongConsumer progress) {
        CompletableFuture<Path> result = new CompletableFuture<>();
        boolean told =
                actor.tell(
                        () -> {
                            Optional<Path> here = storage.blobs().path(blob.sha256());
                            if (here.isPresent()) {
                                result.complete(here.get());
                                return;
                            }
                            fetch(blob, holders, progress, result);
                        });
        if (!told) {
            result.completeExceptionally(new RequestException("BUSY", "too much waits; try again"));
        }
        return result;
    }

    private void fetch(
            BlobRequest blob,
            List<MachineId> holders,
            LongConsumer progress,
            CompletableFuture<Path> result) {
        Transfer running = fetches.get(blob.sha256());
        if (running != null && !running.blob().equals(blob)) {
            // One of two signed records is wrong about this blob; each has its own try.
            running.result()
                    .whenComplete(
                            (path, error) -> {
                                if (!actor.tell(() -> fetch(blob, holders, progress, result))) {
                                    result.completeExceptionally(
                                            new RequestException(
                                                    "BUSY", "too much waits; try again"));
                                }
                            });
            return;
        }
        try {
            Transfer transfer =
                    running != null
                            ? running
                            : new Transfer(
                                    actor,
                                    network,
                                    blob,
                                    storage.blobs().partial(blob.sha256(), blob.size()),
                                    disk);
            transfer.watch(progress);
            transfer.result()
                    .whenComplete(
                            (path, error) -> {
                                if (error == null) {
                                    result.complete(path);
                                } else {
                                    result.completeExceptionally(error);
                                }
                            });
            if (running == null) {
                fetches.put(blob.sha256(), transfer);
                transfer.result()
                        .whenComplete(
                                (path, error) ->
                                        actor.tell(() -> fetches.remove(blob.sha256(), transfer)));
                transfer.start(holders);
            }
        } catch (StorageException e) {
            result.completeExceptionally(new RequestException(e.reason().name(), e.getMessage()));
        }
    }

    @Override
    public void offer(Hash blob) {
        server.offer(blob);
    }

    @Override
    public void withdraw(Hash blob) {
        server.withdraw(blob);
    }
}
