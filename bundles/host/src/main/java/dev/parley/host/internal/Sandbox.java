package dev.parley.host.internal;

import dev.parley.wire.api.Value;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * How child processes are confined, found out once by really attacking from inside.
 *
 * <p>The runtime is copied into a folder of its own that the unprivileged user can reach, whatever
 * the rights on our own folders are. If the self-test finds anything possible the tier is not used,
 * and without a tier no plugin runs unless the owner chose {@code none}.
 */
final class Sandbox implements AutoCloseable {
    private static final int NOBODY = 65_534;
    private static final List<String> JVM =
            List.of(
                    "-Xmx64m",
                    "-Xms8m",
                    "-Xss512k",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-XX:CompressedClassSpaceSize=16m",
                    "-XX:ReservedCodeCacheSize=24m",
                    "-XX:MaxDirectMemorySize=16m",
                    "-XX:-UsePerfData",
                    "-XX:+DisplayVMOutputToStderr",
                    "-XX:+ExitOnOutOfMemoryError",
                    "-Xlog:disable",
                    "-Xlog:all=warning:stderr",
                    "-Xshare:auto");

    private final Path base;
    private final IsolateRuntime runtime;
    private final String java;
    private final String tier;
    private final String why;

    private Sandbox(Path base, IsolateRuntime runtime, String java, String wanted)
            throws IOException {
        this.base = base;
        this.runtime = runtime;
        this.java = java;
        if (wanted.equals("none")) {
            this.tier = "none";
            this.why = "the owner chose --sandbox none: plugins run as this user, unconfined";
        } else {
            List<String> failures = selfTest();
            this.tier = failures.isEmpty() ? "landlock" : "unavailable";
            this.why =
                    failures.isEmpty()
                            ? "Landlock, seccomp, limits and "
                                    + (root() ? "the user nobody" : "this user")
                                    + "; every attack of the self-test was denied"
                            : "the self-test failed: "
                                    + String.join("; ", failures)
                                    + ". Linux 5.13 or newer on x86-64 with Landlock enabled is needed; '--sandbox none' runs"
                                    + " plugins unconfined";
        }
    }

    static Sandbox open(Path isolateJar, String java, String wanted) throws IOException {
        return open(isolateJar, java, wanted, "");
    }

    static Sandbox open(Path isolateJar, String java, String wanted, String archives)
            throws IOException {
        Path base = Files.createTempDirectory("parley-isolates-");
        Files.setPosixFilePermissions(base, PosixFilePermissions.fromString("rwx--x--x"));
        String command = Path.of(java).toRealPath().toString();
        List<String> jvm = new ArrayList<>(List.of(command));
        jvm.addAll(JVM);
        boolean foreign = root() && !wanted.equals("none");
        IsolateRuntime runtime = IsolateRuntime.open(isolateJar, archives, base, jvm, foreign);
        return new Sandbox(base, runtime, command, wanted);
    }

    boolean usable() {
        return !tier.equals("unavailable");
    }

    String tier() {
        return tier;
    }

    Value.Map report() {
        return Value.map().put("tier", tier).put("why", why).build();
    }

    private static boolean root() {
        return "root".equals(System.getProperty("user.name"));
    }

    /**
     * A folder for one start of one plugin: its jar, which it can read, and a cache, which it can
     * write.
     */
    record Cell(Path dir, Path jar, Path cache) {}

    Cell cell(Path plugin) throws IOException {
        byte[] name = new byte[8];
        new SecureRandom().nextBytes(name);
        Path dir = Files.createDirectory(base.resolve("cell-" + HexFormat.of().formatHex(name)));
        Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwx--x--x"));
        Path cache = Files.createDirectory(dir.resolve("cache"));
        Files.setPosixFilePermissions(
                cache,
                PosixFilePermissions.fromString(
                        root() && !tier().equals("none") ? "rwxrwxrwx" : "rwx------"));
        Path copy = dir.resolve("plugin.jar");
        Files.copy(plugin, copy);
        Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("r--r--r--"));
        return new Cell(dir, copy, cache);
    }

    void discard(Cell cell) {
        delete(cell.dir());
    }

    /** The command of a confined JVM that runs this class. */
    List<String> command(
            boolean confined, Path cache, List<Path> readable, List<String> classAndArguments) {
        List<String> child = new ArrayList<>(List.of(java));
        child.addAll(JVM);
        List<String> archive = runtime.options();
        child.addAll(archive);
        child.addAll(List.of("-Djava.io.tmpdir=" + cache, "-cp", runtime.jar().toString()));
        child.addAll(classAndArguments);
        if (!confined) {
            return child;
        }
        List<String> command =
                new ArrayList<>(
                        List.of(
                                java,
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-XX:-UsePerfData",
                                "-Xmx32m",
                                "-Xshare:auto"));
        command.addAll(archive);
        command.addAll(List.of("-cp", runtime.jar().toString(), "dev.parley.isolate.Stage0"));
        command.addAll(
                List.of("--uid", Integer.toString(root() ? NOBODY : 0), "--rw", cache.toString()));
        runtime.files().forEach(path -> command.addAll(List.of("--ro", path.toString())));
        readable.forEach(path -> command.addAll(List.of("--ro", path.toString())));
        command.add("--");
        command.addAll(child);
        return command;
    }

    Process start(Cell cell) throws IOException {
        return process(
                command(
                        !tier.equals("none"),
                        cell.cache(),
                        List.of(cell.jar()),
                        List.of("dev.parley.isolate.Main")));
    }

    static Process process(List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().clear();
        builder.environment().put("LANG", "C.UTF-8");
        return builder.start();
    }

    /**
     * @return what was possible or went wrong; nothing if all attacks were denied
     */
    private List<String> selfTest() throws IOException {
        Path cache = Files.createDirectory(base.resolve("probe"));
        Files.setPosixFilePermissions(
                cache, PosixFilePermissions.fromString(root() ? "rwxrwxrwx" : "rwx------"));
        Path secret = Files.writeString(base.resolve("secret"), "secret");
        Path outside = base.resolve("outside");
        List<String> failures = new ArrayList<>();
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Process process =
                    process(
                            command(
                                    true,
                                    cache,
                                    List.of(),
                                    List.of(
                                            "dev.parley.isolate.Probe",
                                            secret.toString(),
                                            Integer.toString(listener.getLocalPort()),
                                            outside.toString())));
            process.getOutputStream().close();
            if (!process.waitFor(15, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                failures.add("it did not end");
            }
            String said =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            said.lines().filter(line -> line.endsWith("POSSIBLE")).forEach(failures::add);
            if (!said.contains("probed")) {
                String error =
                        new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
                failures.add(
                        "it ended with code "
                                + process.exitValue()
                                + ": "
                                + error.lines().findFirst().orElse(""));
            }
            if (Files.exists(outside)) {
                failures.add("a file was written outside");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failures.add("interrupted");
        } finally {
            delete(cache);
            Files.deleteIfExists(secret);
        }
        return failures;
    }

    static void delete(Path dir) {
        try (Stream<Path> files = Files.walk(dir)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            System.getLogger(Sandbox.class.getName())
                    .log(
                            System.Logger.Level.WARNING,
                            "cannot remove {0}: {1}",
                            dir,
                            e.getMessage());
        }
    }

    @Override
    public void close() {
        delete(base);
    }
}
