package dev.parley.host.internal;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Attacks from inside a tier. A tier with any finding is not used. */
final class SelfTest {
    private static final long LIMIT_SECONDS = 15;

    /** Starts the class with these words as a confined child. */
    interface Child {
        Process start(List<String> classAndArguments) throws IOException;
    }

    private SelfTest() {}

    /**
     * @param base a folder that the child must not be able to read or write
     * @return what was possible or went wrong; nothing if all attacks were denied
     */
    static List<String> run(Tier tier, Path base, Child child) throws IOException {
        Path secret = Files.writeString(base.resolve("secret"), "secret");
        Path outside = base.resolve("outside");
        List<String> failures = new ArrayList<>();
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Process process =
                    child.start(
                            List.of(
                                    "dev.parley.isolate.Probe",
                                    secret.toString(),
                                    Integer.toString(listener.getLocalPort()),
                                    outside.toString(),
                                    Long.toString(ProcessHandle.current().pid()),
                                    tier == Tier.BUBBLEWRAP ? "apart" : ""));
            process.getOutputStream().close();
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                failures.add("it did not end within " + LIMIT_SECONDS + " s");
            }
            String said = all(process.getInputStream());
            said.lines().filter(line -> line.endsWith("POSSIBLE")).forEach(failures::add);
            if (!said.contains("probed")) {
                failures.add(cause(process));
            }
            if (Files.exists(outside)) {
                failures.add("a file was written outside");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failures.add("interrupted");
        } finally {
            Files.deleteIfExists(secret);
            Files.deleteIfExists(outside);
        }
        return failures;
    }

    /** What bwrap or stage-0 said, else the first line of whoever said something. */
    private static String cause(Process process) throws IOException, InterruptedException {
        List<String> lines = all(process.getErrorStream()).lines().toList();
        String line =
                lines.stream()
                        .filter(it -> it.startsWith("bwrap: ") || it.startsWith("sandbox: "))
                        .findFirst()
                        .orElse(lines.isEmpty() ? "it said nothing" : lines.get(0));
        return IsolateProcess.clean(line) + " (exit code " + process.waitFor() + ")";
    }

    private static String all(InputStream in) throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
}
