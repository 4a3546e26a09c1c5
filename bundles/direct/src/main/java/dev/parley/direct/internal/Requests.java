package dev.parley.direct.internal;

import dev.parley.direct.api.Caller;
import dev.parley.direct.api.Direct;
import dev.parley.direct.api.RequestException;
import dev.parley.direct.api.RequestHandler;
import dev.parley.network.api.Peer;
import dev.parley.network.api.PeerStream;
import dev.parley.network.api.ProtocolHandler;
import dev.parley.wire.api.ByteReader;
import dev.parley.wire.api.ByteWriter;
import dev.parley.wire.api.Frame;
import dev.parley.wire.api.MalformedException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * One stream a request: {@code REQUEST(varint timeout ms, block method, body)}, then {@code OK} or
 * {@code ERROR}.
 */
final class Requests implements ProtocolHandler {
    static final String PROTOCOL = "/parley/rpc/1";
    private static final int REQUEST = 1;
    private static final int OK = 2;
    private static final int ERROR = 3;
    private static final int MAX_PER_PEER = 64;
    private static final int MAX_WAITING = 256;
    private static final long MAX_TIMEOUT_MILLIS = 120_000;
    private static final int MAX_MESSAGE_BYTES = 2048;

    /** So many are within the limit in every script: UTF-8 has at most three bytes for each. */
    private static final int MAX_MESSAGE_CHARS = MAX_MESSAGE_BYTES / 3;

    private final Map<String, RequestHandler> handlers;
    private final ExecutorService pool;
    private final Map<Peer, Integer> running = new ConcurrentHashMap<>();
    private final Map<Peer, Integer> waiting = new ConcurrentHashMap<>();

    Requests(Map<String, RequestHandler> handlers, ExecutorService pool) {
        this.handlers = handlers;
        this.pool = pool;
    }

    CompletionStage<byte[]> send(Peer peer, String method, byte[] body, Duration timeout) {
        if (!begin(waiting, peer, MAX_WAITING)) {
            return CompletableFuture.failedFuture(
                    new RequestException(
                            "BUSY",
                            MAX_WAITING
                                    + " requests to "
                                    + peer.machine().words()
                                    + " wait for an answer, which is the most"));
        }
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        answer.whenComplete((bytes, error) -> end(waiting, peer));
        peer.open(PROTOCOL)
                .whenComplete(
                        (stream, failure) -> {
                            if (failure != null) {
                                answer.completeExceptionally(
                                        new RequestException(
                                                "NOT_CONNECTED", failure.getMessage()));
                                return;
                            }
                            stream.receive(
                                    frame -> onAnswer(answer, frame),
                                    reason ->
                                            answer.completeExceptionally(
                                                    new RequestException(
                                                            "NOT_CONNECTED",
                                                            "no answer to "
                                                                    + method
                                                                    + ": "
                                                                    + reason)));
                            byte[] request =
                                    new ByteWriter(body.length + 80)
                                            .varint(timeout.toMillis())
                                            .text(method)
                                            .bytes(body)
                                            .toByteArray();
                            if (!stream.send(new Frame(REQUEST, request))) {
                                answer.completeExceptionally(
                                        new RequestException("BUSY", "too much waits to be sent"));
                            }
                            stream.finish();
                            answer.whenComplete(
                                    (bytes, error) -> {
                                        if (error != null) {
                                            stream.reset();
                                        }
                                    });
                        });
        String words = peer.machine().words();
        return answer.orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionally(
                        error -> {
                            if (error instanceof java.util.concurrent.TimeoutException) {
                                throw new CompletionException(
                                        new RequestException(
                                                "TIMEOUT",
                                                words
                                                        + " did not answer "
                                                        + method
                                                        + " within "
                                                        + timeout.toMillis()
                                                        + " ms"));
                            }
                            throw error instanceof CompletionException wrapped
                                    ? wrapped
                                    : new CompletionException(error);
                        });
    }

    private static void onAnswer(CompletableFuture<byte[]> answer, Frame frame) {
        if (frame.type() == OK) {
            answer.complete(frame.body());
            return;
        }
        if (frame.type() != ERROR) {
            answer.completeExceptionally(
                    new RequestException(
                            "MALFORMED",
                            "frame type "
                                    + frame.type()
                                    + " of "
                                    + frame.body().length
                                    + " bytes, expected an answer"));
            return;
        }
        try {
            ByteReader in = new ByteReader(frame.body(), "error answer");
            String code = in.text(64, "code");
            String message = in.text(MAX_MESSAGE_BYTES, "message");
            in.end();
            answer.completeExceptionally(
                    new RequestException(
                            code.matches("[A-Z0-9_]+") ? code : "MALFORMED",
                            message.replaceAll("\\p{Cntrl}", " ")));
        } catch (MalformedException e) {
            answer.completeExceptionally(new RequestException("MALFORMED", e.getMessage()));
        }
    }

