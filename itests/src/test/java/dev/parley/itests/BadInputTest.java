package dev.parley.itests;

import static dev.parley.itests.Containers.announced;
import static dev.parley.itests.Containers.await;
import static dev.parley.itests.Containers.greet;
import static dev.parley.itests.Containers.install;
import static dev.parley.itests.Containers.trust;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.parley.catalog.api.Descriptor;
import dev.parley.demo.Node;
import dev.parley.storage.api.Hash;
import dev.parley.wire.api.Cbor;
import dev.parley.wire.api.Frame;
import dev.parley.wire.api.Value;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a hostile publisher gets from a real container: a reason code, and no effect. After each
 * case the container answers, the honest plugin does, and nothing half-installed is left.
 */
@Timeout(120)
class BadInputTest {
    private static final Hash NO_PREVIOUS = Hash.of(new byte[Hash.BYTES]);

    @TempDir private static Path dir;
    private static Containers containers;
    private static EvilPeer evil;
    private static PluginJar jars;
    private static Node bob;

    @BeforeAll
    static void start() throws Exception {
        containers = new Containers(dir);
        jars = new PluginJar(dir, Containers.ISOLATE);
        evil = new EvilPeer(dir.resolve("evil-data"));
        Node alice = containers.up("alice");
        Node.ok(Containers.publish(alice, Containers.sample("hello")));
        bob = containers.up("bob", evil.address(), Containers.listen(alice));
        announced(bob, "\"hello\"");
        trust(bob, Containers.agent(alice), "trusted");
        trust(bob, evil.agent(), "trusted");
        Node.ok(install(bob, "hello"));
    }

    @AfterAll
    static void stop() throws Exception {
        containers.close();
        evil.close();
    }

    @AfterEach
    void theContainerAndTheOtherPluginGoOn() throws Exception {
        assertThat(bob.alive()).isTrue();
        assertThat(greet(bob).json()).contains("Hello, you");
        assertThat(Node.ok(bob.get("/plugins")).json()).doesNotContain("evil");
    }

    private static Node.Answer refused(String name, String code) throws Exception {
        announced(bob, "\"evil." + name + "\"");
        Node.Answer answer = install(bob, name);
        assertThat(answer.status()).as(answer.json()).isGreaterThanOrEqualTo(400);
        assertThat(answer.text("error", "code")).as(answer.json()).isEqualTo(code);
        return answer;
    }

    private static byte[] good(String name) throws Exception {
        return jars.jar(name, 1, Map.of());
    }

    @Test
    void aFlippedByteOnTheWay() throws Exception {
        byte[] jar = good("flipped");
        byte[] flipped = jar.clone();
        flipped[jar.length / 2] ^= 1;
        offer("flipped", jar, flipped);
        assertThat(refused("flipped", "FETCH_BAD_CHUNK").json()).contains("chunk 0");
    }

    private static void offer(String name, byte[] signed, byte[] served) throws Exception {
        Descriptor descriptor = evil.describe(name, signed, 1, NO_PREVIOUS);
        evil.offer(
                name,
                1,
                evil.sign(descriptor.encode()),
                descriptor.sha256(),
                evil.honest(signed, served));
    }

    @Test
    void anAppendedEntryOnTheWay() throws Exception {
        byte[] jar = good("appended");
        offer("appended", jar, Arrays.copyOf(jar, jar.length + 100));
        refused("appended", "FETCH_BAD_CHUNK");
    }

    @Test
    void anAppendedEntryThatIsSigned() throws Exception {
        byte[] jar = good("longer");
        evil.offer("longer", Arrays.copyOf(jar, jar.length + 100), 1, NO_PREVIOUS);
        assertThat(refused("longer", "BAD_ARCHIVE").json()).contains("appended");
    }

