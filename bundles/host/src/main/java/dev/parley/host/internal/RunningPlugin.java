package dev.parley.host.internal;

import dev.parley.actor.api.Actor;
import dev.parley.catalog.api.Descriptor;
import dev.parley.host.api.Tool;
import dev.parley.host.api.ToolException;
import dev.parley.host.api.ToolSpec;
import dev.parley.wire.api.Value;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Hashtable;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;

/**
 * Keeps one plugin running: starts its child, registers its tools on its facade bundle, starts it
 * again with back-off when it ends, and quarantines it after five ends within ten minutes. State
 * belongs to the host's actor.
 */
final class RunningPlugin {
    enum State {
        STARTING,
        RUNNING,
        BACKING_OFF,
        QUARANTINED,
        STOPPED
    }

    private static final int CRASHES = 5;
    private static final Duration CRASH_WINDOW = Duration.ofMinutes(10);
    private static final int LOG_LINES = 500;

    private final Descriptor descriptor;
    private final Path jar;
    private final Sandbox sandbox;
    private final Actor actor;
    private final Bundle facade;
    private final Supplier<Broker> brokers;
    private final Deque<String> log = new ArrayDeque<>();
    private final Deque<Long> crashes = new ArrayDeque<>();
    private final CompletableFuture<Void> firstStart = new CompletableFuture<>();
    private volatile State state = State.STARTING;
    private volatile @Nullable IsolateProcess process;
    private @Nullable Broker broker;

    RunningPlugin(
            Descriptor descriptor,
            Path jar,
            Sandbox sandbox,
            Actor actor,
            Bundle facade,
            Supplier<Broker> brokers) {
        this.descriptor = descriptor;
        this.jar = jar;
        this.sandbox = sandbox;
        this.actor = actor;
        this.facade = facade;
        this.brokers = brokers;
    }

    Descriptor descriptor() {
        return descriptor;
    }

    State state() {
        return state;
    }

    /**
     * @return completes when its tools can be called; fails if the first start fails
     */
    CompletionStage<Void> start() {
        Sandbox.Cell cell;
        Process child;
        try {
            cell = sandbox.cell(jar);
            try {
                child = sandbox.start(cell);
            } catch (IOException e) {
                sandbox.discard(cell);
                throw e;
            }
        } catch (IOException e) {
            String reason = "no process: " + e;
            if (!actor.tell(() -> ended(process, reason))) {
                firstStart.completeExceptionally(new ToolException("PLUGIN_GONE", reason));
            }
            return firstStart;
        }
        Broker mine = brokers.get();
        broker = mine;
        IsolateProcess started = new IsolateProcess(child, descriptor.name(), this::log, mine);
        process = started;
        started.exited()
                .thenAccept(
                        reason ->
                                actor.tell(
                                        () -> {
                                            mine.close();
                                            sandbox.discard(cell);
                                            ended(started, reason);
                                        }));
        if (state == State.STOPPED) {
            started.kill("it was stopped");
        }
        started.start(cell.cache(), cell.jar(), descriptor.entryClass())
                .whenComplete(
                        (ready, failure) ->
                                actor.tell(
                                        () -> {
                                            if (failure != null) {
                                                log("start failed: " + failure.getMessage());
                                                started.kill(
                                                        "start failed: " + failure.getMessage());
                                                firstStart.completeExceptionally(failure);
                                            } else if (state == State.STARTING) {
                                                running(started, ready);
                                            }
                                        }));
        return firstStart;
    }

    private void running(IsolateProcess started, Value.Map ready) {
        List<String> expected =
                descriptor.tools().stream()
                        .map(it -> IsolateProcess.text(it, "name"))
                        .sorted()
                        .toList();
        List<String> found = new ArrayList<>();
        if (ready.get("tools").orElse(Value.NULL) instanceof Value.List list) {
            list.items()
                    .forEach(it -> found.add(it instanceof Value.Text text ? text.value() : "?"));
        }
        if (!found.equals(expected)) {
            started.kill("it has the tools " + found + ", its descriptor says " + expected);
            firstStart.completeExceptionally(
                    new ToolException(
                            "UNHEALTHY",
                            "it has the tools " + found + ", its descriptor says " + expected));
            return;
        }
        if (!change(State.RUNNING)) {
            return;
        }
        for (Value.Map tool : descriptor.tools()) {
            FacadeTool service = new FacadeTool(tool);
            Hashtable<String, Object> properties = new Hashtable<>();
            properties.put("parley.plugin", descriptor.name());
            properties.put("parley.tool", service.spec().name());
            facade.getBundleContext().registerService(Tool.class, service, properties);
        }
        firstStart.complete(null);
    }

