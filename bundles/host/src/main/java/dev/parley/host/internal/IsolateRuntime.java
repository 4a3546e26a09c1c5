package dev.parley.host.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * What every child runs: the isolate's jar, JNA's native part so that stage-0 need not unpack it
 * each time, and the class archive that makes the JVM start quicker.
 *
 * <p>They are in one folder that all containers of the installation share, so that the archive is
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
    private final String java;

    private IsolateRuntime(Path folder, String java) {
        this.folder = folder;
        this.java = java;
    }

    /**
     * @param shared where containers of this installation keep archives; empty for nowhere
     * @param own a folder of this container alone that children can reach
     * @param java the real path of the java command
     * @param foreign whether children run as another user
     */
    static IsolateRuntime open(
            Path isolateJar, String shared, Path own, String java, boolean foreign)
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
                    return new IsolateRuntime(folder, java).prepared(isolateJar);
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
        return new IsolateRuntime(own, java).prepared(isolateJar);
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

    Path library() {
        return folder.resolve("libjnidispatch.so");
    }

    private Path classes() {
        return folder.resolve("isolate.jsa");
    }

    private Path seal() {
        return folder.resolve("isolate.seal");
    }

    /** The class archive, if there is one and it is whole. */
    Optional<Path> archive() {
        return sealed() ? Optional.of(classes()) : Optional.empty();
    }

    /** Whether what a child cannot do without is still there. */
    boolean whole() {
        return Files.exists(jar()) && Files.exists(library());
    }

    private boolean sealed() {
        try {
            return Files.exists(classes()) && Files.readString(seal()).equals(state());
        } catch (IOException e) {
            return false;
        }
    }

    private String state() throws IOException {
        return Files.size(classes())
                + " "
                + Files.getAttribute(classes(), "unix:ctime")
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
            unpackLibrary();
            if (!sealed()) {
                make();
            }
            held.release();
        }
        return this;
    }

    private void unpackLibrary() throws IOException {
        String kind = "amd64".equals(System.getProperty("os.arch")) ? "x86-64" : "aarch64";
        try (ZipFile zip = new ZipFile(jar().toFile())) {
            ZipEntry entry = zip.getEntry("com/sun/jna/linux-" + kind + "/libjnidispatch.so");
            if (entry == null) {
                throw new IOException(jar() + " has no native part for " + kind);
            }
            byte[] bytes;
            try (InputStream in = zip.getInputStream(entry)) {
                bytes = in.readAllBytes();
            }
            if (!Files.exists(library()) || !Arrays.equals(bytes, Files.readAllBytes(library()))) {
                publish(Files.write(folder.resolve("libjnidispatch.new"), bytes), library());
            }
        }
    }

    private static void publish(Path made, Path name) throws IOException {
        Files.setPosixFilePermissions(made, READABLE);
        Files.move(made, name, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Runs our own code only, and is done without if it fails. */
    private void make() throws IOException {
        Path made = folder.resolve("isolate.jsa.new");
        Path cache = Files.createTempDirectory("parley-warm-");
        List<String> command = IsolateCommand.making(java, jar(), library(), made, cache);
        try {
            Files.deleteIfExists(made);
            Process process = Sandbox.builder(command, cache).start();
            process.getOutputStream().close();
            if (!process.waitFor(MAKING_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            } else if (process.exitValue() == 0 && Files.exists(made)) {
                publish(made, classes());
                Path note = Files.writeString(folder.resolve("isolate.seal.new"), state());
                publish(note, seal());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            Files.deleteIfExists(made);
            IsolateFolder.delete(cache);
        }
    }
}
