package dev.parley.host.internal;

import dev.parley.actor.api.Actors;
import dev.parley.host.api.ToolException;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.PipeFrames;
import dev.parley.wire.api.Value;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One running child. What it sends is untrusted: frames are checked, anything else ends it. A call
 * that is not answered in time counts as a strike, and two strikes end it.
 */
final class IsolateProcess {
    static final long CALL_MILLIS = 5_000;

    /** The codes of results that say what was wrong with the call, not with the plugin. */
    private static final Set<String> PASSED_ON =
            Set.of(
                    "BUSY",
                    "NO_SUCH_TOOL",
                    "PERMISSION_DENIED",
                    "NO_SUCH_STORE",
                    "AMBIGUOUS",
                    "NOT_ALLOWED",
                    "APPEND_ONLY",
                    "NOT_FOUND",
                    "NOT_ENOUGH",
                    "WRONG_STATE",
                    "INVALID",
                    "TOO_LARGE",
                    "NOT_SYNCED",
                    "NOT_ACTIVE",
                    "DISK",
                    "QUOTA");

    private static final long START_MILLIS = 15_000;
    private static final int STRIKES = 2;
    private static final int MAX_CALLS = 256;
    private static final int MAX_ASKED = 64;
    private static final int MAX_LOG_CHARS = 4000;
    private static final int MAX_ERROR_CHARS = 1000;
    private static final int MAX_MESSAGE_CHARS = 2000;

    /** What the child asks of the host; answers with a map to merge into the answer frame. */
    interface Asked {
        CompletionStage<Value.MapBuilder> ask(
                String operation, Value.Map arguments, IsolateProcess from);
    }

    private final Process process;
    private final Consumer<String> log;
    private final Asked asked;
    private final Map<Long, CompletableFuture<Value>> calls = new ConcurrentHashMap<>();
    private final AtomicLong ids = new AtomicLong();
    private final AtomicInteger strikes = new AtomicInteger();
    private final AtomicInteger asking = new AtomicInteger();
    private final AtomicLong missed = new AtomicLong();
    private final Outbox outbox;
    private final Thread reader;
    private final CompletableFuture<Value.Map> ready = new CompletableFuture<>();
    private final CompletableFuture<String> exited = new CompletableFuture<>();
    private volatile String endReason = "";
    private volatile @Nullable Usage usage;

    IsolateProcess(Process process, String name, Consumer<String> log, Asked asked) {
        this.process = process;
        this.log = log;
        this.asked = asked;
        this.outbox = new Outbox(process.getOutputStream(), name, this::kill);
        this.reader = Actors.daemon("parley-isolate-" + name, this::read);
        reader.start();
        Actors.daemon("parley-isolate-err-" + name, this::readErrors).start();
    }

    CompletionStage<Value.Map> start(Path cache, Path jar, String entryClass) {
        usage = new Usage(process.toHandle(), cache);
        outbox.now(
                encode(
                        Value.map()
                                .put("kind", "start")
                                .put("cache", cache.toString())
                                .put("jar", jar.toString())
                                .put("entryClass", entryClass)));
        return ready.orTimeout(START_MILLIS, TimeUnit.MILLISECONDS)
                .whenComplete(
                        (tools, failure) -> {
                            if (failure != null) {
                                kill("it did not start");
                            }
                        });
    }

    /**
     * @return completes with why it ended
     */
    CompletionStage<String> exited() {
        return exited;
    }

