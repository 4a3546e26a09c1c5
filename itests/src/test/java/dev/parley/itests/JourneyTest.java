package dev.parley.itests;

import static dev.parley.itests.Containers.agent;
import static dev.parley.itests.Containers.announced;
import static dev.parley.itests.Containers.await;
import static dev.parley.itests.Containers.greet;
import static dev.parley.itests.Containers.install;
import static dev.parley.itests.Containers.listen;
import static dev.parley.itests.Containers.trust;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.demo.Node;
import dev.parley.wire.api.Value;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Journeys through real containers: the built distribution, processes of their own, QUIC on
 * loopback.
 */
class JourneyTest {
    @TempDir private Path dir;

    private Containers containers;

    @BeforeEach
    void open() {
        containers = new Containers(dir);
    }

    @AfterEach
    void stop() {
        containers.close();
    }

    private Node alice() throws Exception {
        Node alice = containers.up("alice");
        Node.ok(Containers.publish(alice, Containers.sample("hello")));
        return alice;
    }

    /** A container that has installed alice's plugin. */
    private Node installed(String name, Node alice) throws Exception {
        Node node = containers.up(name, listen(alice));
        announced(node, "\"hello\"");
        trust(node, agent(alice), "trusted");
        Node.ok(install(node, "hello"));
        assertThat(greet(node).json()).contains("Hello, you");
        return node;
    }

    /** Where a container keeps what its children see, from the command of one of them. */
    private static Path isolateFolder(long pid) throws IOException {
        String command = Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"));
        for (String word : command.split("\0")) {
            int end = word.indexOf("/cell-");
            if (end > 0 && word.contains("/parley-isolates-")) {
                return Path.of(word.substring(0, end));
            }
        }
        throw new IOException("no folder in " + command);
    }

    @Test
    @Timeout(180)
    void theDemoHoldsAndLeavesNothingBehind() throws Exception {
        Path temp = Files.createDirectory(dir.resolve("tmp"));
        Process demo =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Dparley.home=" + Containers.HOME,
                                "-Dparley.script=" + Containers.SCRIPT,
                                "-Djava.io.tmpdir=" + temp,
                                "-cp",
                                Containers.HOME.resolve("lib").resolve("demo.jar").toString(),
                                "dev.parley.demo.Demo")
                        .redirectErrorStream(true)
                        .start();
        String said = new String(demo.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(demo.waitFor()).as(said).isZero();
        assertThat(said).contains("every step held").contains("FETCH_BAD_CHUNK");
        try (var left = Files.list(temp)) {
            assertThat(left).isEmpty();
        }
        assertThat(
                        ProcessHandle.allProcesses()
                                .filter(
                                        it ->
                                                it.info()
                                                        .commandLine()
                                                        .orElse("")
                                                        .contains(temp.toString())))
                .isEmpty();
    }

    @Test
    @Timeout(120)
    void itIsInstalledFromASecondHolderWhileThePublisherIsDown() throws Exception {
        Node alice = alice();
        Node bob = installed("bob", alice);
        String publisher = agent(alice);
        containers.down(alice);
        Node carol = containers.up("carol", listen(bob));
        announced(carol, "\"hello\"");
        trust(carol, publisher, "known");
        Node.ok(install(carol, "hello"));
        assertThat(greet(carol).json()).contains("Hello, you");
    }

    @Test
    @Timeout(120)
    void whatWasUninstalledIsServedNoMore() throws Exception {
        Node alice = alice();
        Node bob = installed("bob", alice);
        String publisher = agent(alice);
        containers.down(alice);
        Node.ok(bob.delete("/plugins/hello"));
        assertThat(greet(bob).status()).isEqualTo(404);
        Node carol = containers.up("carol", listen(bob));
        announced(carol, "\"hello\"");
        trust(carol, publisher, "known");
        assertThat(install(carol, "hello").text("error", "code")).isEqualTo("FETCH_NO_HOLDER");
    }

    @Test
    @Timeout(120)
    void aBlockedPublishersPluginStopsWithinASecondAndStaysStopped() throws Exception {
        Node alice = alice();
        Node bob = installed("bob", alice);
        trust(bob, agent(alice), "blocked");
        await(Duration.ofSeconds(1), () -> greet(bob).status() == 503);
        // A call that finds it as it ends hears PLUGIN_GONE, which is right at that moment only.
        await(
                Duration.ofSeconds(5),
                () -> greet(bob).text("error", "code").equals("PLUGIN_NOT_RUNNING"));
        assertThat(install(bob, "hello").text("error", "code")).isEqualTo("PUBLISHER_BLOCKED");
        await(Duration.ofSeconds(5), () -> Node.ok(bob.get("/peers")).json().contains("[]"));
        String peer = listen(alice);
        containers.down(bob);
        Node again = containers.up("bob", peer);
        assertThat(Node.ok(again.get("/plugins")).json())
                .contains("hello")
                .doesNotContain("RUNNING");
        assertThat(greet(again).status()).isEqualTo(503);
    }