    @Test
    void eitherSignatureWrongOrMissing() throws Exception {
        byte[] jar = good("unsigned");
        byte[] record = evil.sign(evil.describe("unsigned", jar, 1, NO_PREVIOUS).encode());
        int mlDsa = record.length - 3309;
        int ed25519 = mlDsa - 64;
        int[][] spans = {{ed25519, mlDsa}, {mlDsa, record.length}};
        int sequence = 1;
        for (int[] span : spans) {
            byte[] wrong = record.clone();
            wrong[span[0] + 7] ^= 1;
            byte[] missing = record.clone();
            Arrays.fill(missing, span[0], span[1], (byte) 0);
            for (byte[] bad : List.of(wrong, missing)) {
                Hash hash =
                        evil.offer(
                                "unsigned",
                                sequence++,
                                bad,
                                Hash.sha256(jar),
                                evil.honest(jar, jar));
                announced(bob, hash.hex());
                assertThat(install(bob, hash.hex()).text("error", "code"))
                        .isEqualTo("BAD_SIGNATURE");
            }
        }
    }

    private static byte[] pairs(Value.Map map, boolean twice, boolean unsorted) throws Exception {
        List<byte[]> pairs = new java.util.ArrayList<>();
        for (int key = 0; key < 40; key++) {
            var value = map.get(key);
            if (value.isPresent()) {
                byte[] one = Cbor.encode(Value.map().put(key, value.get()).build());
                pairs.add(Arrays.copyOfRange(one, 1, one.length));
            }
        }
        if (twice) {
            pairs.add(pairs.get(pairs.size() - 1));
        }
        if (unsorted) {
            java.util.Collections.swap(pairs, 0, 1);
        }
        assertThat(pairs.size()).isLessThan(24);
        java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
        out.write(0xa0 + pairs.size());
        for (byte[] pair : pairs) {
            out.write(pair);
        }
        return out.toByteArray();
    }

    @Test
    void cborThatIsNotCanonicalOrHasAKeyTwice() throws Exception {
        byte[] jar = good("cbor");
        byte[] body = evil.describe("cbor", jar, 1, NO_PREVIOUS).encode();
        Value.Map map = (Value.Map) Cbor.decode(body, Descriptor.MAX_BYTES);
        assertThat(pairs(map, false, false)).isEqualTo(body);
        long sequence = 1;
        for (byte[] bad : List.of(pairs(map, true, false), pairs(map, false, true))) {
            Hash hash =
                    evil.offer(
                            "cbor",
                            sequence++,
                            evil.sign(bad),
                            Hash.sha256(jar),
                            evil.honest(jar, jar));
            announced(bob, hash.hex());
            assertThat(install(bob, hash.hex()).text("error", "code")).isEqualTo("MALFORMED");
        }
        Value.Map announcement =
                evil.announcement(Hash.sha256(jar), "cbor-announced", "1.0.0", 1).build();
        evil.announce("cbor-announced", pairs(announcement, true, false));
        notTaken("MALFORMED", "twice");
    }

    /** Others of this class are refused too, so the reason is waited for and not only the code. */
    private static void notTaken(String code, String reason) throws Exception {
        await(
                Duration.ofSeconds(10),
                () -> {
                    String refused = Node.ok(bob.get("/announcements/refused")).json();
                    return refused.contains(code) && refused.contains(reason);
                });
    }

    @Test
    void anAnnouncementOverOneKibibyte() throws Exception {
        evil.announce(
                "long",
                Cbor.encode(
                        evil.announcement(NO_PREVIOUS, "long", "1.0.0", 1)
                                .put(6, Value.of("x".repeat(1100)))
                                .build()));
        notTaken("TOO_LARGE", "1024");
        assertThat(Node.ok(bob.get("/announcements?query=")).json()).doesNotContain("evil.long\"");
    }

    @Test
    void aJarOverTheSizeLimit() throws Exception {
        evil.announce(
                "large",
                Cbor.encode(
                        evil.announcement(NO_PREVIOUS, "large", "1.0.0", 1)
                                .put(7, Value.of(Descriptor.MAX_JAR_BYTES + 1))
                                .build()));
        notTaken("MALFORMED", String.valueOf(Descriptor.MAX_JAR_BYTES + 1));
        Descriptor small = evil.describe("large", good("large"), 2, NO_PREVIOUS);
        Descriptor large =
                new Descriptor(
                        small.bsn(),
                        small.version(),
                        small.publisher(),
                        Descriptor.MAX_JAR_BYTES + 1,
                        small.sha256(),
                        small.merkleRoot(),
                        small.entryClass(),
                        small.name(),
                        small.title(),
                        small.description(),
                        small.permissions(),
                        small.tools(),
                        small.sequence(),
                        small.previous(),
                        small.created(),
                        small.api());
        evil.offer("large", 2, evil.sign(large.encode()), small.sha256(), (stream, chunk) -> {});
        assertThat(refused("large", "TOO_LARGE").json())
                .contains(String.valueOf(Descriptor.MAX_JAR_BYTES));
    }

