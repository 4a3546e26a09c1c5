package dev.parley.host.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.host.api.ToolException;
import dev.parley.wire.api.Value;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A plugin that misbehaves in every way it can, in the real sandbox; the host and another plugin go
 * on.
 */
class HostilePluginTest {
    private static final String SOURCE =
            """
            package evil;
            import dev.parley.plugin.*;
            import java.nio.file.*;
            public final class Evil {
                @Tool(description = "") public String fine() { return "fine"; }
                @Tool(description = "") public String fail() { throw new IllegalStateException("on purpose"); }
                @Tool(description = "") public String never() throws Exception { Thread.sleep(1000000); return ""; }
                @Tool(description = "") public String loop() { while (true) { Thread.onSpinWait(); } }
                @Tool(description = "") public String exit() { Runtime.getRuntime().halt(7); return ""; }
                @Tool(description = "") public String print() { System.out.println("to standard output"); return "printed"; }
                @Tool(description = "") public String allocate() {
                    java.util.List<byte[]> all = new java.util.ArrayList<>();
                    while (true) { all.add(new byte[1 << 20]); }
                }
                @Tool(description = "") public String junk() throws Exception {
                    new java.io.FileOutputStream(java.io.FileDescriptor.out).write(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9});
                    return "";
                }
                @Tool(description = "") public String read() throws Exception { return Files.readString(Path.of("/etc/passwd")); }
                @Tool(description = "") public String connect() throws Exception { new java.net.Socket("127.0.0.1", 22); return ""; }
                @Tool(description = "") public String exec() throws Exception { return "" + new ProcessBuilder("/bin/true").start().waitFor(); }
                @Tool(description = "") public String write() throws Exception { Files.writeString(Path.of("/tmp/evil"), "x"); return ""; }
            }
            """;

    @TempDir private Path dir;

    private final List<String> log = Collections.synchronizedList(new ArrayList<>());
    private Sandbox sandbox;
    private Path jar;

    @BeforeEach
    void open() throws Exception {
        Path isolate = Path.of("..", "distribution", "target", "parley", "isolate", "isolate.jar");
        sandbox =
                Sandbox.open(
                        isolate,
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "auto");
        assertThat(sandbox.tier()).as("%s", sandbox.report()).isEqualTo("landlock");
        Path source = Files.writeString(dir.resolve("Evil.java"), SOURCE);
        int failed =
                ToolProvider.getSystemJavaCompiler()
                        .run(
                                null,
                                null,
                                null,
                                "-proc:none",
                                "-cp",
                                isolate.toString(),
                                "-d",
                                dir.toString(),
                                source.toString());
        assertThat(failed).isZero();
        jar = dir.resolve("evil.jar");
        try (OutputStream file = Files.newOutputStream(jar);
                ZipOutputStream out = new ZipOutputStream(file)) {
            out.putNextEntry(new ZipEntry("META-INF/MANIFEST.MF"));
            out.write(
                    ("Manifest-Version: 1.0\nBundle-ManifestVersion: 2\nBundle-SymbolicName: evil\n"
                                    + "Bundle-Version: 1.0.0\nImport-Package: dev.parley.plugin\n")
                            .getBytes(StandardCharsets.UTF_8));
            out.putNextEntry(new ZipEntry("evil/Evil.class"));
            out.write(Files.readAllBytes(dir.resolve("evil/Evil.class")));
        }
    }

    @AfterEach
    void close() {
        sandbox.close();
    }

    private IsolateProcess start() throws Exception {
        Sandbox.Cell cell = sandbox.cell(jar);
        IsolateProcess process =
                new IsolateProcess(
                        sandbox.start(cell),
                        "evil",
                        log::add,
                        (op, arguments, from) -> CompletableFuture.completedFuture(Value.map()));
        process.start(cell.cache(), cell.jar(), "evil.Evil")
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
        return process;
    }

    private static Value call(IsolateProcess process, String tool) throws Exception {
        return process.call(tool, Value.list(List.of()), Value.map().build())
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
    }

    private static String failure(IsolateProcess process, String tool) throws Exception {
        try {
            return "gave " + call(process, tool);
        } catch (ExecutionException e) {
            return ((ToolException) e.getCause()).code() + " " + e.getCause().getMessage();
        }
    }

    @Test
    @Timeout(120)
    void whatItTriesIsDeniedAndItsFailuresAreItsOwn() throws Exception {
        IsolateProcess other = start();
        IsolateProcess evil = start();
        assertThat(failure(evil, "fail")).startsWith("PLUGIN_FAILED").contains("on purpose");
        for (String attack : List.of("read", "connect", "exec", "write")) {
            assertThat(failure(evil, attack)).as(attack).startsWith("PLUGIN_FAILED");
        }
        assertThat(Path.of("/tmp/evil")).doesNotExist();
        assertThat(call(evil, "print").toString()).contains("printed");
        assertThat(log).contains("to standard output");
        assertThat(call(evil, "fine").toString()).contains("fine");
        assertThat(call(other, "fine").toString()).contains("fine");
        evil.stop();
        other.stop();
    }

    @Test
    @Timeout(120)
    void itsEndIsNoticedWhateverBringsItAbout() throws Exception {
        IsolateProcess other = start();
        for (String end : List.of("exit", "allocate", "junk")) {
            IsolateProcess evil = start();
            assertThat(failure(evil, end)).as(end).startsWith("PLUGIN_GONE");
            assertThat(evil.exited().toCompletableFuture().get(10, TimeUnit.SECONDS)).isNotEmpty();
        }
        IsolateProcess killed = start();
        ProcessHandle.of(killed.pid()).orElseThrow().destroyForcibly();
        assertThat(killed.exited().toCompletableFuture().get(10, TimeUnit.SECONDS)).contains("137");
        assertThat(call(other, "fine").toString()).contains("fine");
        other.stop();
    }

    @Test
    @Timeout(120)
    void whatNeverAnswersIsEndedAfterTwoStrikes() throws Exception {
        IsolateProcess other = start();
        IsolateProcess evil = start();
        assertThat(failure(evil, "never")).startsWith("PLUGIN_TIMEOUT");
        assertThat(call(evil, "fine").toString()).contains("fine");
        assertThat(failure(evil, "loop")).startsWith("PLUGIN_TIMEOUT");
        assertThat(failure(evil, "never")).startsWith("PLUGIN_TIMEOUT");
        assertThat(evil.exited().toCompletableFuture().get(10, TimeUnit.SECONDS))
                .contains("did not answer");
        assertThat(call(other, "fine").toString()).contains("fine");
        other.stop();
    }
}