    @Test
    @Timeout(120)
    void wrongArgumentsAreRefusedByNameAndADeniedPermissionIsVisible() throws Exception {
        Node alice = alice();
        Node.ok(Containers.publish(alice, Containers.sample("guestbook")));
        Node bob = installed("bob", alice);
        announced(bob, "\"guestbook\"");
        Node.Answer wrong = bob.post("/tools/hello/greet", Value.map().put("nmae", "you"));
        assertThat(wrong.text("error", "code")).isEqualTo("ARGUMENTS_INVALID");
        assertThat(wrong.json()).contains("nmae").contains("name");
        Node.Answer noConsent = install(bob, "guestbook", Value.list(List.of()));
        assertThat(noConsent.text("error", "code")).isEqualTo("CONSENT_REQUIRED");
        Node.Answer offer =
                Node.ok(bob.post("/plugins/inspect", Value.map().put("ref", "guestbook")));
        assertThat(offer.json()).contains("storage:").contains("gossip.publish:");
    }

    @Test
    @Timeout(120)
    void aChangedBundleIsNotPublished() throws Exception {
        Node alice = containers.up("alice");
        byte[] jar = Files.readAllBytes(Containers.sample("hello"));
        Path appended = dir.resolve("appended.jar");
        Files.write(appended, java.util.Arrays.copyOf(jar, jar.length + 10));
        assertThat(Containers.publish(alice, appended).text("error", "code"))
                .isEqualTo("BAD_ARCHIVE");
    }

    /** The hello sample with another manifest, made without the build's help. */
    private Path withManifest(String json) throws IOException {
        Path jar = dir.resolve("changed.jar");
        try (ZipInputStream in =
                        new ZipInputStream(Files.newInputStream(Containers.sample("hello")));
                ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                out.putNextEntry(new ZipEntry(entry.getName()));
                byte[] content = in.readAllBytes();
                out.write(
                        entry.getName().equals("PARLEY-INF/plugin.json")
                                ? json.getBytes(StandardCharsets.UTF_8)
                                : content);
            }
        }
        return jar;
    }

    private static String manifest(String title, String permissions, String tools) {
        return "{\"name\":\"hello\",\"title\":\""
                + title
                + "\",\"description\":\"\",\"entryClass\":\"p.P\",\"api\":\"1.0.0\",\"permissions\":["
                + permissions
                + "],\"tools\":["
                + tools
                + "]}";
    }

    @Test
    @Timeout(120)
    void aManifestThatNoDescriptorCanHoldIsNotPublished() throws Exception {
        Node alice = containers.up("alice");
        String permission = "{\"permission\":\"storage:1\",\"reason\":\"r\"}";
        for (String bad :
                List.of(
                        manifest("x".repeat(101), "", "{}"),
                        manifest("x", "", String.join(",", Collections.nCopies(65, "{}"))),
                        manifest("x", String.join(",", Collections.nCopies(33, permission)), "{}"),
                        manifest("x", "", "{\"description\":\"" + "x".repeat(60_000) + "\"}"),
                        manifest("x", "\"storage:1\"", "{}"),
                        manifest("x", "", "7"))) {
            Node.Answer answer = Containers.publish(alice, withManifest(bad));
            assertThat(answer.text("error", "code")).as(answer.json()).isEqualTo("BAD_MANIFEST");
            assertThat(answer.text("error", "message")).contains("plugin.json");
        }
        assertThat(
                        Containers.publish(
                                        alice,
                                        withManifest(
                                                manifest(
                                                        "x", permission.replace(":1", ":0"), "{}")))
                                .text("error", "code"))
                .isEqualTo("API_UNSUPPORTED");
        assertThat(Node.ok(alice.get("/announcements?query=")).json())
                .doesNotContain("\"name\":\"hello\"");
    }

    @Test
    @Timeout(120)
    void aPluginWithOtherToolsThanItsDescriptorSaysIsNotKept() throws Exception {
        Node alice = containers.up("alice");
        String json;
        try (ZipFile hello = new ZipFile(Containers.sample("hello").toFile())) {
            json =
                    new String(
                            hello.getInputStream(hello.getEntry("PARLEY-INF/plugin.json"))
                                    .readAllBytes(),
                            StandardCharsets.UTF_8);
        }
        Node.ok(Containers.publish(alice, withManifest(json.replace("\"greet\"", "\"other\""))));
        Node bob = containers.up("bob", listen(alice));
        announced(bob, "\"hello\"");
        trust(bob, agent(alice), "known");
        Node.Answer answer = install(bob, "hello");
        assertThat(answer.text("error", "code")).as(answer.json()).isEqualTo("UNHEALTHY");
        assertThat(answer.text("error", "message")).contains("greet", "other");
        assertThat(Node.ok(bob.get("/plugins")).json()).doesNotContain("hello");
    }

    @Test
    @Timeout(120)
    void aKilledContainerComesBackWithItsPluginsAndItsTrust() throws Exception {
        Node alice = alice();
        Node bob = installed("bob", alice);
        String plugins = Node.ok(bob.get("/plugins")).json();
        long isolate = Long.parseLong(plugins.replaceAll("(?s).*\"pid\":(\\d+).*", "$1"));
        List<ProcessHandle> isolates =
                ProcessHandle.of(isolate).stream()
                        .flatMap(it -> Stream.concat(Stream.of(it), it.descendants()))
                        .toList();
        assertThat(isolates).isNotEmpty();
        Path folder = isolateFolder(isolate);
        assertThat(folder).isDirectory();
        containers.kill(bob);
        await(Duration.ofSeconds(5), () -> isolates.stream().noneMatch(ProcessHandle::isAlive));
        Node again = containers.up("bob", listen(alice));
        await(Duration.ofSeconds(15), () -> greet(again).status() == 200);
        assertThat(folder).doesNotExist();
        assertThat(Node.ok(again.get("/contacts")).json())
                .contains(agent(alice))
                .contains("trusted");
    }
}