    @Override
    public String protocol() {
        return PROTOCOL;
    }

    @Override
    public void accept(Peer peer, PeerStream stream) {
        stream.receive(frame -> onRequest(peer, stream, frame), reason -> {});
    }

    private void onRequest(Peer peer, PeerStream stream, Frame frame) {
        try {
            ByteReader in = new ByteReader(frame.body(), "request");
            long timeout = Math.min(MAX_TIMEOUT_MILLIS, Math.max(1, in.varint()));
            String method = in.text(64, "method");
            byte[] body = in.rest();
            RequestHandler handler = handlers.get(method);
            if (frame.type() != REQUEST) {
                refuse(stream, "MALFORMED", "frame type " + frame.type() + ", expected a request");
            } else if (handler == null) {
                refuse(
                        stream,
                        "NO_SUCH_METHOD",
                        "nothing here answers '" + method.replaceAll("\\p{Cntrl}", "?") + "'");
            } else if (body.length > Direct.MAX_BODY_BYTES) {
                refuse(
                        stream,
                        "MALFORMED",
                        "body: " + body.length + " bytes, at most " + Direct.MAX_BODY_BYTES);
            } else if (!begin(running, peer, MAX_PER_PEER)) {
                refuse(
                        stream,
                        "BUSY",
                        MAX_PER_PEER + " requests of yours are under way, which is the most");
            } else {
                run(peer, stream, handler, body, timeout);
            }
        } catch (MalformedException e) {
            refuse(stream, "MALFORMED", String.valueOf(e.getMessage()));
        }
    }

    private void run(
            Peer peer, PeerStream stream, RequestHandler handler, byte[] body, long timeout) {
        try {
            pool.execute(() -> handle(peer, stream, handler, body, timeout));
        } catch (RejectedExecutionException e) {
            end(running, peer);
            refuse(stream, "BUSY", "too many requests wait here; try again");
        }
    }

    private static boolean begin(Map<Peer, Integer> counts, Peer peer, int most) {
        boolean[] begun = new boolean[1];
        counts.compute(
                peer,
                (key, count) -> {
                    int there = count == null ? 0 : count;
                    begun[0] = there < most;
                    return begun[0] ? Integer.valueOf(there + 1) : count;
                });
        return begun[0];
    }

    private static void end(Map<Peer, Integer> counts, Peer peer) {
        counts.computeIfPresent(
                peer, (key, count) -> count <= 1 ? null : Integer.valueOf(count - 1));
    }

    private void handle(
            Peer peer, PeerStream stream, RequestHandler handler, byte[] body, long timeout) {
        CompletionStage<byte[]> answer;
        try {
            answer = handler.handle(new Caller(peer.agent(), peer.machine()), body);
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedStage(e);
        }
        answer.toCompletableFuture()
                .copy()
                .orTimeout(timeout, TimeUnit.MILLISECONDS)
                .whenComplete(
                        (bytes, error) -> {
                            end(running, peer);
                            if (error == null && bytes.length <= Direct.MAX_BODY_BYTES) {
                                stream.send(new Frame(OK, bytes));
                                stream.finish();
                                return;
                            }
                            if (error == null) {
                                refuse(
                                        stream,
                                        "TOO_LARGE",
                                        "the answer has "
                                                + bytes.length
                                                + " bytes, at most "
                                                + Direct.MAX_BODY_BYTES);
                                return;
                            }
                            Throwable cause =
                                    error instanceof CompletionException && error.getCause() != null
                                            ? error.getCause()
                                            : error;
                            if (cause instanceof RequestException known) {
                                refuse(stream, known.code(), String.valueOf(known.getMessage()));
                            } else if (cause instanceof java.util.concurrent.TimeoutException) {
                                refuse(stream, "TIMEOUT", "no answer within the time given");
                            } else {
                                System.getLogger(Requests.class.getName())
                                        .log(
                                                System.Logger.Level.WARNING,
                                                "a request handler failed",
                                                cause);
                                refuse(
                                        stream,
                                        "FAILED",
                                        "the other end failed to answer; its log says why");
                            }
                        });
    }

    private static void refuse(PeerStream stream, String code, String message) {
        String cut = message.substring(0, Math.min(message.length(), MAX_MESSAGE_CHARS));
        stream.send(new Frame(ERROR, new ByteWriter().text(code).text(cut).toByteArray()));
        stream.finish();
    }
}
