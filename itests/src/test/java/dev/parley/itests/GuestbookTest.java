package dev.parley.itests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.wire.api.PipeFrames;
import dev.parley.wire.api.Value;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The sample guestbook in a real isolate; this test is its host, and grants what it likes. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GuestbookTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Set<String> ALL = Set.of("store", "publish", "subscribe");

    @TempDir private Path dir;
    private final TreeMap<String, byte[]> store = new TreeMap<>();
    private final Set<String> granted = new HashSet<>();
    private Optional<Process> process = Optional.empty();
    private byte[] published = new byte[0];
    private long calls;

    @AfterEach
    void end() throws InterruptedException {
        if (process.isPresent()) {
            process.get().destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        }
    }

    private void start(Set<String> permissions) throws Exception {
        granted.addAll(permissions);
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        process =
                Optional.of(
                        new ProcessBuilder(
                                        java,
                                        "-cp",
                                        isolate().toString(),
                                        "dev.parley.isolate.Main")
                                .redirectError(ProcessBuilder.Redirect.DISCARD)
                                .start());
        send(
                Value.map()
                        .put("kind", "start")
                        .put("cache", dir.resolve("cache").toString())
                        .put(
                                "jar",
                                ROOT.resolve("sample-plugins/guestbook/target/guestbook.jar")
                                        .toString())
                        .put("entryClass", "org.example.guestbook.SharedGuestbook"));
        assertThat(until("ready", 0).get("tools")).contains(Value.texts(List.of("list", "sign")));
    }

    private static Path isolate() throws IOException {
        try (Stream<Path> files = Files.list(ROOT.resolve("distribution/isolate/target"))) {
            return files.filter(it -> it.getFileName().toString().matches("isolate.*\\.jar"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private void send(Value.MapBuilder frame) throws IOException {
        OutputStream out = process.orElseThrow().getOutputStream();
        PipeFrames.write(out, frame.build());
        out.flush();
    }

    /** Answers what the plugin asks until the frame comes that is waited for. */
    private Value.Map until(String kind, long id) throws Exception {
        InputStream in = input();
        for (Value.Map frame = PipeFrames.read(in); ; frame = PipeFrames.read(in)) {
            String found = text(frame, "kind");
            if (found.equals("ask")) {
                Value.Map arguments = (Value.Map) frame.get("args").orElseThrow();
                send(
                        answer(text(frame, "op"), arguments)
                                .put("kind", "answer")
                                .put("id", frame.get("id").orElseThrow()));
            } else if (found.equals(kind)
                    && (id == 0 || frame.get("id").equals(Optional.of(Value.of(id))))) {
                return frame;
            } else {
                assertThat(found).as("%s", frame).isEqualTo("log");
            }
        }
    }

    private Optional<InputStream> buffered = Optional.empty();

    private InputStream input() {
        if (buffered.isEmpty()) {
            buffered = Optional.of(new BufferedInputStream(process.orElseThrow().getInputStream()));
        }
        return buffered.get();
    }

    private Value.MapBuilder answer(String operation, Value.Map arguments) {
        if (!granted.contains(operation.replaceAll("\\..*", ""))) {
            return Value.map()
                    .put("code", "PERMISSION_DENIED")
                    .put("message", "the owner has not granted '" + operation + "'");
        }
        String key = text(arguments, "key");
        Value.MapBuilder answer = Value.map();
        switch (operation) {
            case "store.get" -> {
                byte[] value = store.get(key);
                if (value != null) {
                    answer.put("value", Value.of(value));
                }
            }
            case "store.put" -> store.put(key, bytes(arguments, "value"));
            case "store.delete" -> store.remove(key);
            case "store.keys" -> answer.put("keys", Value.texts(List.copyOf(store.keySet())));
            case "publish" -> published = bytes(arguments, "payload");
            default -> answer.put("subscription", Value.of(1));
        }
        return answer;
    }

    private static String text(Value.Map map, String key) {
        return map.get(key).orElse(Value.NULL) instanceof Value.Text text ? text.value() : "";
    }

    private static byte[] bytes(Value.Map map, String key) {
        return ((Value.Bytes) map.get(key).orElseThrow()).value();
    }

    private Value.Map call(String tool, List<String> names, Value.MapBuilder arguments)
            throws Exception {
        long id = ++calls;
        send(
                Value.map()
                        .put("kind", "call")
                        .put("id", id)
                        .put("tool", tool)
                        .put("parameters", Value.texts(names))
                        .put("args", arguments.build()));
        return until("result", id);
    }

    private Value.Map sign(String name, String message) throws Exception {
        return call(
                "sign",
                List.of("name", "message"),
                Value.map().put("name", name).put("message", message));
    }

    private Value.Map list() throws Exception {
        return (Value.Map) call("list", List.of(), Value.map()).get("value").orElseThrow();
    }

    private void hear(String entry) throws IOException {
        send(
                Value.map()
                        .put("kind", "event")
                        .put("subscription", Value.of(1))
                        .put("topic", "guestbook/entries")
                        .put("author", "11".repeat(32))
                        .put("payload", Value.of(entry.getBytes(StandardCharsets.UTF_8))));
    }

    private static String entry(UUID id, Instant time, String name) {
        return id + "\n" + time + "\n" + name + "\nhello from afar";
    }

    @Test
    void anEntryIsKeptSentAndListed() throws Exception {
        start(ALL);
        Value.Map signed = (Value.Map) sign("ann", "nice place").get("value").orElseThrow();
        assertThat(signed.get("sent")).contains(Value.of(true));
        assertThat(text(signed, "note")).isEmpty();
        assertThat(new String(published, StandardCharsets.UTF_8)).endsWith("\nann\nnice place");
        assertThat(list().toString()).contains("ann", "nice place");
    }

    @Test
    void anEntryOfAnotherGuestbookAppearsOnceAndJunkDoesNot() throws Exception {
        start(ALL);
        UUID id = UUID.randomUUID();
        Instant time = Instant.now();
        hear(entry(id, time, "bob"));
        hear(entry(id, time, "bob"));
        hear(entry(id, time, "mallory"));
        hear(entry(UUID.randomUUID(), time.plusSeconds(3600), "future"));
        hear("x".repeat(5000));
        hear("a\nb\nc\nd");
        hear(entry(UUID.randomUUID(), time, "last"));
        Value.Map book = list();
        while (!book.toString().contains("last")) {
            book = list();
        }
        assertThat(book.toString()).contains("bob").doesNotContain("mallory", "future");
        assertThat(store).hasSize(2);
    }

    @Test
    void withoutTheTopicItWorksAloneAndSaysSo() throws Exception {
        start(Set.of("store"));
        Value.Map signed = (Value.Map) sign("ann", "alone").get("value").orElseThrow();
        assertThat(signed.get("sent")).contains(Value.of(false));
        assertThat(text(signed, "note")).contains("not granted", "publish");
        assertThat(text(list(), "note")).contains("not granted", "subscribe");
    }

    @Test
    void withoutStorageACallFailsWithThePermissionThatIsMissing() throws Exception {
        start(Set.of());
        Value.Map result = sign("ann", "nowhere");
        assertThat(text(result, "code")).isEqualTo("PERMISSION_DENIED");
        assertThat(text(result, "message")).contains("store");
    }

    @Test
    void theOldestEntriesMakeRoom() throws Exception {
        start(ALL);
        for (int i = 0; i < 120; i++) {
            sign("n" + i, "m");
        }
        assertThat(store).hasSize(100);
        assertThat(list().toString()).contains("n119").doesNotContain("n19\"");
    }
}
