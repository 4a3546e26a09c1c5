package dev.parley.host.internal;

import dev.parley.wire.api.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How child processes are confined, found out once by really attacking from inside.
 *
 * <p>The runtime is in a folder that the unprivileged user can reach, whatever the rights on our
 * own folders are. The strongest tier in which the self-test finds nothing possible is used, and
 * without one no plugin runs unless the owner chose {@code none}.
 */
final class Sandbox implements AutoCloseable {
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
    private final String archives;
    private final String wanted;
    private final String java;
    private final IsolateUser user;
    private final Spawner spawner = new Spawner();
    private final Cgroup cgroup;
    private final Optional<Path> bwrap;
    private final Tier tier;
    private final String why;
    private final String stronger;
    private IsolateFolder folder;
    private IsolateRuntime runtime;
    private boolean closed;

    private Sandbox(
            Path isolateJar, String java, String wanted, String archives, Optional<Path> bwrap)
            throws IOException {
        this.isolateJar = isolateJar;
        this.java = java;
        this.wanted = wanted;
        this.archives = archives;
        this.folder = IsolateFolder.create(temporary());
        this.folder.sweep();
        this.user = new IsolateUser(folder.owner());
        this.cgroup = Cgroup.find();
        this.bwrap = bwrap;
        this.runtime = runtime();
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

    /**
     * @param archives where containers of this installation share class archives; empty for nowhere
     */
    static Sandbox open(Path isolateJar, String java, String wanted, String archives)
            throws IOException {
        return open(isolateJar, java, wanted, archives, Bubblewrap.find());
    }

    static Sandbox open(
            Path isolateJar, String java, String wanted, String archives, Optional<Path> bwrap)
            throws IOException {
        return new Sandbox(
                isolateJar, Path.of(java).toRealPath().toString(), wanted, archives, bwrap);
    }

    private static Path temporary() {
        return Path.of(System.getProperty("java.io.tmpdir"));
    }

    private IsolateRuntime runtime() throws IOException {
        boolean foreign = user.root() && !wanted.equals(Tier.NONE.word());
        return IsolateRuntime.open(isolateJar, archives, folder.path(), java, foreign);
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
            Path base = cell.dir().resolve("..").normalize();
            return SelfTest.run(
                    candidate,
                    base,
                    words -> start(candidate, cell, cell.runtime().library(), words));
        } finally {
            discard(cell);
        }
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
     * write, who it runs as, and the runtime it runs.
     */
    record Cell(Path dir, Path jar, Path cache, long uid, IsolateRuntime runtime) {}

    Cell cell(Path plugin) throws IOException {
        return cell(tier, Optional.of(plugin));
    }

    private synchronized Cell cell(Tier of, Optional<Path> plugin) throws IOException {
        if (closed) {
            throw new IOException("the container stops");
        }
        if (!Files.exists(folder.path())) {
            folder.close(); // something that tidies the temporary folder was here
            folder = IsolateFolder.create(temporary());
        }
        if (!runtime.whole()) {
            runtime = runtime();
        }
        byte[] name = new byte[8];
        new SecureRandom().nextBytes(name);
        Path dir =
                Files.createDirectory(
                        folder.path().resolve("cell-" + HexFormat.of().formatHex(name)));
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
        return new Cell(dir, copy, cache, uid, runtime);
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
                new IsolateCommand(cell.runtime(), java, user, bwrap)
                        .of(of, cell, readable, classAndArguments);
        Optional<Path> group = cgroup.create(name(cell));
        return spawner.start(
                builder(group.isPresent() ? Cgroup.in(group.get(), command) : command, cell.dir()));
    }

    Process start(Cell cell) throws IOException {
        return start(tier, cell, cell.jar(), List.of("dev.parley.isolate.Main"));
    }

    static ProcessBuilder builder(List<String> command, Path folder) {
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().clear();
        builder.environment().put("LANG", "C.UTF-8");
        builder.environment().put("MALLOC_ARENA_MAX", "2");
        return builder;
    }

    /** Ends the children that are left, and removes the folder. */
    @Override
    public synchronized void close() {
        closed = true;
        spawner.close();
        folder.close();
    }
}