    @Test
    void manifestsThatReachIntoTheContainer() throws Exception {
        Map<String, Map<String, String>> cases =
                Map.of(
                        "fragment",
                        Map.of(
                                "Fragment-Host",
                                "system.bundle;extension:=framework",
                                "ExtensionBundle-Activator",
                                "evil.Evil"),
                        "require",
                        Map.of("Require-Bundle", "dev.parley.host"),
                        "dynamic",
                        Map.of("DynamicImport-Package", "*"),
                        "activator",
                        Map.of("Bundle-Activator", "evil.Evil"),
                        "core",
                        Map.of("Bundle-SymbolicName", "dev.parley.trust"));
        for (Map.Entry<String, Map<String, String>> it : cases.entrySet()) {
            evil.offer(it.getKey(), jars.jar(it.getKey(), 1, it.getValue()), 1, NO_PREVIOUS);
            assertThat(refused(it.getKey(), "BAD_MANIFEST").json())
                    .containsAnyOf(it.getValue().values().toArray(new String[0]));
        }
    }

    @Test
    void aPeerThatStallsInMidTransfer() throws Exception {
        byte[] jar = large("stall");
        Descriptor descriptor = evil.describe("stall", jar, 1, NO_PREVIOUS);
        EvilPeer.Server honest = evil.honest(jar, jar);
        evil.offer(
                "stall",
                1,
                evil.sign(descriptor.encode()),
                descriptor.sha256(),
                (stream, chunk) -> {
                    if (chunk < 2) {
                        honest.serve(stream, chunk);
                    }
                });
        refused("stall", "FETCH_STALLED");
    }

    /** Some chunks long, so that there is a middle. */
    private static byte[] large(String name) throws Exception {
        byte[] jar = good(name);
        return Arrays.copyOf(jar, 400_000);
    }

    @Test
    void aPeerThatSendsJunkInMidTransfer() throws Exception {
        byte[] jar = large("junk");
        Descriptor descriptor = evil.describe("junk", jar, 1, NO_PREVIOUS);
        EvilPeer.Server honest = evil.honest(jar, jar);
        evil.offer(
                "junk",
                1,
                evil.sign(descriptor.encode()),
                descriptor.sha256(),
                (stream, chunk) -> {
                    if (chunk < 2) {
                        honest.serve(stream, chunk);
                    } else {
                        stream.send(new Frame(2, new byte[] {1, 2, 3, (byte) 0xff}));
                    }
                });
        assertThat(refused("junk", "FETCH_BAD_CHUNK").json()).contains("junk");
    }

    @Test
    void aFullDiskWhileFetching() throws Exception {
        Path full = Path.of("/dev/full");
        assumeThat(Files.exists(full)).as("this system has no /dev/full").isTrue();
        byte[] jar = good("full");
        evil.offer("full", jar, 1, NO_PREVIOUS);
        Path partial;
        try (var folders = Files.walk(bob.data())) {
            partial =
                    folders.filter(it -> it.getFileName().toString().equals("partial"))
                            .findFirst()
                            .orElseThrow();
        }
        Path link = partial.resolve(Hash.sha256(jar).hex());
        Files.createSymbolicLink(link, full);
        refused("full", "DISK_FULL");
        Files.deleteIfExists(link);
    }

