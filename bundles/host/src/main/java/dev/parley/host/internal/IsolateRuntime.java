package dev.parley.host.internal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * What every child runs: the isolate's jar and the class archive that makes its JVM start quicker.
 *
 * <p>Both are in one folder that all containers of the installation share, so that the archive is
 * made once and its pages are in memory once. A JVM takes an archive only with the very jar it was
 * made with, which is why the jar is copied beside it. It does not notice that an archive was cut
 * or changed, and crashes; so a seal beside the archive says which file it was when it was whole,
 * and without its seal it is made anew ({@code docs/adr/0013-class-archives.md}).
 *
 * <p>The folder must be ours alone to write and, if children run as another user, open to that
 * user. Where no such folder is, the container makes both for itself.
 */
final class IsolateRuntime {
    private static final Path SYSTEM_CACHE = Path.of("/var/cache/parley");
    private static final Set<PosixFilePermission> READABLE =
            PosixFilePermissions.fromString("rw-r--r--");
    private static final long MAKING_SECONDS = 20;

    private final Path folder;
    private final List<String> jvm;

    private IsolateRuntime(Path folder, List<String> jvm) {
        this.folder = folder;
        this.jvm = jvm;
    }

    /**
     * @param shared where containers of this installation keep archives; empty for nowhere
     * @param own a folder of this container alone that children can reach
     * @param jvm the java command and the options of a child
     * @param foreign whether children run as another user
     */
    static IsolateRuntime open(
            Path isolateJar, String shared, Path own, List<String> jvm, boolean foreign)
            throws IOException {
        List<Path> folders = new ArrayList<>();
        if (!shared.isEmpty()) {
            folders.add(Path.of(shared));
            if (foreign) {
                folders.add(SYSTEM_CACHE.resolve(Path.of(shared).getFileName()));
            }
        }
        for (Path folder : folders) {
            try {
                Files.createDirectories(folder);
                if (ours(folder, own) && (!foreign || reachable(folder))) {
                    return new IsolateRuntime(folder, jvm).prepared(isolateJar);
                }
            } catch (IOException e) {
                System.getLogger(IsolateRuntime.class.getName())
                        .log(
                                System.Logger.Level.DEBUG,
                                "no class archive in {0}: {1}",
                                folder,
                                e.toString());
            }
        }
        return new IsolateRuntime(own, jvm).prepared(isolateJar);
    }

    private static boolean ours(Path folder, Path own) throws IOException {
        Set<PosixFilePermission> rights = Files.getPosixFilePermissions(folder);
        return Files.getOwner(folder).equals(Files.getOwner(own))
                && !rights.contains(PosixFilePermission.GROUP_WRITE)
                && !rights.contains(PosixFilePermission.OTHERS_WRITE);
    }

    private static boolean reachable(Path folder) throws IOException {
        for (Path at = folder.toRealPath(); at != null; at = at.getParent()) {
            if (!Files.getPosixFilePermissions(at).contains(PosixFilePermission.OTHERS_EXECUTE)) {
                return false;
            }
        }
        return true;
    }

    Path jar() {
        return folder.resolve("isolate.jar");
    }

    private Path archive() {
        return folder.resolve("isolate.jsa");
    }

    private Path seal() {
        return folder.resolve("isolate.seal");
    }

    /** The options that make a JVM with this class path use the archive; none if there is none. */
    List<String> options() {
        return sealed() ? List.of("-XX:SharedArchiveFile=" + archive()) : List.of();
    }

    /** The files a child must be able to read. */
    List<Path> files() {
        return sealed() ? List.of(jar(), archive()) : List.of(jar());
    }

    private boolean sealed() {
        try {
            return Files.exists(archive()) && Files.readString(seal()).equals(state());
        } catch (IOException e) {
            return false;
        }
    }

    private String state() throws IOException {
        return Files.size(archive())
                + " "
                + Files.getAttribute(archive(), "unix:ctime")
                + " "
                + Files.getLastModifiedTime(jar());
    }

    /** One container after the other; who comes second finds everything done. */
    private synchronized IsolateRuntime prepared(Path isolateJar) throws IOException {
        try (FileChannel lock =
                FileChannel.open(
                        folder.resolve("isolate.lock"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE)) {
            var held = lock.lock();
            if (!Files.exists(jar()) || Files.mismatch(isolateJar, jar()) >= 0) {
                Path copy = folder.resolve("isolate.jar.new");
                Files.copy(isolateJar, copy, StandardCopyOption.REPLACE_EXISTING);
                publish(copy, jar());
            }
            if (!sealed()) {
                make();
            }
            held.release();
        }
        return this;
    }

    private static void publish(Path made, Path name) throws IOException {
        Files.setPosixFilePermissions(made, READABLE);
        Files.move(made, name, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Runs our own code only, and is done without if it fails. */
    private void make() throws IOException {
        Path made = folder.resolve("isolate.jsa.new");
        Path cache = Files.createTempDirectory("parley-warm-");
        List<String> command = new ArrayList<>(jvm);
        command.addAll(
                List.of(
                        "-XX:ArchiveClassesAtExit=" + made,
                        "-Djava.io.tmpdir=" + cache,
                        "-cp",
                        jar().toString(),
                        "dev.parley.isolate.Warm",
                        cache.toString()));
        try {
            Files.deleteIfExists(made);
            Process process = Sandbox.process(command);
            process.getOutputStream().close();
            if (!process.waitFor(MAKING_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            } else if (process.exitValue() == 0 && Files.exists(made)) {
                publish(made, archive());
                Path note = Files.writeString(folder.resolve("isolate.seal.new"), state());
                publish(note, seal());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            Files.deleteIfExists(made);
            Sandbox.delete(cache);
        }
    }
}
