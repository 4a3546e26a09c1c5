package dev.parley.isolate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.plugin.GroupMessage;
import dev.parley.plugin.GroupMessages;
import dev.parley.plugin.PluginException;
import dev.parley.plugin.SharedStore;
import dev.parley.plugin.SharedTask;
import dev.parley.plugin.SharedTasks;
import dev.parley.wire.api.Json;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.PipeFrames;
import dev.parley.wire.api.Value;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** The child's end of {@code docs/protocols/0009-isolate-ipc.md}. */
class ChildFramesTest {
    private static final Path VECTORS =
            Path.of("../../docs/protocols/vectors/0009-isolate-ipc.json");

    /** The pipe to a host that answers each question at once, in the order of its answers. */
    private static final class AnsweringHost extends ByteArrayOutputStream {
        private final List<Value.Map> answers = new ArrayList<>();
        private final Channel channel = new Channel(this);

        AnsweringHost(String... names) {
            for (String name : names) {
                try {
                    answers.add(PipeFrames.read(new ByteArrayInputStream(vector(name))));
                } catch (IOException | MalformedException e) {
                    throw new AssertionError(e);
                }
            }
        }

        @Override
        public void flush() {
            if (!answers.isEmpty()) {
                Value.Map answer = answers.remove(0);
                channel.answered(HostContext.number(answer, "id"), answer);
            }
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
        return HexFormat.of().parseHex(HostContext.text(vector, "bytes"));
    }

    private static byte[] vector(String... names) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (String name : names) {
            all.writeBytes(
                    vectors("good").stream()
                            .filter(it -> HostContext.text(it, "name").equals(name))
                            .findFirst()
                            .map(ChildFramesTest::bytes)
                            .orElseThrow());
        }
        return all.toByteArray();
    }

    @Test
    void aPluginsQuestionsAreTheSpecsBytesAndTheSpecsAnswersAreUnderstood() throws Exception {
        AnsweringHost host =
                new AnsweringHost(
                        "answer to store.get",
                        "answer to store.put",
                        "answer to store.delete",
                        "answer to store.keys",
                        "answer to publish",
                        "answer to subscribe",
                        "answer to call",
                        "answer that refuses");
        HostContext context = new HostContext(host.channel, Runnable::run);
        byte[] value = {0, (byte) 255};
        List<String> heard = new ArrayList<>();
        assertThat(context.get("a")).hasValueSatisfying(it -> assertThat(it).isEqualTo(value));
        context.put("a", value);
        context.delete("a");
        assertThat(context.keys("")).containsExactly("b");
        context.publish("chat/lobby", "hi".getBytes(StandardCharsets.UTF_8));
        context.subscribe(
                "chat/*",
                (topic, author, payload) ->
                        heard.add(topic + " " + author.length() + " " + payload.length));
        assertThat(context.call("guestbook", "entries", "{}")).isEqualTo("{\"result\":1}");
        assertThatThrownBy(() -> context.call("guestbook", "sign", "{}"))
                .isInstanceOfSatisfying(
                        PluginException.class, e -> assertThat(e.code()).isEqualTo("BUSY"))
                .hasMessage("try again");
        context.event(PipeFrames.read(new ByteArrayInputStream(vector("event"))));
        assertThat(heard).containsExactly("chat/lobby 64 2");
        context.log("started");
        assertThat(host.toByteArray())
                .isEqualTo(
                        vector(
                                "ask store.get",
                                "ask store.put",
                                "ask store.delete",
                                "ask store.keys",
                                "ask publish",
                                "ask subscribe",
                                "ask call",
                                "ask that is refused",
                                "log"));
    }

    @Test
    void whatAPluginAsksOfASharedStoreIsTheSpecsBytes() throws Exception {
        AnsweringHost host =
                new AnsweringHost(
                        "answer to shared.listen",
                        "answer to shared.put",
                        "answer to shared.get",
                        "answer to shared.increment");
        HostContext context = new HostContext(host.channel, Runnable::run);
        List<String> heard = new ArrayList<>();
        SharedStore store = context.shared("board/main");
        store.listen((author, paths) -> heard.add(author.length() + " " + paths));
        assertThat(store.put("/title", "\"hi\"")).hasSize(64);
        assertThat(store.get("/title")).contains("\"hi\"");
        assertThatThrownBy(() -> context.shared("other").increment("/n", 2))
                .isInstanceOfSatisfying(
                        PluginException.class,
                        e -> assertThat(e.code()).isEqualTo("PERMISSION_DENIED"));
        context.changed(PipeFrames.read(new ByteArrayInputStream(vector("changed"))));
        assertThat(heard).containsExactly("64 [/title, /a~1b]");
        assertThat(host.toByteArray())
                .isEqualTo(
                        vector(
                                "ask shared.listen",
                                "ask shared.put",
                                "ask shared.get",
                                "ask shared.increment"));
    }