    @Test
    void aLowerSequenceAlsoAfterUninstallAndRestart() throws Exception {
        Hash first = evil.offer("rollback", jars.jar("rollback", 1, Map.of()), 1, NO_PREVIOUS);
        announced(bob, first.hex());
        Hash second = evil.offer("rollback", jars.jar("rollback", 2, Map.of()), 2, first);
        announced(bob, second.hex());
        Node.ok(install(bob, second.hex()));
        Hash lower = evil.offer("rollback", jars.jar("rollback", 1, Map.of()), 1, NO_PREVIOUS);
        announced(bob, lower.hex());
        assertThat(install(bob, lower.hex()).text("error", "code")).isEqualTo("ROLLBACK");
        assertThat(tool("rollback", "fine")).contains("fine");
        Node.ok(bob.delete("/plugins/rollback"));
        assertThat(install(bob, lower.hex()).text("error", "code")).isEqualTo("ROLLBACK");
        containers.kill(bob);
        bob = containers.up("bob", evil.address());
        announced(bob, lower.hex());
        assertThat(install(bob, lower.hex()).text("error", "code")).isEqualTo("ROLLBACK");
        await(Duration.ofSeconds(15), () -> greet(bob).status() == 200);
    }

    private static String tool(String plugin, String tool) throws Exception {
        return bob.post("/tools/" + plugin + "/" + tool, Value.map()).json();
    }

    @Test
    void aPluginThatMisbehavesInEveryWay() throws Exception {
        evil.offer("wild", good("wild"), 1, NO_PREVIOUS);
        announced(bob, "\"evil.wild\"");
        Node.ok(install(bob, "wild"));
        assertThat(tool("wild", "fine")).contains("fine");
        assertThat(tool("wild", "fail")).contains("PLUGIN_FAILED").contains("on purpose");
        assertThat(tool("wild", "print")).contains("printed");
        assertThat(bob.post("/tools/wild/fine", Value.map().put("extra", "x")).json())
                .contains("ARGUMENTS_INVALID");
        long first = pid("wild");
        assertThat(tool("wild", "exit")).contains("PLUGIN_GONE");
        long second = startedAgain("wild", first);
        ProcessHandle.of(second).orElseThrow().destroyForcibly();
        assertThat(greet(bob).status()).isEqualTo(200);
        long third = startedAgain("wild", second);
        assertThat(tool("wild", "allocate")).containsAnyOf("PLUGIN_GONE", "PLUGIN_FAILED");
        assertThat(greet(bob).status()).isEqualTo(200);
        startedAgain("wild", third);
        for (int end = 0; !plugin("wild").contains("QUARANTINED"); end++) {
            assertThat(end).as("ends before the quarantine").isLessThan(5);
            assertThat(tool("wild", "exit")).contains("PLUGIN_GONE");
            await(Duration.ofSeconds(5), () -> !plugin("wild").contains("RUNNING"));
            await(
                    Duration.ofSeconds(20),
                    () ->
                            plugin("wild").contains("QUARANTINED")
                                    || plugin("wild").contains("RUNNING"));
        }
        assertThat(tool("wild", "fine")).contains("PLUGIN_NOT_RUNNING").contains("QUARANTINED");
        Node.ok(bob.post("/plugins/wild/start", Value.map()));
        assertThat(tool("wild", "fine")).contains("fine");
        Node.ok(bob.delete("/plugins/wild"));
    }

    @Test
    void aPluginThatNeverAnswersIsEndedAndTheOtherGoesOn() throws Exception {
        evil.offer("slow", good("slow"), 1, NO_PREVIOUS);
        announced(bob, "\"evil.slow\"");
        Node.ok(install(bob, "slow"));
        for (String tool : List.of("never", "loop")) {
            var call =
                    java.util.concurrent.CompletableFuture.supplyAsync(
                            () -> {
                                try {
                                    return tool("slow", tool);
                                } catch (Exception e) {
                                    throw new IllegalStateException(e);
                                }
                            });
            assertThat(greet(bob).status()).isEqualTo(200);
            assertThat(call.get(60, TimeUnit.SECONDS)).containsAnyOf("TIMEOUT", "PLUGIN_GONE");
        }
        Node.ok(bob.delete("/plugins/slow"));
    }

    private static String plugin(String name) throws Exception {
        return Node.ok(bob.get("/plugins/" + name)).json();
    }

    /**
     * @return its new process
     */
    private static long startedAgain(String name, long before) throws Exception {
        await(
                Duration.ofSeconds(20),
                () -> pid(name) != before && plugin(name).contains("RUNNING"));
        return pid(name);
    }

    private static long pid(String name) throws Exception {
        return Long.parseLong(plugin(name).replaceAll("(?s).*\"pid\":(\\d+).*", "$1"));
    }
}
