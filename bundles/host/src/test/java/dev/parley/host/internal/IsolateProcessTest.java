package dev.parley.host.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.gossip.api.Gossip;
import dev.parley.gossip.api.GossipMessage;
import dev.parley.gossip.api.Retention;
import dev.parley.gossip.api.Topic;
import dev.parley.groups.api.GroupStatus;
import dev.parley.host.api.Tool;
import dev.parley.host.api.ToolException;
import dev.parley.host.api.ToolSpec;
import dev.parley.storage.api.KeyValueStore;
import dev.parley.wire.api.Json;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.PipeFrames;
import dev.parley.wire.api.Value;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** The container's end of {@code docs/protocols/0009-isolate-ipc.md}. */
class IsolateProcessTest {
    private static final Path VECTORS =
            Path.of("../../docs/protocols/vectors/0009-isolate-ipc.json");

    private final List<String> log = new CopyOnWriteArrayList<>();

    /** A process without a process: what it says is given, what it is told is kept. */
    private static final class FakeProcess extends Process {
        private final InputStream said;
        private final ByteArrayOutputStream told = new ByteArrayOutputStream();
        private OutputStream in = told;
        private InputStream errors = InputStream.nullInputStream();
        private final CompletableFuture<Process> ended = new CompletableFuture<>();

        FakeProcess(InputStream said) {
            this.said = said;
        }

        @Override
        public ProcessHandle toHandle() {
            return ProcessHandle.current();
        }

        @Override
        public OutputStream getOutputStream() {
            return in;
        }

        @Override
        public InputStream getInputStream() {
            return said;
        }

        @Override
        public InputStream getErrorStream() {
            return errors;
        }

        @Override
        public int waitFor() {
            return ended.join().exitValue();
        }

        @Override
        public boolean waitFor(long timeout, TimeUnit unit) {
            return true;
        }

        @Override
        public int exitValue() {
            return 0;
        }

        @Override
        public CompletableFuture<Process> onExit() {
            return ended;
        }

        @Override
        public void destroy() {
            ended.complete(this);
        }

        @Override
        public Process destroyForcibly() {
            ended.complete(this);
            return this;
        }
    }

    private static List<Value.Map> vectors(String list) {
        try {
            Value.Map file = (Value.Map) Json.parse(Files.readAllBytes(VECTORS), 1 << 20);
            List<Value.Map> vectors = new ArrayList<>();
            ((Value.List) file.get(list).orElseThrow())
                    .items()
                    .forEach(it -> vectors.add((Value.Map) it));
            assertThat(vectors).isNotEmpty();
            return vectors;
        } catch (IOException | MalformedException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] bytes(Value.Map vector) {
        return HexFormat.of().parseHex(IsolateProcess.text(vector, "bytes"));
    }

    private static byte[] vector(String... names) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (String name : names) {
            all.writeBytes(
                    vectors("good").stream()
                            .filter(it -> IsolateProcess.text(it, "name").equals(name))
                            .findFirst()
                            .map(IsolateProcessTest::bytes)
                            .orElseThrow());
        }
        return all.toByteArray();
    }

    private IsolateProcess isolate(FakeProcess process, IsolateProcess.Asked asked) {
        return new IsolateProcess(process, "test", log::add, asked);
    }

    private static CompletionStage<Value.MapBuilder> nothing(
            String operation, Value.Map arguments, IsolateProcess from) {
        return CompletableFuture.completedFuture(Value.map());
    }

