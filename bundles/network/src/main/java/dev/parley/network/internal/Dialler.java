package dev.parley.network.internal;

import dev.parley.actor.api.Actor;
import dev.parley.actor.api.Actors;
import dev.parley.identity.api.MachineId;
import dev.parley.network.api.NetworkException;
import dev.parley.network.api.NetworkException.Code;
import dev.parley.network.api.Peer;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Dials containers by address, each address once at a time, and again and again those that are to
 * be kept. Any thread may call; what is under way belongs to the actor.
 */
final class Dialler {
    private static final System.Logger LOG = System.getLogger(Dialler.class.getName());
    private static final long DIAL_LIMIT_SECONDS = 10;

    /** Begins a connection and its handshake. */
    interface Start {
        Future<?> dial(InetSocketAddress to, Handshake.Outcome outcome);
    }

    private final Actor actor;
    private final ExecutorService names = Actors.pool("parley-network-names", 4, 256);
    private final Function<String, InetSocketAddress> lookup;
    private final Start start;
    private final Consumer<Connection> adopt;
    private final Map<MachineId, Connection> peers;
    private final Map<String, CompletableFuture<Peer>> dialling = new HashMap<>();
    private final Map<String, MachineId> machineAt = new ConcurrentHashMap<>();
    private final Map<String, Integer> kept = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /**
     * @param lookup finds the address of a {@code HOST:PORT}; may take its time
     * @param adopt takes a connection whose handshake is done, on the actor
     * @param peers who is connected
     */
    Dialler(
            Actor actor,
            Function<String, InetSocketAddress> lookup,
            Start start,
            Consumer<Connection> adopt,
            Map<MachineId, Connection> peers) {
        this.actor = actor;
        this.lookup = lookup;
        this.start = start;
        this.adopt = adopt;
        this.peers = peers;
    }

    /** Dials no more. */
    void close() {
        closed = true;
        names.shutdownNow();
    }

    Collection<String> keptAddresses() {
        return List.copyOf(kept.keySet());
    }

    Collection<String> unreachable() {
        return kept.keySet().stream()
                .filter(
                        address -> {
                            MachineId machine = machineAt.get(address);
                            return machine == null || !peers.containsKey(machine);
                        })
                .toList();
    }

    private static String noAnswer(String hostPort, Throwable cause) {
        String why = cause.getMessage();
        return "no container answers at " + hostPort + (why == null ? "" : ": " + why);
    }

    CompletionStage<Peer> connect(String hostPort) {
        CompletableFuture<Peer> result = new CompletableFuture<>();
        boolean told =
                actor.tell(
                        () -> {
                            Optional<Peer> there =
                                    Optional.ofNullable(machineAt.get(hostPort)).map(peers::get);
                            if (there.isPresent()) {
                                result.complete(there.get());
                                return;
                            }
                            CompletableFuture<Peer> attempt = dialling.get(hostPort);
                            if (attempt == null) {
                                attempt = dial(hostPort);
                            }
                            attempt.whenComplete(
                                    (peer, failure) -> {
                                        if (failure == null) {
                                            result.complete(peer);
                                        } else {
                                            result.completeExceptionally(failure);
                                        }
                                    });
                        });
        if (!told) {
            result.completeExceptionally(
                    new NetworkException(Code.BUSY, "too much waits; try again"));
        }
        return result;
    }

    private CompletableFuture<Peer> dial(String hostPort) {
        CompletableFuture<Peer> result = new CompletableFuture<>();
        dialling.put(hostPort, result);
        try {
            names.execute(() -> resolved(hostPort, result));
        } catch (RejectedExecutionException e) {
            fail(hostPort, result, new NetworkException(Code.BUSY, "too many names to look up"));
        }
        actor.after(
                Duration.ofSeconds(DIAL_LIMIT_SECONDS + 1),
                () ->
                        fail(
                                hostPort,
                                result,
                                new NetworkException(Code.TIMEOUT, hostPort + " did not answer")));
        return result;
    }

