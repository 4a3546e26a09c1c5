package dev.parley.host.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.parley.host.api.ToolException;
import dev.parley.wire.api.Value;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
                @Tool(description = "") public String write() throws Exception { Files.writeString(Path.of("OUTSIDE"), "x"); return ""; }
                private static final java.util.List<Object> KEPT = new java.util.ArrayList<>();
                private static String until(java.util.concurrent.Callable<Object> more, int most) {
                    int taken = 0;
                    try {
                        while (taken < most) { KEPT.add(more.call()); taken++; }
                    } catch (Throwable e) {
                        return taken + " " + e;
                    }
                    return taken + " TAKEN";
                }
                @Tool(description = "") public String direct() {
                    return until(() -> java.nio.ByteBuffer.allocateDirect(1 << 20), 1000);
                }
                @Tool(description = "") public String off() throws Exception {
                    java.lang.reflect.Field field = Class.forName("sun.misc.Unsafe").getDeclaredField("theUnsafe");
                    field.setAccessible(true);
                    Object unsafe = field.get(null);
                    java.lang.reflect.Method allocate = unsafe.getClass().getMethod("allocateMemory", long.class);
                    java.lang.reflect.Method fill = unsafe.getClass().getMethod("setMemory", long.class, long.class, byte.class);
                    return until(() -> {
                        long at;
                        try {
                            at = (Long) allocate.invoke(unsafe, 1L << 20);
                        } catch (java.lang.reflect.InvocationTargetException e) {
                            throw (Error) e.getCause();
                        }
                        fill.invoke(unsafe, at, 1L << 20, (byte) 1);
                        return at;
                    }, 2000);
                }
                @Tool(description = "") public String mapped() throws Exception {
                    Path folder = Path.of(System.getProperty("java.io.tmpdir"));
                    return until(() -> {
                        try (var file = java.nio.channels.FileChannel.open(
                                Files.createTempFile(folder, "m", ""), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                            var map = file.map(java.nio.channels.FileChannel.MapMode.READ_WRITE, 0, 16 << 20);
                            for (int i = 0; i < 16 << 20; i += 4096) { map.put(i, (byte) 1); }
                            return map;
                        }
                    }, 200);
                }
                @Tool(description = "") public String file() throws Exception {
                    Path file = Files.createTempFile(Path.of(System.getProperty("java.io.tmpdir")), "f", "");
                    try (var out = Files.newOutputStream(file)) {
                        return until(() -> { out.write(new byte[1 << 20]); return ""; }, 200);
                    } finally {
                        Files.delete(file);
                    }
                }
                @Tool(description = "") public String fill() throws Exception {
                    Path folder = Path.of(System.getProperty("java.io.tmpdir"));
                    return until(() -> Files.write(Files.createTempFile(folder, "d", ""), new byte[8 << 20]), 60);
                }
                @Tool(description = "") public String open() {
                    Path folder = Path.of(System.getProperty("java.io.tmpdir"));
                    String said = until(() -> Files.newOutputStream(folder.resolve("o" + KEPT.size())), 5000);
                    KEPT.forEach(it -> { try { ((AutoCloseable) it).close(); } catch (Exception e) { throw new RuntimeException(e); } });
                    KEPT.clear();
                    return said;
                }
                @Tool(description = "") public String threads() {
                    return until(() -> {
                        Thread thread = new Thread(null, () -> {
                            try { Thread.sleep(1000000); } catch (InterruptedException e) { return; }
                        }, "more", 1);
                        thread.setDaemon(true);
                        thread.start();
                        return thread;
                    }, 20000);
                }
            }
            """;

    private static final Path ISOLATE =
            Path.of("..", "distribution", "target", "parley", "isolate", "isolate.jar");

    @TempDir private Path dir;

    private final List<String> log = Collections.synchronizedList(new ArrayList<>());
    private Sandbox sandbox;
    private Path jar;

    private void open(String tier) throws Exception {
        open(tier, Path.of(System.getProperty("java.home")));
    }

    private void open(String tier, Path javaHome) throws Exception {
        Path isolate = Path.of("..", "distribution", "target", "parley", "isolate", "isolate.jar");
        sandbox =
                Sandbox.open(isolate, javaHome.resolve("bin").resolve("java").toString(), tier, "");
        String why = sandbox.report().toString();
        assumeFalse(tier.equals("bubblewrap") && !sandbox.usable(), why);
        assertThat(sandbox.tier()).as(why).isEqualTo(tier);
        Path source =
                Files.writeString(
                        dir.resolve("Evil.java"), SOURCE.replace("OUTSIDE", outside().toString()));
        int failed =
                ToolProvider.getSystemJavaCompiler()
                        .run(
                                null,
                                null,
                                null,
                                "-proc:none",
                                "--release",
                                "17",
                                "-cp",
                                ISOLATE.toString(),
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

    /** In a folder that everybody may write to, were it not for the sandbox. */
    private Path outside() throws IOException {
        Path folder = dir.resolve("outside");
        if (Files.notExists(folder)) {
            Files.createDirectory(folder);
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
            Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        return folder.resolve("evil");
    }

    @AfterEach
    void close() {
        if (sandbox != null) {
            sandbox.close();
        }
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

    @ParameterizedTest
    @ValueSource(strings = {"bubblewrap", "landlock"})
    @Timeout(120)
    void whatItTriesIsDeniedAndItsFailuresAreItsOwn(String tier) throws Exception {
        open(tier);
        IsolateProcess other = start();
        IsolateProcess evil = start();
        assertThat(failure(evil, "fail")).startsWith("PLUGIN_FAILED").contains("on purpose");
        for (String attack : List.of("read", "connect", "exec", "write")) {
            assertThat(failure(evil, attack)).as(attack).startsWith("PLUGIN_FAILED");
        }
        assertThat(outside()).doesNotExist();
        assertThat(call(evil, "print").toString()).contains("printed");
        assertThat(log).contains("to standard output");
        assertThat(call(evil, "fine").toString()).contains("fine");
        assertThat(call(other, "fine").toString()).contains("fine");
        evil.stop();
        other.stop();
    }

    @ParameterizedTest
    @ValueSource(strings = {"bubblewrap", "landlock"})
    @Timeout(120)
    void itsEndIsNoticedWhateverBringsItAbout(String tier) throws Exception {
        open(tier);
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

    @ParameterizedTest
    @ValueSource(strings = {"bubblewrap", "landlock"})
    @Timeout(120)
    void whatNeverAnswersIsEndedAfterTwoStrikes(String tier) throws Exception {
        open(tier);
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

    /**
     * @return how many times it got what it asked for before it was refused; -1 if it ended
     */
    private static int taken(IsolateProcess evil, String tool) throws Exception {
        String said;
        try {
            said = call(evil, tool).toString();
        } catch (ExecutionException e) {
            return -1;
        }
        assertThat(said).doesNotContain("TAKEN");
        return Integer.parseInt(said.replaceAll("(?s)^\\D*(\\d+).*", "$1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bubblewrap", "landlock"})
    @Timeout(120)
    void whatItTakesBesideTheHeapIsLimitedByTheKernel(String tier) throws Exception {
        open(tier);
        IsolateProcess other = start();
        for (Map.Entry<String, Integer> most :
                Map.of(
                                "direct", 17, "off", 256, "mapped", 48, "file", 32, "open", 512,
                                "threads", 256)
                        .entrySet()) {
            IsolateProcess evil = start();
            assertThat(taken(evil, most.getKey()))
                    .as(most.getKey())
                    .isLessThanOrEqualTo(most.getValue());
            assertThat(call(other, "fine").toString()).contains("fine");
            evil.kill("the test is done with it");
            evil.exited().toCompletableFuture().get(10, TimeUnit.SECONDS);
        }
        other.stop();
    }

    @ParameterizedTest
    @ValueSource(strings = {"bubblewrap", "landlock"})
    @Timeout(120)
    void aFullFolderEndsIt(String tier) throws Exception {
        open(tier);
        IsolateProcess other = start();
        IsolateProcess evil = start();
        failure(evil, "fill");
        evil.watch();
        assertThat(evil.exited().toCompletableFuture().get(10, TimeUnit.SECONDS))
                .contains("MiB of disk");
        assertThat(call(other, "fine").toString()).contains("fine");
        other.stop();
    }

    @ParameterizedTest
    @ValueSource(strings = {"bubblewrap", "landlock"})
    @Timeout(120)
    void itStartsUnderTheLimitsOnEveryJdkBesideOurs(String tier) throws Exception {
        Path home = Path.of(System.getProperty("java.home"));
        List<Path> homes;
        try (Stream<Path> all = Files.list(home.resolveSibling("."))) {
            homes = all.filter(it -> Files.exists(it.resolve("bin").resolve("java"))).toList();
        }
        for (Path each : homes) {
            open(tier, each);
            for (int i = 0; i < 3; i++) {
                IsolateProcess fine = start();
                assertThat(call(fine, "fine").toString()).as("%s", each).contains("fine");
                fine.stop();
            }
            sandbox.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bubblewrap", "landlock"})
    @Timeout(120)
    void itDoesNotOutliveWhoStartedIt(String tier) throws Exception {
        open(tier);
        IsolateProcess evil = start();
        List<ProcessHandle> all =
                ProcessHandle.of(evil.pid()).stream()
                        .flatMap(it -> Stream.concat(Stream.of(it), it.descendants()))
                        .toList();
        TimeUnit.SECONDS.sleep(11); // a pool's thread would be gone by now
        assertThat(call(evil, "fine").toString()).contains("fine");
        sandbox.close();
        assertThat(evil.exited().toCompletableFuture().get(5, TimeUnit.SECONDS)).contains("137");
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        while (all.stream().anyMatch(ProcessHandle::isAlive)) {
            assertThat(System.nanoTime()).as("when it was to be gone").isLessThan(end);
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bubblewrap", "landlock"})
    @Timeout(120)
    void itRunsAsNobodyInParticularAndWithoutRights(String tier) throws Exception {
        open(tier);
        IsolateProcess evil = start();
        ProcessHandle inner =
                Stream.concat(
                                ProcessHandle.of(evil.pid()).stream(),
                                ProcessHandle.of(evil.pid()).stream()
                                        .flatMap(ProcessHandle::descendants))
                        .filter(it -> it.children().findAny().isEmpty())
                        .findFirst()
                        .orElseThrow();
        List<String> status =
                Files.readAllLines(Path.of("/proc", Long.toString(inner.pid()), "status"));
        assertThat(status)
                .contains("NoNewPrivs:\t1", "Seccomp:\t2", "CapEff:\t0000000000000000")
                .noneMatch(line -> line.startsWith("Uid:\t0\t"));
        List<String> ours = Files.readAllLines(Path.of("/proc/self/status"));
        if (ours.stream().anyMatch(line -> line.startsWith("Uid:\t0\t"))) {
            assertThat(status.stream().filter(line -> line.startsWith("Uid:")).toList())
                    .allMatch(line -> Long.parseLong(line.split("\t")[1]) >= 0x7000_0000L);
        }
        evil.stop();
    }

    private String tierWith(String wanted, Optional<Path> bwrap) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        try (Sandbox opened = Sandbox.open(ISOLATE, java, wanted, "", bwrap)) {
            Value.Map report = opened.report();
            return (opened.usable() ? "" : "refused ")
                    + IsolateProcess.text(report, "tier")
                    + ": "
                    + IsolateProcess.text(report, "stronger")
                    + (opened.usable() ? "" : IsolateProcess.text(report, "why"));
        }
    }

    @Test
    @Timeout(120)
    void aTierThatDoesNotHoldIsNotUsedAndTheCauseIsSaid() throws Exception {
        Path broken =
                Files.writeString(
                        dir.resolve("bwrap"),
                        "#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n");
        Files.setPosixFilePermissions(broken, PosixFilePermissions.fromString("rwxr-xr-x"));
        String cause = "bubblewrap: bwrap: No permissions to create new namespace (exit code 1)";
        assertThat(tierWith("auto", Optional.of(broken))).isEqualTo("landlock: " + cause);
        assertThat(tierWith("bubblewrap", Optional.of(broken)))
                .startsWith("refused unavailable: ")
                .contains(cause);
        Path idle =
                Files.writeString(
                        dir.resolve("idle"),
                        "#!/bin/sh\nwhile [ \"$1\" != --chdir ]; do shift; done\nshift 2\nexec \"$@\"\n");
        Files.setPosixFilePermissions(idle, PosixFilePermissions.fromString("rwxr-xr-x"));
        assertThat(tierWith("bubblewrap", Optional.of(idle)))
                .startsWith("refused unavailable: ")
                .contains("see-file POSSIBLE; see-processes POSSIBLE");
        assertThat(tierWith("auto", Optional.empty()))
                .isEqualTo("landlock: bubblewrap: bwrap is not installed");
        assertThat(tierWith("bubblewrap", Optional.empty())).startsWith("refused unavailable: ");
    }

    @Test
    @Timeout(120)
    void aFolderThatWasTidiedAwayIsMadeAgainAndAClosedOneIsNot() throws Exception {
        open("landlock");
        Sandbox.Cell first = sandbox.cell(jar);
        IsolateFolder.delete(first.dir().getParent());
        assertThat(first.dir()).doesNotExist();
        IsolateProcess fine = start();
        assertThat(call(fine, "fine").toString()).contains("fine");
        fine.stop();
        sandbox.close();
        assertThatThrownBy(() -> sandbox.cell(jar)).hasMessage("the container stops");
        assertThatThrownBy(() -> sandbox.start(first)).hasMessage("the container stops");
    }
}
