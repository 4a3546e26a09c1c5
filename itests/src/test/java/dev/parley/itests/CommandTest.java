package dev.parley.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a person types, through the start script, and what they read. */
class CommandTest {
    /** What one command said, each kind by itself. */
    private record Said(int code, String out, String err) {}

    @TempDir private Path home;

    private final List<String> started = new ArrayList<>();

    private ProcessBuilder command(String... words) {
        List<String> command = new ArrayList<>(List.of(Containers.SCRIPT.toString()));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("HOME", home.toString());
        return builder;
    }

    private Said parley(String... words) throws Exception {
        Path out = Files.createTempFile(home, "out", "");
        Path err = Files.createTempFile(home, "err", "");
        Process process =
                command(words).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        process.getOutputStream().close();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(List.of(words) + " ended").isTrue();
        return new Said(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    private Said up(String name, String... words) throws Exception {
        List<String> all = new ArrayList<>(List.of("up", "--name", name, "--detach"));
        all.addAll(List.of(words));
        Said said = parley(all.toArray(new String[0]));
        if (said.code() == 0) {
            started.add(name);
        }
        return said;
    }

    @AfterEach
    void down() throws Exception {
        for (String name : started) {
            parley("down", "--name", name);
        }
    }

    private String listen(String name) throws Exception {
        String status = parley("status", "--name", name, "--json").out();
        return status.replaceAll("(?s).*\"listen\":\"([^\"]+)\".*", "$1");
    }

    @Test
    @Timeout(120)
    void namedContainersLiveBelowHomeAndAPluginGoesFromOneToTheOther() throws Exception {
        assertThat(up("alice").code()).isZero();
        assertThat(up("bob", "--peer", listen("alice")).code()).isZero();
        assertThat(home.resolve(".parley/alice/rest.json")).exists();
        String jar = Containers.sample("hello").toString();
        assertThat(parley("plugins", "publish", jar, "--name", "alice").code()).isZero();
        Containers.await(
                Duration.ofSeconds(15),
                () -> parley("plugins", "search", "--name", "bob").out().contains("hello"));
        Said stranger = parley("plugins", "install", "hello", "--yes", "--name", "bob");
        assertThat(stranger.code()).isEqualTo(1);
        assertThat(stranger.err()).contains("PUBLISHER_UNKNOWN").contains("--trust known");
        Said installed =
                parley("plugins", "install", "hello", "--yes", "--trust", "known", "--name", "bob");
        assertThat(installed.code()).as(installed.err()).isZero();
        assertThat(installed.err())
                .contains("fetching " + Files.size(Path.of(jar)) + " bytes from 1 holder");
        assertThat(parley("call", "hello", "greet", "{\"name\":\"you\"}", "--name", "bob").out())
                .contains("Hello, you!");
        assertThat(parley("down", "--name", "bob").code()).isZero();
        assertThat(up("bob").code()).as("down has waited for the end").isZero();
        assertThat(parley("status").err()).contains("started were alice, bob");
    }

    @Test
    @Timeout(60)
    void aStartThatCannotBeSaysWhyInTwoLinesAndAtOnce() throws Exception {
        assertThat(up("alice").code()).isZero();
        String taken = listen("alice");
        long start = System.nanoTime();
        Said said = up("bob", "--listen", taken);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
        assertThat(said.code()).isEqualTo(1);
        assertThat(said.err().lines())
                .hasSize(2)
                .first()
                .asString()
                .contains("cannot listen on UDP " + taken)
                .contains("--listen");
        Path key = home.resolve(".parley/bob/identity/agent.key");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
        said = up("bob");
        assertThat(said.code()).isEqualTo(1);
        assertThat(said.err().lines()).hasSize(2);
        assertThat(said.err()).contains(key.toString()).contains("rw-r--r--").contains("chmod 600");
    }

    @Test
    @Timeout(60)
    void theShellHasTheSameVerbsFromItsFirstPromptOn() throws Exception {
        Path out = home.resolve("shell");
        Process shell =
                command("up", "--name", "gogo", "--shell")
                        .redirectErrorStream(true)
                        .redirectOutput(out.toFile())
                        .start();
        shell.getOutputStream()
                .write("status\nlog\nplugins list\ndown\n".getBytes(StandardCharsets.UTF_8));
        shell.getOutputStream().flush();
        boolean ended = shell.waitFor(30, TimeUnit.SECONDS);
        shell.destroyForcibly().waitFor();
        String said = Files.readString(out);
        assertThat(ended).as(said).isTrue();
        assertThat(said)
                .contains("\"name\" : \"gogo\"", "usage: log PLUGIN", "\"plugins\" : [ ]")
                .contains("\"stopping\" : true")
                .doesNotContain("CommandNotFoundException");
    }
}
