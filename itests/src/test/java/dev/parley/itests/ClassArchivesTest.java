package dev.parley.itests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.demo.Node;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The class archives of an installation of its own: made once, never in the way. */
class ClassArchivesTest {
    private static final Path BUILT =
            Path.of("..", "distribution", "target", "parley").toAbsolutePath().normalize();

    @TempDir private Path dir;

    private Path home;

    @BeforeEach
    void install() throws IOException {
        home = dir.resolve("parley");
        // Children run as another user if we are root; what they share must be in reach of it.
        Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.walkFileTree(
                BUILT,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(Path from, BasicFileAttributes it)
                            throws IOException {
                        if (from.equals(BUILT.resolve("archives"))) {
                            return FileVisitResult.SKIP_SUBTREE;
                        }
                        Files.createDirectories(home.resolve(BUILT.relativize(from)));
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path from, BasicFileAttributes it)
                            throws IOException {
                        Files.copy(from, home.resolve(BUILT.relativize(from)));
                        return FileVisitResult.CONTINUE;
                    }
                });
        Files.setPosixFilePermissions(
                home.resolve("bin").resolve("parley"),
                PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** A start without archives has them made in the background; the folder must outlive that. */
    @AfterEach
    void settle() throws InterruptedException {
        while (ProcessHandle.allProcesses()
                .anyMatch(it -> it.info().commandLine().orElse("").contains(dir.toString()))) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private Process parley(String... words) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(home.resolve("bin").resolve("parley").toString());
        command.addAll(List.of(words));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private static String said(Process process) throws Exception {
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return said;
    }

    private void make() throws Exception {
        settle();
        Process maker = parley("archives");
        assertThat(said(maker)).isEmpty();
        assertThat(maker.exitValue()).isZero();
    }

    /** Names and times of what was made. */
    private TreeMap<String, String> made() throws IOException {
        TreeMap<String, String> made = new TreeMap<>();
        try (Stream<Path> files = Files.walk(home.resolve("archives"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                made.put(file.getFileName().toString(), Files.getLastModifiedTime(file).toString());
            }
        }
        return made;
    }

    private Path archive(String name) throws IOException {
        try (Stream<Path> files = Files.walk(home.resolve("archives"))) {
            return files.filter(it -> it.endsWith(name)).findFirst().orElseThrow();
        }
    }

    private long sealedSize(String seal) throws IOException {
        return Long.parseLong(Files.readString(archive(seal)).split(" ", 2)[0]);
    }

    private void startsAndAnswers() throws Exception {
        try (Node node =
                Node.start(home.resolve("bin").resolve("parley"), dir, "probe", List.of())) {
            assertThat(Node.ok(node.get("/status")).text("name")).isEqualTo("probe");
            Process status = parley("status", "--json", "--data", node.data().toString());
            assertThat(said(status)).startsWith("{").contains("\"probe\"");
            assertThat(status.exitValue()).isZero();
        }
    }

    @Test
    @Timeout(120)
    void severalMakersAtOnceMakeEachArchiveOnceAndLeaveNothingBehind() throws Exception {
        List<Process> makers = List.of(parley("archives"), parley("archives"), parley("archives"));
        for (Process maker : makers) {
            assertThat(said(maker)).isEmpty();
            assertThat(maker.exitValue()).isZero();
        }
        TreeMap<String, String> made = made();
        assertThat(made.keySet())
                .containsExactly(
                        "command.jsa",
                        "command.seal",
                        "container.jsa",
                        "container.seal",
                        "isolate.jar",
                        "isolate.jsa",
                        "isolate.lock",
                        "isolate.seal",
                        "libjnidispatch.so");
        startsAndAnswers();
        make();
        assertThat(made()).as("nothing is made twice").isEqualTo(made);
    }

    @Test
    @Timeout(120)
    void aCutOrChangedArchiveDoesNotStopAStartAndIsMadeAnew() throws Exception {
        make();
        for (String name : List.of("container.jsa", "command.jsa", "isolate.jsa")) {
            Path archive = archive(name);
            Files.setPosixFilePermissions(archive, PosixFilePermissions.fromString("rw-r--r--"));
            try (RandomAccessFile file = new RandomAccessFile(archive.toFile(), "rw")) {
                file.setLength(file.length() / 2);
            }
        }
        startsAndAnswers();
        make();
        assertThat(Files.size(archive("container.jsa"))).isEqualTo(sealedSize("container.seal"));
        for (String name : List.of("container.jsa", "command.jsa", "isolate.jsa")) {
            Path archive = archive(name);
            Files.setPosixFilePermissions(archive, PosixFilePermissions.fromString("rw-r--r--"));
            try (RandomAccessFile file = new RandomAccessFile(archive.toFile(), "rw")) {
                for (long at = 4096; at < file.length(); at += 512) {
                    file.seek(at);
                    file.write(0xff);
                }
            }
        }
        startsAndAnswers();
    }

    @Test
    @Timeout(120)
    void anArchiveOfAnotherJarIsNotUsed() throws Exception {
        make();
        Path seal = archive("container.seal");
        Files.setLastModifiedTime(
                home.resolve("lib").resolve("launcher.jar"),
                java.nio.file.attribute.FileTime.fromMillis(0));
        startsAndAnswers();
        make();
        try (Stream<Path> folders = Files.list(home.resolve("archives"))) {
            assertThat(folders).hasSize(2);
        }
        assertThat(seal).exists();
    }
}
