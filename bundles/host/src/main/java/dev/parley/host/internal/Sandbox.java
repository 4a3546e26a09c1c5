package dev.parley.host.internal;

import dev.parley.wire.api.Value;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * How child processes are confined, found out once by really attacking from inside.
 *
 * <p>The runtime is copied into a folder of its own that the unprivileged user can reach, whatever
 * the rights on our own folders are. The strongest tier in which the self-test finds nothing
 * possible is used, and without one no plugin runs unless the owner chose {@code none}.
 */
final class Sandbox implements AutoCloseable {
    private static final Set<PosixFilePermission> READABLE =
            PosixFilePermissions.fromString("rw-r--r--");
    private static final Set<PosixFilePermission> PASSABLE =
            PosixFilePermissions.fromString("rwx--x--x");
    private static final String LIMITS =
            "256 MiB of private memory, 768 MiB of addresses, 512 open files, 32 MiB a file; "
                    + IsolateUser.THREADS
                    + " threads (once a second "
                    + Usage.MAX_THREADS
                    + " where the kernel counts them with this user's); once a second "
                    + Usage.MAX_RSS_KIB / 1024
                    + " MiB resident and "
                    + (Usage.MAX_DISK_BYTES >> 20)
                    + " MiB of disk";

    private final Path isolateJar;
    private final String java;
    private final IsolateUser user;
    private final Spawner spawner = new Spawner();
    private final Cgroup cgroup;
    private final Optional<Path> bwrap;
    private final Tier tier;
    private final String why;
    private final String stronger;
    private IsolateFolder folder;
    private boolean closed;

    private Sandbox(Path isolateJar, String java, String wanted, Optional<Path> bwrap)
            throws IOException {
        this.isolateJar = isolateJar;
        this.java = java;
        this.folder = fill(isolateJar);
        this.folder.sweep();
        this.user = new IsolateUser(folder.owner());
        this.cgroup = Cgroup.find();
        this.bwrap = bwrap;
        makeArchive();
        List<String> failures = new ArrayList<>();
        Tier found = Tier.UNAVAILABLE;
        for (Tier candidate : Tier.candidates(wanted)) {
            List<String> findings = findings(candidate);
            if (findings.isEmpty()) {
                found = candidate;
                break;
            }
            failures.add(candidate.word() + ": " + String.join("; ", findings));
        }
        this.tier = found;
        this.stronger = found == Tier.UNAVAILABLE ? "" : String.join(". ", failures);
        this.why =
                switch (found) {
                    case BUBBLEWRAP ->
                            "a root, processes and a network of its own by bwrap; Landlock, seccomp,"
                                    + " limits and "
                                    + user.words()
                                    + "; every attack of the self-test was denied";
                    case LANDLOCK ->
                            "Landlock, seccomp, limits and "
                                    + user.words()
                                    + "; every attack of the self-test was denied";
                    case NONE ->
                            "the owner chose --sandbox none: plugins run as this user, unconfined";
                    case UNAVAILABLE ->
                            "the self-test failed: "
                                    + String.join(". ", failures)
                                    + ". Linux 5.13 or newer on x86-64 or aarch64 with Landlock"
                                    + " enabled is needed; '--sandbox none' runs plugins unconfined";
                };
    }

    static Sandbox open(Path isolateJar, String java, String wanted) throws IOException {
        return open(isolateJar, java, wanted, Bubblewrap.find());
    }

    static Sandbox open(Path isolateJar, String java, String wanted, Optional<Path> bwrap)
            throws IOException {
        return new Sandbox(isolateJar, Path.of(java).toRealPath().toString(), wanted, bwrap);
    }