    CompletionStage<Value> call(String tool, Value parameters, Value.Map arguments) {
        if (calls.size() >= MAX_CALLS) {
            return CompletableFuture.failedStage(
                    new ToolException(
                            "BUSY", MAX_CALLS + " calls of this plugin are under way; try again"));
        }
        long id = ids.incrementAndGet();
        byte[] frame;
        try {
            frame =
                    PipeFrames.encode(
                            Value.map()
                                    .put("kind", "call")
                                    .put("id", id)
                                    .put("tool", tool)
                                    .put("parameters", parameters)
                                    .put("args", arguments)
                                    .build());
        } catch (MalformedException e) {
            return CompletableFuture.failedStage(
                    new ToolException("ARGUMENTS_INVALID", "the arguments: " + e.getMessage()));
        }
        CompletableFuture<Value> result = new CompletableFuture<>();
        calls.put(id, result);
        if (exited.isDone() || !outbox.now(frame)) {
            calls.remove(id);
            return CompletableFuture.failedStage(
                    exited.isDone() || outbox.closed()
                            ? new ToolException("PLUGIN_GONE", "the plugin is not running")
                            : new ToolException("BUSY", "the plugin does not read its calls"));
        }
        return result.orTimeout(CALL_MILLIS, TimeUnit.MILLISECONDS)
                .handle(
                        (value, failure) -> {
                            calls.remove(id);
                            if (failure == null) {
                                strikes.set(0);
                                return value;
                            }
                            if (failure instanceof TimeoutException) {
                                if (strikes.incrementAndGet() >= STRIKES) {
                                    kill(
                                            "it did not answer "
                                                    + STRIKES
                                                    + " calls within "
                                                    + CALL_MILLIS / 1000
                                                    + " s");
                                }
                                throw new CompletionException(
                                        new ToolException(
                                                "PLUGIN_TIMEOUT",
                                                "the plugin did not answer within "
                                                        + CALL_MILLIS / 1000
                                                        + " s"));
                            }
                            throw failure instanceof CompletionException wrapped
                                    ? wrapped
                                    : new CompletionException(failure);
                        });
    }

    /** Never waits; a child that does not keep up misses events. */
    void event(long subscription, String topic, String author, byte[] payload) {
        told(
                Value.map()
                        .put("kind", "event")
                        .put("subscription", subscription)
                        .put("topic", topic)
                        .put("author", author)
                        .put("payload", Value.of(payload)));
    }

    /** A change of a store that the plugin listens to. Never waits, as {@link #event}. */
    void changed(long subscription, String store, String author, List<String> paths) {
        told(
                Value.map()
                        .put("kind", "changed")
                        .put("subscription", subscription)
                        .put("store", store)
                        .put("author", author)
                        .put("paths", Value.texts(paths)));
    }

    /** A message of a group that the plugin listens to. Never waits, as {@link #event}. */
    void said(long subscription, Value.Map message) {
        told(
                Value.map()
                        .put("kind", "message")
                        .put("subscription", subscription)
                        .put("said", message));
    }

    private void told(Value.MapBuilder event) {
        if (!outbox.later(encode(event)) && missed.getAndIncrement() == 0) {
            log.accept("it does not keep up with its events; from here on it misses some");
        }
    }

    private void answer(long id, Value.MapBuilder answer) {
        byte[] frame;
        try {
            frame = PipeFrames.encode(answer.put("kind", "answer").put("id", id).build());
        } catch (MalformedException e) {
            frame =
                    encode(
                            Value.map()
                                    .put("kind", "answer")
                                    .put("id", id)
                                    .put("code", "TOO_LONG")
                                    .put("message", "the answer: " + e.getMessage()));
        }
        // Another thread must not wait for this child to read.
        boolean sent = Thread.currentThread() == reader ? outbox.now(frame) : outbox.later(frame);
        if (!sent) {
            kill("it does not read its answers");
        }
    }

