package dev.parley.host.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Limits of a whole child by a cgroup (version 2), where this container was given one of its own:
 * what the kernel then counts is all memory and every task, whoever's they are.
 *
 * <p>A cgroup that hands controllers on may hold no process itself, so the container moves into one
 * below; it does so only if nobody else lives in its own. Elsewhere there is none, and {@link #why}
 * says why.
 */
final class Cgroup {
    private static final String CONTAINER = "parley-container";
    private static final String ISOLATE = "parley-isolate-";
    private static final long MEMORY_BYTES = 320 << 20;

    private final Optional<Path> parent;
    private final String why;

    private Cgroup(Optional<Path> parent, String why) {
        this.parent = parent;
        this.why = why;
    }

    private static Cgroup without(String why) {
        return new Cgroup(Optional.empty(), "not used: " + why);
    }

    static Cgroup find() {
        return find(Path.of("/proc/self"), ProcessHandle.current().pid());
    }

    /**
     * @param self the folder of this process in proc
     */
    static Cgroup find(Path self, long pid) {
        try {
            Optional<Path> mount =
                    Files.readAllLines(self.resolve("mountinfo")).stream()
                            .filter(line -> line.contains(" - cgroup2 "))
                            .map(line -> Path.of(line.split(" ")[4]))
                            .findFirst();
            Optional<String> name =
                    Files.readAllLines(self.resolve("cgroup")).stream()
                            .filter(line -> line.startsWith("0::/"))
                            .map(line -> line.substring(4))
                            .findFirst();
            if (mount.isEmpty() || name.isEmpty()) {
                return without("cgroup version 2 is not mounted");
            }
            return use(mount.get().resolve(name.get()).normalize(), pid);
        } catch (IOException | RuntimeException e) {
            return without(e.toString());
        }
    }

    private static Cgroup use(Path own, long pid) throws IOException {
        boolean moved = own.endsWith(CONTAINER);
        Path parent = moved ? own.resolve("..").normalize() : own;
        List<String> offered =
                Arrays.asList(Files.readString(parent.resolve("cgroup.controllers")).split("\\s+"));
        if (!offered.containsAll(List.of("memory", "pids"))) {
            return without(parent + " has no memory and pids controllers, but " + offered);
        }
        if (!Files.isWritable(parent) || !Files.isWritable(parent.resolve("cgroup.procs"))) {
            return without(parent + " is not delegated to this user");
        }
        if (!moved) {
            List<String> living = Files.readAllLines(own.resolve("cgroup.procs"));
            if (!living.equals(List.of(Long.toString(pid)))) {
                return without(
                        "other processes share "
                                + own
                                + "; 'systemd-run --user --scope -p Delegate=yes parley up' gives it"
                                + " one of its own");
            }
            Path container = Files.createDirectories(own.resolve(CONTAINER));
            Files.writeString(container.resolve("cgroup.procs"), Long.toString(pid));
        }
        Files.writeString(parent.resolve("cgroup.subtree_control"), "+memory +pids");
        return new Cgroup(
                Optional.of(parent),
                (MEMORY_BYTES >> 20)
                        + " MiB of memory and "
                        + IsolateUser.THREADS
                        + " tasks for each plugin, in "
                        + parent);
    }

    /** What is limited, or why nothing is. */
    String why() {
        return why;
    }

    /**
     * A group for one child.
     *
     * @param name of its cell
     * @return nothing if there are no groups here
     * @throws IOException if there are, but this one cannot be made: the child must not start then
     */
    Optional<Path> create(String name) throws IOException {
        if (parent.isEmpty()) {
            return Optional.empty();
        }
        Path group = Files.createDirectory(parent.get().resolve(ISOLATE + name));
        Files.writeString(group.resolve("memory.max"), Long.toString(MEMORY_BYTES));
        Files.writeString(group.resolve("pids.max"), Long.toString(IsolateUser.THREADS));
        Files.writeString(group.resolve("memory.oom.group"), "1");
        if (Files.exists(group.resolve("memory.swap.max"))) {
            Files.writeString(group.resolve("memory.swap.max"), "0");
        }
        return Optional.of(group);
    }

    /** The command as one that first goes into the group, so that nothing of it is ever outside. */
    static List<String> in(Path group, List<String> command) {
        List<String> all =
                new ArrayList<>(
                        List.of(
                                "/bin/sh",
                                "-c",
                                "echo $$ >\"$0\" && exec \"$@\"",
                                group.resolve("cgroup.procs").toString()));
        all.addAll(command);
        return all;
    }

    /** Once the child has ended. */
    void remove(String name) {
        parent.ifPresent(
                it -> {
                    try {
                        Files.deleteIfExists(it.resolve(ISOLATE + name));
                    } catch (IOException e) {
                        System.getLogger(Cgroup.class.getName())
                                .log(System.Logger.Level.DEBUG, "a cgroup stays", e);
                    }
                });
    }
}