    private void unregister() {
        var services = facade.getState() == Bundle.ACTIVE ? facade.getRegisteredServices() : null;
        if (services != null) {
            try {
                facade.stop();
                facade.start();
            } catch (org.osgi.framework.BundleException e) {
                log("its facade did not stop: " + e.getMessage());
            }
        }
    }

    private void ended(@Nullable IsolateProcess which, String reason) {
        if (process != which || state == State.STOPPED) {
            return;
        }
        log("ended: " + reason);
        unregister();
        if (!firstStart.isDone() || firstStart.isCompletedExceptionally()) {
            state = State.STOPPED;
            firstStart.completeExceptionally(new ToolException("PLUGIN_GONE", reason));
            return;
        }
        long now = actor.time().nanos();
        crashes.add(now);
        crashes.removeIf(at -> now - at > CRASH_WINDOW.toNanos());
        if (crashes.size() >= CRASHES) {
            change(State.QUARANTINED);
            log(
                    "quarantined: it ended "
                            + CRASHES
                            + " times within ten minutes; 'parley plugins start' tries again");
            return;
        }
        change(State.BACKING_OFF);
        Duration wait = Duration.ofMillis(Math.min(60_000, 250L << crashes.size()));
        actor.after(
                wait,
                () -> {
                    if (again()) {
                        start();
                    }
                });
    }

    private synchronized boolean again() {
        return state == State.BACKING_OFF && change(State.STARTING);
    }

    /** A stop that comes at the same time wins. */
    private synchronized boolean change(State to) {
        if (state == State.STOPPED) {
            return false;
        }
        state = to;
        return true;
    }

    void watch() {
        IsolateProcess current = process;
        if (current != null && state == State.RUNNING) {
            current.watch();
        }
    }

    void stop() {
        synchronized (this) {
            state = State.STOPPED;
        }
        firstStart.completeExceptionally(new ToolException("PLUGIN_GONE", "it was stopped"));
        unregister();
        IsolateProcess current = process;
        if (current != null) {
            current.stop();
        }
        if (broker != null) {
            broker.close();
        }
    }

    long pid() {
        IsolateProcess current = process;
        return current == null ? 0 : current.pid();
    }

    private void log(String line) {
        synchronized (log) {
            log.add(LocalTime.now().truncatedTo(ChronoUnit.MILLIS) + " " + line);
            while (log.size() > LOG_LINES) {
                log.remove();
            }
        }
    }

    List<String> logLines() {
        synchronized (log) {
            return List.copyOf(log);
        }
    }

    private final class FacadeTool implements Tool {
        private final ToolSpec spec;
        private final Value parameters;

        FacadeTool(Value.Map tool) {
            this.spec =
                    new ToolSpec(
                            descriptor.name(),
                            IsolateProcess.text(tool, "name"),
                            IsolateProcess.text(tool, "title"),
                            IsolateProcess.text(tool, "description"),
                            schema(tool, "inputSchema"),
                            schema(tool, "outputSchema"),
                            IsolateProcess.text(tool, "effects"),
                            IsolateProcess.text(tool, "audience"));
            this.parameters = tool.get("parameters").orElse(Value.list(List.of()));
        }

        private static Value.Map schema(Value.Map tool, String key) {
            return tool.get(key).orElse(Value.NULL) instanceof Value.Map map
                    ? map
                    : Value.map().build();
        }

        @Override
        public ToolSpec spec() {
            return spec;
        }

        @Override
        public CompletionStage<Value> call(Value.Map arguments) {
            IsolateProcess current = process;
            if (current == null || state != State.RUNNING) {
                return CompletableFuture.failedStage(
                        new ToolException(
                                "PLUGIN_GONE", "the plugin is " + state + ", not running"));
            }
            try {
                SchemaCheck.check(arguments, spec.inputSchema());
            } catch (ToolException e) {
                return CompletableFuture.failedStage(e);
            }
            return current.call(spec.name(), parameters, arguments);
        }
    }
}