    /** A frame that is short by what goes into it. */
    private static byte[] encode(Value.MapBuilder frame) {
        try {
            return PipeFrames.encode(frame.build());
        } catch (MalformedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void read() {
        try (InputStream in = new BufferedInputStream(process.getInputStream(), 1 << 16)) {
            while (true) {
                on(PipeFrames.read(in));
            }
        } catch (MalformedException e) {
            kill("it broke the protocol: " + e.getMessage());
        } catch (IOException e) {
            endReason = endReason.isEmpty() ? "it ended by itself" : endReason;
        } catch (RuntimeException e) {
            kill("it broke the protocol: " + e);
        }
        process.destroyForcibly();
        outbox.close();
        int code = process.onExit().join().exitValue();
        String reason = endReason + " (exit code " + code + ")";
        calls.values()
                .forEach(
                        call ->
                                call.completeExceptionally(
                                        new ToolException(
                                                "PLUGIN_GONE",
                                                "the plugin's process ended: " + reason)));
        ready.completeExceptionally(new ToolException("PLUGIN_GONE", reason));
        exited.complete(reason);
    }

    private void on(Value.Map frame) throws MalformedException {
        switch (text(frame, "kind")) {
            case "ready" -> ready.complete(frame);
            case "failed" ->
                    ready.completeExceptionally(new ToolException("PLUGIN_FAILED", message(frame)));
            case "log" -> log.accept(clean(cut(text(frame, "text"), MAX_LOG_CHARS)));
            case "pong" -> {}
            case "result" -> {
                CompletableFuture<Value> call = calls.get(number(frame, "id"));
                if (call == null) {
                    return; // answered after its deadline
                }
                if (frame.get("value").isPresent()) {
                    call.complete(frame.get("value").get());
                } else {
                    String code = text(frame, "code");
                    call.completeExceptionally(
                            new ToolException(
                                    PASSED_ON.contains(code) ? code : "PLUGIN_FAILED",
                                    message(frame)));
                }
            }
            case "ask" -> {
                long id = number(frame, "id");
                Value.Map arguments =
                        frame.get("args").orElse(Value.NULL) instanceof Value.Map map
                                ? map
                                : Value.map().build();
                if (asking.incrementAndGet() > MAX_ASKED) {
                    asking.decrementAndGet();
                    answer(
                            id,
                            Value.map()
                                    .put("code", "BUSY")
                                    .put(
                                            "message",
                                            MAX_ASKED + " questions wait for an answer already"));
                    return;
                }
                ask(text(frame, "op"), arguments)
                        .exceptionally(
                                failure ->
                                        Value.map()
                                                .put("code", "FAILED")
                                                .put("message", "the container failed"))
                        .thenAccept(
                                answer -> {
                                    asking.decrementAndGet();
                                    answer(id, answer);
                                });
            }
            default ->
                    throw new MalformedException(
                            MalformedException.Reason.UNSUPPORTED, "an unknown kind of frame");
        }
    }

    private CompletionStage<Value.MapBuilder> ask(String operation, Value.Map arguments) {
        try {
            return asked.ask(operation, arguments, this);
        } catch (RuntimeException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    /** A line may have no end: what is beyond its first characters is read and forgotten. */
    private void readErrors() {
        try (BufferedReader in = process.errorReader(StandardCharsets.UTF_8)) {
            StringBuilder line = new StringBuilder();
            boolean said = false;
            for (int c = in.read(); c >= 0; c = in.read()) {
                if (c != '\n' && line.length() < MAX_ERROR_CHARS) {
                    line.append((char) c);
                }
                if (!said && (c == '\n' || line.length() == MAX_ERROR_CHARS)) {
                    log.accept(clean(line.toString()));
                    said = true;
                }
                if (c == '\n') {
                    line.setLength(0);
                    said = false;
                }
            }
            if (!said && line.length() > 0) {
                log.accept(clean(line.toString()));
            }
        } catch (IOException e) {
            log.accept("(its error output ended: " + e.getMessage() + ")");
        }
    }

    private static String message(Value.Map frame) {
        return clean(cut(text(frame, "message"), MAX_MESSAGE_CHARS));
    }

    private static String cut(String text, int chars) {
        return text.length() > chars ? text.substring(0, chars) : text;
    }

    static String text(Value.Map map, String key) {
        return map.get(key).orElse(Value.NULL) instanceof Value.Text text ? text.value() : "";
    }

    static long number(Value.Map map, String key) {
        return map.get(key).orElse(Value.NULL) instanceof Value.Int number ? number.value() : 0;
    }

    static byte[] bytes(Value.Map map, String key) {
        return map.get(key).orElse(Value.NULL) instanceof Value.Bytes bytes
                ? bytes.value()
                : new byte[0];
    }

    /** A stranger's text without control characters. */
    static String clean(String text) {
        return text.replaceAll("[\\p{Cntrl}&&[^\\t]]", " ");
    }

    /** Ends it if it uses more than it may; called once a second. */
    void watch() {
        if (outbox.stuck(TimeUnit.MILLISECONDS.toNanos(CALL_MILLIS))) {
            kill("it did not read what it was sent for " + CALL_MILLIS / 1000 + " s");
        }
        Usage watched = usage;
        if (watched != null) {
            watched.excess().ifPresent(excess -> kill("it used " + excess));
        }
    }

    long pid() {
        return process.pid();
    }

    void kill(String reason) {
        if (endReason.isEmpty()) {
            endReason = reason;
        }
        process.destroyForcibly();
    }

    /** Lets it close itself for up to half a second. */
    void stop() {
        endReason = "it was stopped";
        outbox.later(encode(Value.map().put("kind", "stop")));
        try {
            if (!process.waitFor(500, TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