    /** Looking up a name takes as long as somebody's server likes, so not on the actor. */
    private void resolved(String hostPort, CompletableFuture<Peer> result) {
        InetSocketAddress to;
        try {
            to = lookup.apply(hostPort);
        } catch (IllegalArgumentException | StringIndexOutOfBoundsException e) {
            actor.tell(
                    () ->
                            fail(
                                    hostPort,
                                    result,
                                    new NetworkException(
                                            Code.UNREACHABLE,
                                            "'" + hostPort + "' is no HOST:PORT")));
            return;
        }
        actor.tell(
                () -> {
                    if (to.isUnresolved()) {
                        fail(
                                hostPort,
                                result,
                                new NetworkException(
                                        Code.UNREACHABLE, "no address for '" + hostPort + "'"));
                    } else if (!result.isDone()) {
                        dial(hostPort, to, result);
                    }
                });
    }

    private void dial(String hostPort, InetSocketAddress to, CompletableFuture<Peer> result) {
        Handshake.Outcome outcome =
                new Handshake.Outcome() {
                    @Override
                    public void authenticated(Connection connection) {
                        actor.tell(
                                () -> {
                                    dialling.remove(hostPort);
                                    machineAt.put(hostPort, connection.machine());
                                    adopt.accept(connection);
                                    Connection current = peers.get(connection.machine());
                                    if (current != null) {
                                        result.complete(current);
                                    } else {
                                        fail(
                                                hostPort,
                                                result,
                                                new NetworkException(
                                                        Code.CLOSED,
                                                        "the connection ended at once"));
                                    }
                                });
                    }

                    @Override
                    public void failed(NetworkException reason) {
                        actor.tell(() -> fail(hostPort, result, reason));
                    }
                };
        start.dial(to, outcome)
                .addListener(
                        done -> {
                            if (!done.isSuccess()) {
                                actor.tell(
                                        () ->
                                                fail(
                                                        hostPort,
                                                        result,
                                                        new NetworkException(
                                                                Code.UNREACHABLE,
                                                                noAnswer(hostPort, done.cause()))));
                            }
                        });
    }

    private void fail(String hostPort, CompletableFuture<Peer> result, NetworkException reason) {
        if (!result.isDone()) {
            dialling.remove(hostPort);
            LOG.log(
                    System.Logger.Level.INFO,
                    "{0}: {1} {2}",
                    hostPort,
                    reason.code(),
                    reason.getMessage());
            result.completeExceptionally(reason);
        }
    }

    void keepConnected(String hostPort) {
        if (kept.putIfAbsent(hostPort, 0) == null) {
            actor.tell(() -> keep(hostPort));
        }
    }

    /**
     * Dials if there is no connection, and comes back later: soon where it failed, each second to
     * look after it.
     */
    private void keep(String hostPort) {
        if (closed) {
            return;
        }
        MachineId machine = machineAt.get(hostPort);
        if (machine != null && peers.containsKey(machine)) {
            kept.put(hostPort, 0);
            actor.after(Duration.ofSeconds(1), () -> keep(hostPort));
            return;
        }
        connect(hostPort)
                .whenComplete(
                        (peer, failure) ->
                                actor.tell(
                                        () -> {
                                            int failures =
                                                    failure == null
                                                            ? 0
                                                            : kept.merge(hostPort, 1, Integer::sum);
                                            long millis =
                                                    failures == 0
                                                            ? 1000
                                                            : Math.min(
                                                                    60_000,
                                                                    500L << Math.min(failures, 7));
                                            long jittered =
                                                    millis * 3 / 4
                                                            + ThreadLocalRandom.current()
                                                                    .nextLong(millis / 2);
                                            actor.after(
                                                    Duration.ofMillis(jittered),
                                                    () -> keep(hostPort));
                                        }));
    }
}