    private static <T> T get(CompletionStage<T> stage) throws ToolException {
        try {
            return stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ToolException refused) {
                throw refused;
            }
            throw new AssertionError(e);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static String failure(CompletionStage<?> stage) {
        try {
            return "no failure: " + get(stage);
        } catch (ToolException e) {
            return e.code() + ": " + e.getMessage();
        }
    }

    @Test
    void theContainerSaysTheSpecsBytes() throws IOException {
        FakeProcess process =
                new FakeProcess(new PipedInputStream(new PipedOutputStream(), 1 << 16));
        IsolateProcess isolate = isolate(process, IsolateProcessTest::nothing);
        isolate.start(
                Path.of("/cell/cache"), Path.of("/cell/plugin.jar"), "org.example.hello.Hello");
        isolate.event(1, "chat/lobby", "ab".repeat(32), "hi".getBytes(StandardCharsets.UTF_8));
        isolate.stop();
        eventually(() -> process.told.size() >= vector("start", "event", "stop").length);
        assertThat(process.told.toByteArray()).isEqualTo(vector("start", "event", "stop"));
    }

    @Test
    void aCallIsTheSpecsBytesAndEachResultFindsItsCall() throws Exception {
        PipedOutputStream child = new PipedOutputStream();
        FakeProcess process = new FakeProcess(new PipedInputStream(child, 1 << 16));
        IsolateProcess isolate = isolate(process, IsolateProcessTest::nothing);
        Value parameters = Value.texts(List.of("name", "times"));
        Value.Map arguments = Value.map().put("name", "Ada").put("times", 2).build();
        CompletionStage<Value.Map> ready = isolate.start(Path.of("cache"), Path.of("jar"), "entry");
        process.told.reset();
        CompletionStage<Value> greeted = isolate.call("greet", parameters, arguments);
        assertThat(process.told.toByteArray()).isEqualTo(vector("call"));
        CompletionStage<Value> nothing = isolate.call("reset", parameters, arguments);
        CompletionStage<Value> missing = isolate.call("missing", parameters, arguments);
        child.write(
                vector(
                        "ready",
                        "log",
                        "pong",
                        "result that failed",
                        "result of a tool that gives out nothing",
                        "result"));
        child.flush();
        assertThat(get(ready).get("tools")).contains(Value.texts(List.of("farewell", "greet")));
        assertThat(get(greeted)).isEqualTo(Value.map().put("result", "Hello, Ada").build());
        assertThat(get(nothing)).isEqualTo(Value.map().build());
        assertThat(failure(missing)).isEqualTo("NO_SUCH_TOOL: this plugin has no such tool");
        assertThat(log).containsExactly("started");
        child.close();
        assertThat(get(isolate.exited())).isEqualTo("it ended by itself (exit code 0)");
    }

    @Test
    void whatAStoreRefusedKeepsItsCodeAndWhatIsMadeUpIsThePluginsFailure() throws Exception {
        PipedOutputStream child = new PipedOutputStream();
        IsolateProcess isolate =
                isolate(
                        new FakeProcess(new PipedInputStream(child, 1 << 16)),
                        IsolateProcessTest::nothing);
        Value.Map none = Value.map().build();
        long id = 0;
        for (String code : List.of("WRONG_STATE", "NO_SUCH_STORE", "DISK", "QUOTA", "MADE_UP")) {
            CompletionStage<Value> call = isolate.call("t", Value.texts(List.of()), none);
            PipeFrames.write(
                    child,
                    Value.map()
                            .put("kind", "result")
                            .put("id", ++id)
                            .put("code", code)
                            .put("message", "why")
                            .build());
            child.flush();
            String expected = code.equals("MADE_UP") ? "PLUGIN_FAILED" : code;
            assertThat(failure(call)).isEqualTo(expected + ": why");
        }
        child.close();
    }

    @Test
    void aStartThatFailedSaysWhy() throws Exception {
        PipedOutputStream child = new PipedOutputStream();
        IsolateProcess isolate =
                isolate(
                        new FakeProcess(new PipedInputStream(child, 1 << 16)),
                        IsolateProcessTest::nothing);
        CompletionStage<Value.Map> ready = isolate.start(Path.of("cache"), Path.of("jar"), "entry");
        child.write(vector("failed"));
        child.close();
        assertThat(failure(ready)).isEqualTo("PLUGIN_FAILED: java.lang.IllegalStateException: no");
    }

    /** The other rooms, as far as these vectors go. */
    private static final class Rooms implements Gossip, KeyValueStore {
        final Map<String, byte[]> values = new TreeMap<>();

        @Override
        public CompletionStage<String> publish(Topic topic, byte[] payload, Retention retention) {
            assertThat(topic.name()).isEqualTo("chat/lobby");
            assertThat(payload).isEqualTo("hi".getBytes(StandardCharsets.UTF_8));
            return CompletableFuture.completedFuture("00".repeat(16) + "-7");
        }

        @Override
        public AutoCloseable subscribe(String filter, Consumer<GossipMessage> consumer) {
            assertThat(filter).isEqualTo("chat/*");
            return () -> {};
        }

        @Override
        public Map<String, Long> counters() {
            return Map.of();
        }

        @Override
        public Optional<byte[]> get(String key) {
            return Optional.ofNullable(values.get(key));
        }

        @Override
        public void put(String key, byte[] value) {
            values.put(key, value);
        }

        @Override
        public void delete(String key) {
            values.remove(key);
        }

        @Override
        public List<String> keys(String prefix) {
            return values.keySet().stream().filter(it -> it.startsWith(prefix)).toList();
        }
    }

    private static Tool tool(String name) {
        return new Tool() {
            @Override
            public ToolSpec spec() {
                Value.Map any = Value.map().build();
                return new ToolSpec("guestbook", name, "", "", any, any, "read", "local");
            }

            @Override
            public CompletionStage<Value> call(Value.Map arguments) {
                return name.equals("entries")
                        ? CompletableFuture.completedFuture(Value.map().put("result", 1).build())
                        : CompletableFuture.failedStage(new ToolException("BUSY", "try again"));
            }
        };
    }

    @Test
    void eachQuestionOfTheSpecGetsTheSpecsAnswer() throws Exception {
        Rooms rooms = new Rooms();
        rooms.put("p/a", new byte[] {0, (byte) 255});
        rooms.put("p/b", new byte[1]);
        Broker broker =
                new Broker(
                        Set.of(
                                "storage:16",
                                "gossip.publish:chat/lobby",
                                "gossip.subscribe:chat/*",
                                "tool.call:guestbook"),
                        rooms,
                        "p/",
                        rooms,
                        new FakeStores(),
                        new FakeGroups(),
                        FakeStores.INFO.owner(),
                        (plugin, name) -> Optional.of(tool(name)));
        byte[] questions =
                vector(
                        "ask store.get",
                        "ask store.put",
                        "ask store.delete",
                        "ask store.keys",
                        "ask publish",
                        "ask subscribe",
                        "ask call",
                        "ask that is refused");
        FakeProcess process = new FakeProcess(new ByteArrayInputStream(questions));
        get(isolate(process, broker).exited());
        assertThat(process.told.toByteArray())
                .isEqualTo(
                        vector(
                                "answer to store.get",
                                "answer to store.put",
                                "answer to store.delete",
                                "answer to store.keys",
                                "answer to publish",
                                "answer to subscribe",
                                "answer to call",
                                "answer that refuses"));
    }

    @Test
    void eachQuestionAboutSharedStoresGetsTheSpecsAnswer() throws Exception {
        Rooms rooms = new Rooms();
        Broker broker =
                new Broker(
                        Set.of("stores:board/*"),
                        rooms,
                        "p/",
                        rooms,
                        new FakeStores(),
                        new FakeGroups(),
                        FakeStores.INFO.owner(),
                        (plugin, name) -> Optional.empty());
        byte[] questions =
                vector(
                        "ask shared.listen",
                        "ask shared.put",
                        "ask shared.get",
                        "ask shared.increment");
        PipedOutputStream child = new PipedOutputStream();
        FakeProcess process = new FakeProcess(new PipedInputStream(child, 1 << 16));
        IsolateProcess isolate = isolate(process, broker);
        child.write(questions);
        child.flush();
        // What it is told of comes from another thread, and no more once it has ended.
        String changed = HexFormat.of().formatHex(vector("changed by itself"));
        eventually(() -> HexFormat.of().formatHex(process.told.toByteArray()).contains(changed));
        child.close();
        get(isolate.exited());
        String told = HexFormat.of().formatHex(process.told.toByteArray());
        for (String answer :
                List.of(
                        "answer to shared.listen",
                        "changed by itself",
                        "answer to shared.put",
                        "answer to shared.get",
                        "answer to shared.increment")) {
            assertThat(told).as(answer).contains(HexFormat.of().formatHex(vector(answer)));
        }
    }

    @Test
    void eachQuestionAboutTasksGetsTheSpecsAnswer() throws Exception {
        Rooms rooms = new Rooms();
        Broker broker =
                new Broker(
                        Set.of("stores:board/main"),
                        rooms,
                        "p/",
                        rooms,
                        new FakeStores(),
                        new FakeGroups(),
                        FakeStores.INFO.owner(),
                        (plugin, name) -> Optional.empty());
        byte[] questions =
                vector(
                        "ask shared.tasks.add",
                        "ask shared.tasks.claim",
                        "ask shared.tasks",
                        "ask shared.tasks.release",
                        "ask shared.tasks.finish");
        FakeProcess process = new FakeProcess(new ByteArrayInputStream(questions));
        get(isolate(process, broker).exited());
        assertThat(process.told.toByteArray())
                .isEqualTo(
                        vector(
                                "answer to shared.tasks.add",
                                "answer to shared.tasks.claim",
                                "answer to shared.tasks",
                                "answer to shared.tasks.release",
                                "answer to shared.tasks.finish"));
    }

    @Test
    void eachQuestionAboutGroupsGetsTheSpecsAnswer() throws Exception {
        Rooms rooms = new Rooms();
        FakeGroups groups = new FakeGroups();
        groups.add("work/team", GroupStatus.ACTIVE);
        Broker broker =
                new Broker(
                        Set.of("groups:work/*"),
                        rooms,
                        "p/",
                        rooms,
                        new FakeStores(),
                        groups,
                        FakeStores.INFO.owner(),
                        (plugin, name) -> Optional.empty());
        byte[] questions =
                vector(
                        "ask group.listen",
                        "ask group.send",
                        "ask group.since",
                        "ask of a group that is not granted");
        PipedOutputStream child = new PipedOutputStream();
        FakeProcess process = new FakeProcess(new PipedInputStream(child, 1 << 16));
        IsolateProcess isolate = isolate(process, broker);
        child.write(questions);
        child.flush();
        // What it is told of comes from another thread, and no more once it has ended.
        String message = HexFormat.of().formatHex(vector("message"));
        eventually(() -> HexFormat.of().formatHex(process.told.toByteArray()).contains(message));
        child.close();
        get(isolate.exited());
        String told = HexFormat.of().formatHex(process.told.toByteArray());
        for (String answer :
                List.of(
                        "answer to group.listen",
                        "answer to group.send",
                        "answer to group.since",
                        "answer about a group that is not granted")) {
            assertThat(told).as(answer).contains(HexFormat.of().formatHex(vector(answer)));
        }
        assertThat(groups.sent).hasSize(1);
    }

    @Test
    void whatTheSpecRefusesEndsTheChild() throws ToolException {
        for (Value.Map vector : vectors("bad")) {
            FakeProcess process = new FakeProcess(new ByteArrayInputStream(bytes(vector)));
            String expected =
                    IsolateProcess.text(vector, "reason").equals("END")
                            ? "it ended by itself (exit code 0)"
                            : "it broke the protocol: "
                                    + IsolateProcess.text(vector, "text")
                                    + " (exit code 0)";
            assertThat(get(isolate(process, IsolateProcessTest::nothing).exited()))
                    .as(IsolateProcess.text(vector, "name"))
                    .isEqualTo(expected);
        }
    }

    @Test
    void aKindThatTheSpecDoesNotKnowEndsTheChild() throws ToolException {
        for (String kind : List.of("", "start", "call", "answer", "event", "ping", "stop")) {
            byte[] said = frame(Value.map().put("kind", kind).build());
            FakeProcess process = new FakeProcess(new ByteArrayInputStream(said));
            assertThat(get(isolate(process, IsolateProcessTest::nothing).exited()))
                    .startsWith("it broke the protocol: ");
        }
    }

    private static byte[] frame(Value.Map message) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            PipeFrames.write(out, message);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /** Messages of the right kinds, often with members that are missing or of another type. */
    @Provide
    Arbitrary<List<Value.Map>> nearly() {
        Arbitrary<Value> values =
                Arbitraries.oneOf(
                        Arbitraries.longs().map(Value::of),
                        Arbitraries.strings().alpha().ofMaxLength(5).map(Value::of),
                        Arbitraries.of("store.get", "publish", "call", "subscribe").map(Value::of),
                        Arbitraries.of(
                                Value.NULL,
                                Value.of(new byte[3]),
                                Value.list(List.of()),
                                Value.map().build(),
                                Value.map().put("key", 1).put("topic", "A B").build()));
        Arbitrary<Value> names =
                Arbitraries.of("id", "op", "args", "value", "code", "message", "text", "tools")
                        .map(Value::of);
        Arbitrary<String> kinds =
                Arbitraries.of("ready", "failed", "result", "ask", "ask", "log", "pong");
        return Arbitraries.maps(names, values)
                .ofMaxSize(6)
                .flatMap(
                        members ->
                                kinds.map(
                                        kind -> {
                                            Map<Value, Value> all =
                                                    new java.util.HashMap<>(members);
                                            all.put(Value.of("kind"), Value.of(kind));
                                            return new Value.Map(all);
                                        }))
                .list()
                .ofMaxSize(5);
    }

    @Property(tries = 300)
    void whatAChildSaysNeverSurprises(@ForAll("nearly") List<Value.Map> messages)
            throws ToolException {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        messages.forEach(it -> said.writeBytes(frame(it)));
        Rooms rooms = new Rooms();
        Broker broker =
                new Broker(
                        Set.of("storage:16"),
                        rooms,
                        "p/",
                        rooms,
                        new FakeStores(),
                        new FakeGroups(),
                        FakeStores.INFO.owner(),
                        (plugin, name) -> Optional.empty());
        FakeProcess process = new FakeProcess(new ByteArrayInputStream(said.toByteArray()));
        assertThat(get(isolate(process, broker).exited()))
                .isEqualTo("it ended by itself (exit code 0)");
    }

    @Property(tries = 300)
    void noiseEndsTheChildAndNothingElse(@ForAll byte[] noise) throws ToolException {
        FakeProcess process = new FakeProcess(new ByteArrayInputStream(noise));
        assertThat(get(isolate(process, IsolateProcessTest::nothing).exited()))
                .matches("it (broke the protocol: pipe|ended by itself).*");
    }

    private static void eventually(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean() && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    /** Says nothing, reads nothing, and takes 1024 bytes in its pipe. */
    private static FakeProcess thatDoesNotRead() throws IOException {
        FakeProcess process =
                new FakeProcess(new PipedInputStream(new PipedOutputStream(), 1 << 16));
        process.in = new PipedOutputStream(new PipedInputStream(1024));
        return process;
    }

    @Test
    void aChildThatDoesNotReadHoldsUpNobodyAndIsEnded() throws Exception {
        FakeProcess process = thatDoesNotRead();
        IsolateProcess isolate = isolate(process, IsolateProcessTest::nothing);
        CompletableFuture<Void> others =
                CompletableFuture.runAsync(
                        () -> {
                            for (int i = 0; i < 200; i++) {
                                isolate.event(1, "chat/lobby", "ab", new byte[60_000]);
                            }
                        });
        others.get(4, TimeUnit.SECONDS);
        assertThat(log)
                .contains("it does not keep up with its events; from here on it misses some");
        isolate.watch();
        assertThat(process.ended).isNotDone();
        eventually(
                () -> {
                    isolate.watch();
                    return process.ended.isDone();
                });
    }

    @Test
    void aStopDoesNotWaitForAChildThatDoesNotRead() throws Exception {
        IsolateProcess isolate = isolate(thatDoesNotRead(), IsolateProcessTest::nothing);
        isolate.event(1, "chat/lobby", "ab", new byte[60_000]);
        CompletableFuture.runAsync(isolate::stop).get(4, TimeUnit.SECONDS);
    }

    @Test
    void aCallToAChildWhoseEndIsNotYetKnownSaysThatItIsGone() throws Exception {
        FakeProcess process =
                new FakeProcess(new PipedInputStream(new PipedOutputStream(), 1 << 16));
        PipedInputStream gone = new PipedInputStream();
        process.in = new PipedOutputStream(gone);
        gone.close();
        IsolateProcess isolate = isolate(process, IsolateProcessTest::nothing);
        Value.Map none = Value.map().build();
        assertThat(failure(isolate.call("greet", Value.list(List.of()), none)))
                .startsWith("PLUGIN_GONE: ");
    }

    @Test
    void argumentsThatDoNotFitAreTheCallersFaultAndEndNobody() throws Exception {
        PipedOutputStream child = new PipedOutputStream();
        FakeProcess process = new FakeProcess(new PipedInputStream(child, 1 << 16));
        IsolateProcess isolate = isolate(process, IsolateProcessTest::nothing);
        Value.Map large = Value.map().put("name", "x".repeat(PipeFrames.MAX_BYTES)).build();
        assertThat(failure(isolate.call("greet", Value.texts(List.of("name")), large)))
                .startsWith("ARGUMENTS_INVALID: ");
        assertThat(isolate.exited().toCompletableFuture()).isNotDone();
        child.close();
    }

    @Test
    void anAnswerThatDoesNotFitIsRefusedAndDoesNotEndWhoAsked() throws Exception {
        byte[] question = frame(Value.map().put("kind", "ask").put("id", 7).build());
        FakeProcess process = new FakeProcess(new ByteArrayInputStream(question));
        IsolateProcess isolate =
                isolate(
                        process,
                        (operation, arguments, from) ->
                                CompletableFuture.completedFuture(
                                        Value.map().put("json", "x".repeat(PipeFrames.MAX_BYTES))));
        assertThat(get(isolate.exited())).startsWith("it ended by itself");
        Value.Map answer = PipeFrames.read(new ByteArrayInputStream(process.told.toByteArray()));
        assertThat(IsolateProcess.text(answer, "code")).isEqualTo("TOO_LONG");
        assertThat(IsolateProcess.number(answer, "id")).isEqualTo(7);
    }

    @Test
    void questionsThatWaitAreLimited() throws Exception {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        for (int i = 1; i <= 66; i++) {
            said.writeBytes(frame(Value.map().put("kind", "ask").put("id", i).build()));
        }
        FakeProcess process = new FakeProcess(new ByteArrayInputStream(said.toByteArray()));
        CompletableFuture<Value.MapBuilder> never = new CompletableFuture<>();
        get(isolate(process, (operation, arguments, from) -> never).exited());
        InputStream told = new ByteArrayInputStream(process.told.toByteArray());
        for (int i = 65; i <= 66; i++) {
            Value.Map answer = PipeFrames.read(told);
            assertThat(IsolateProcess.number(answer, "id")).isEqualTo(i);
            assertThat(IsolateProcess.text(answer, "code")).isEqualTo("BUSY");
        }
        assertThat(told.available()).isZero();
    }

    @Test
    void aLineOfErrorsWithoutAnEndIsCutAndTheRestForgotten() throws Exception {
        PipedOutputStream errors = new PipedOutputStream();
        FakeProcess process =
                new FakeProcess(new PipedInputStream(new PipedOutputStream(), 1 << 16));
        process.errors = new PipedInputStream(errors, 1 << 20);
        isolate(process, IsolateProcessTest::nothing);
        errors.write("x".repeat(500_000).getBytes(StandardCharsets.US_ASCII));
        errors.flush();
        eventually(() -> !log.isEmpty());
        errors.write("\nnext\nlast".getBytes(StandardCharsets.US_ASCII));
        errors.close();
        eventually(() -> log.size() >= 3);
        assertThat(log).containsExactly("x".repeat(1000), "next", "last");
    }

    @Test
    void aLongLineOfTheLogIsCut() throws Exception {
        byte[] said =
                frame(Value.map().put("kind", "log").put("text", "y".repeat(900_000)).build());
        get(
                isolate(
                                new FakeProcess(new ByteArrayInputStream(said)),
                                IsolateProcessTest::nothing)
                        .exited());
        assertThat(log).containsExactly("y".repeat(4000));
    }

    private static Value.Map ask(String operation, String topic) {
        return Value.map()
                .put("kind", "ask")
                .put("id", 1)
                .put("op", operation)
                .put("args", Value.map().put("topic", topic).build())
                .build();
    }

    private String answerCode(Value.Map question, IsolateProcess.Asked asked) throws Exception {
        FakeProcess process = new FakeProcess(new ByteArrayInputStream(frame(question)));
        assertThat(get(isolate(process, asked).exited())).startsWith("it ended by itself");
        return IsolateProcess.text(
                PipeFrames.read(new ByteArrayInputStream(process.told.toByteArray())), "code");
    }

    @Test
    void aQuestionThatGoesWrongHereIsAnsweredAndEndsNobody() throws Exception {
        assertThat(
                        answerCode(
                                ask("publish", "x"),
                                (operation, arguments, from) -> {
                                    throw new IllegalStateException("ours");
                                }))
                .isEqualTo("FAILED");
        Rooms rooms = new Rooms();
        Broker broker =
                new Broker(
                        Set.of("gossip.publish:chat/*", "gossip.subscribe:chat/*"),
                        rooms,
                        "p/",
                        rooms,
                        new FakeStores(),
                        new FakeGroups(),
                        FakeStores.INFO.owner(),
                        (plugin, name) -> Optional.empty());
        assertThat(answerCode(ask("publish", "chat/*"), broker)).isEqualTo("BAD_TOPIC");
        assertThat(answerCode(ask("subscribe", "chat/*"), broker)).isEmpty();
        broker.close();
        assertThat(answerCode(ask("subscribe", "chat/*"), broker)).isEqualTo("CLOSED");
    }
}