    @Test
    void whatAPluginAsksOfTasksIsTheSpecsBytesAndTheSpecsAnswersAreUnderstood() throws Exception {
        AnsweringHost host =
                new AnsweringHost(
                        "answer to shared.tasks.add",
                        "answer to shared.tasks.claim",
                        "answer to shared.tasks",
                        "answer to shared.tasks.release",
                        "answer to shared.tasks.finish");
        SharedTasks tasks =
                new HostContext(host.channel, Runnable::run).shared("board/main").tasks("/tasks");
        String id = tasks.add("dig");
        assertThat(id).hasSize(66);
        assertThat(tasks.claim(id, Duration.ofHours(1))).hasSize(64);
        assertThat(tasks.list())
                .singleElement()
                .satisfies(
                        it -> {
                            assertThat(it.id()).isEqualTo(id);
                            assertThat(it.title()).isEqualTo("dig");
                            assertThat(it.status()).isEqualTo(SharedTask.Status.CLAIMED);
                            assertThat(it.holder()).contains("ab".repeat(32));
                            assertThat(it.ours()).isTrue();
                            assertThat(it.fence().orElseThrow()).hasSize(64);
                            assertThat(it.result()).isEmpty();
                        });
        assertThat(tasks.release(id)).hasSize(64);
        assertThatThrownBy(() -> tasks.finish(id, "\"deep\""))
                .isInstanceOfSatisfying(
                        PluginException.class, e -> assertThat(e.code()).isEqualTo("WRONG_STATE"));
        assertThat(host.toByteArray())
                .isEqualTo(
                        vector(
                                "ask shared.tasks.add",
                                "ask shared.tasks.claim",
                                "ask shared.tasks",
                                "ask shared.tasks.release",
                                "ask shared.tasks.finish"));
    }

    @Test
    void whatAPluginAsksOfAGroupIsTheSpecsBytesAndTheSpecsAnswersAreUnderstood() throws Exception {
        AnsweringHost host =
                new AnsweringHost(
                        "answer to group.listen",
                        "answer to group.send",
                        "answer to group.since",
                        "answer about a group that is not granted");
        HostContext context = new HostContext(host.channel, Runnable::run);
        List<GroupMessage> heard = new ArrayList<>();
        GroupMessages group = context.group("work/team");
        group.listen(heard::add);
        GroupMessage sent = group.send("text/plain", "hi".getBytes(StandardCharsets.UTF_8));
        assertThat(sent.id()).isEqualTo("11".repeat(32));
        List<GroupMessage> kept = group.since(0, 10);
        assertThat(kept).extracting(GroupMessage::sequence).containsExactly(7L, 8L);
        assertThat(kept).extracting(GroupMessage::order).isSorted().doesNotContain("");
        assertThat(kept).extracting(GroupMessage::ours).containsExactly(true, false);
        assertThat(kept).extracting(GroupMessage::payload).contains(new byte[] {0, (byte) 255});
        assertThatThrownBy(() -> context.group("private").send("text/plain", new byte[1]))
                .isInstanceOfSatisfying(
                        PluginException.class,
                        e -> assertThat(e.code()).isEqualTo("PERMISSION_DENIED"));
        context.message(PipeFrames.read(new ByteArrayInputStream(vector("message"))));
        assertThat(heard)
                .singleElement()
                .satisfies(
                        it -> {
                            assertThat(it.id()).isEqualTo(sent.id());
                            assertThat(it.type()).isEqualTo("text/plain");
                            assertThat(it.author()).isEqualTo("ab".repeat(32));
                            assertThat(it.ours()).isTrue();
                            assertThat(it.time().toEpochMilli()).isEqualTo(1_700_000_000_000L);
                            assertThat(it.payload()).asString().isEqualTo("hi");
                        });
        assertThat(host.toByteArray())
                .isEqualTo(
                        vector(
                                "ask group.listen",
                                "ask group.send",
                                "ask group.since",
                                "ask of a group that is not granted"));
    }

    /** The child takes the process's streams for itself; the test has them back afterwards. */
    private static byte[] converse(byte[] said) throws MalformedException {
        PrintStream out = System.out;
        PrintStream err = System.err;
        InputStream in = System.in;
        ByteArrayOutputStream answered = new ByteArrayOutputStream();
        try {
            Main.run(new ByteArrayInputStream(said), answered, () -> {});
        } finally {
            System.setOut(out);
            System.setErr(err);
            System.setIn(in);
        }
        return answered.toByteArray();
    }

    @Test
    void whatNoFrameHoldsIsToldToWhoSaysItAndTheConversationGoesOn() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Channel channel = new Channel(out);
        assertThatThrownBy(() -> channel.send(Value.map().put("text", "x".repeat((1 << 20) + 1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at most");
        assertThat(out.size()).isZero();
        channel.send(Value.map().put("kind", "pong"));
        assertThat(out.size()).isPositive();
    }

    @Test
    void aPingIsAnsweredAndAnUnknownKindIsNot() throws Exception {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PipeFrames.write(said, Value.map().put("kind", "of a later version").build());
        PipeFrames.write(said, Value.map().build());
        said.writeBytes(vector("ping"));
        assertThat(converse(said.toByteArray())).isEqualTo(vector("pong"));
    }

    @Test
    void whatTheSpecRefusesEndsTheConversation() throws MalformedException {
        for (Value.Map vector : vectors("bad")) {
            if (HostContext.text(vector, "reason").equals("END")) {
                assertThat(converse(bytes(vector))).isEmpty();
                continue;
            }
            assertThatThrownBy(() -> converse(bytes(vector)))
                    .as(HostContext.text(vector, "name"))
                    .isInstanceOfSatisfying(
                            MalformedException.class,
                            e ->
                                    assertThat(e.reason().name())
                                            .isEqualTo(HostContext.text(vector, "reason")))
                    .hasMessage(HostContext.text(vector, "text"));
        }
    }

    @Property(tries = 300)
    void noiseNeverSurprises(@ForAll byte[] noise) {
        try {
            assertThat(converse(noise)).isEmpty();
        } catch (MalformedException e) {
            assertThat(e.reason()).isNotNull();
        }
    }
}