    private static IsolateFolder fill(Path isolateJar) throws IOException {
        IsolateFolder folder = IsolateFolder.create(Path.of(System.getProperty("java.io.tmpdir")));
        try {
            Path jar = folder.path().resolve(IsolateCommand.JAR);
            Files.copy(isolateJar, jar, StandardCopyOption.REPLACE_EXISTING);
            Files.setPosixFilePermissions(jar, READABLE);
            String kind = "amd64".equals(System.getProperty("os.arch")) ? "x86-64" : "aarch64";
            try (ZipFile zip = new ZipFile(jar.toFile())) {
                ZipEntry entry = zip.getEntry("com/sun/jna/linux-" + kind + "/libjnidispatch.so");
                if (entry != null) {
                    Path library = folder.path().resolve(IsolateCommand.LIBRARY);
                    try (InputStream in = zip.getInputStream(entry)) {
                        Files.copy(in, library);
                    }
                    Files.setPosixFilePermissions(library, READABLE);
                }
            }
            return folder;
        } catch (IOException | RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    private List<String> findings(Tier candidate) throws IOException {
        if (candidate == Tier.NONE) {
            return List.of();
        }
        if (candidate == Tier.BUBBLEWRAP && bwrap.isEmpty()) {
            return List.of("bwrap is not installed");
        }
        Cell cell = cell(candidate, Optional.empty());
        try {
            Path library = base().resolve(IsolateCommand.LIBRARY);
            return SelfTest.run(candidate, base(), words -> start(candidate, cell, library, words));
        } finally {
            discard(cell);
        }
    }

    private synchronized Path base() {
        return folder.path();
    }

    boolean usable() {
        return tier != Tier.UNAVAILABLE;
    }

    String tier() {
        return tier.word();
    }

    Value.Map report() {
        Value.MapBuilder report = Value.map().put("tier", tier()).put("why", why);
        if (!stronger.isEmpty()) {
            report.put("stronger", stronger);
        }
        if (tier.confined()) {
            report.put("limits", LIMITS).put("cgroup", cgroup.why());
        }
        return report.build();
    }

    /**
     * A folder for one start of one plugin: its jar, which it can read, and a cache, which it can
     * write, and who it runs as.
     */
    record Cell(Path dir, Path jar, Path cache, long uid) {}

    Cell cell(Path plugin) throws IOException {
        return cell(tier, Optional.of(plugin));
    }

    private synchronized Cell cell(Tier of, Optional<Path> plugin) throws IOException {
        if (closed) {
            throw new IOException("the container stops");
        }
        if (!Files.exists(base().resolve(IsolateCommand.JAR))) {
            folder.close(); // something that tidies the temporary folder was here
            folder = fill(isolateJar);
        }
        byte[] name = new byte[8];
        new SecureRandom().nextBytes(name);
        Path dir = Files.createDirectory(base().resolve("cell-" + HexFormat.of().formatHex(name)));
        Files.setPosixFilePermissions(dir, PASSABLE);
        Path cache = Files.createDirectory(dir.resolve("cache"));
        Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rwx------"));
        long uid = of.confined() ? user.next() : 0;
        if (uid != 0) {
            Files.setAttribute(cache, "unix:gid", (int) uid);
            Files.setAttribute(cache, "unix:uid", (int) uid);
        }
        Path copy = dir.resolve("plugin.jar");
        if (plugin.isPresent()) {
            Files.copy(plugin.get(), copy);
            Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("r--r--r--"));
        }
        return new Cell(dir, copy, cache, uid);
    }

    void discard(Cell cell) {
        IsolateFolder.delete(cell.dir());
        cgroup.remove(name(cell));
    }

    private static String name(Cell cell) {
        return String.valueOf(cell.dir().getFileName());
    }

    private Process start(Tier of, Cell cell, Path readable, List<String> classAndArguments)
            throws IOException {
        List<String> command =
                new IsolateCommand(base(), java, user, bwrap)
                        .of(of, cell, readable, classAndArguments);
        Optional<Path> group = cgroup.create(name(cell));
        return spawner.start(
                builder(group.isPresent() ? Cgroup.in(group.get(), command) : command));
    }

    Process start(Cell cell) throws IOException {
        return start(tier, cell, cell.jar(), List.of("dev.parley.isolate.Main"));
    }

    private ProcessBuilder builder(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command).directory(base().toFile());
        builder.environment().clear();
        builder.environment().put("LANG", "C.UTF-8");
        builder.environment().put("MALLOC_ARENA_MAX", "2");
        return builder;
    }

    /**
     * The class archive that makes children start quicker; made by our own code only, and done
     * without if it fails.
     */
    private void makeArchive() throws IOException {
        Path cache = Files.createDirectory(base().resolve("warm"));
        Path archive = base().resolve(IsolateCommand.ARCHIVE);
        List<String> command = new IsolateCommand(base(), java, user, bwrap).making(cache);
        Process process = builder(command).start();
        process.getOutputStream().close();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            if (Files.exists(archive)) {
                Files.setPosixFilePermissions(archive, READABLE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            IsolateFolder.delete(cache);
        }
    }

    /** Ends the children that are left, and removes the folder. */
    @Override
    public synchronized void close() {
        closed = true;
        spawner.close();
        folder.close();
    }
}
