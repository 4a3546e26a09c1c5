package dev.parley.host.internal;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The command line of {@code bwrap}: an empty root that holds the runtime read-only and one folder
 * to write in, and namespaces of its own for processes, network and all else.
 *
 * <p>A normal user needs a user namespace for that. Root does without one, and stage-0 inside keeps
 * only what it needs to become an unprivileged user: in a user namespace made by root the child
 * would still be root to the files outside.
 */
final class Bubblewrap {
    private static final List<String> SYSTEM =
            List.of("/usr/lib", "/usr/lib64", "/lib", "/lib64", "/etc/ld.so.cache");

    private Bubblewrap() {}

    static Optional<Path> find() {
        String path = System.getenv("PATH");
        for (String folder :
                (path == null ? "/usr/bin:/bin:/usr/local/bin" : path).split(File.pathSeparator)) {
            Path found = Path.of(folder, "bwrap");
            if (found.isAbsolute() && Files.isRegularFile(found) && Files.isExecutable(found)) {
                return Optional.of(found);
            }
        }
        return Optional.empty();
    }

    /**
     * @param java the real path of the java command
     * @return what comes before the command to run inside
     */
    static List<String> prefix(
            Path bwrap, boolean root, Path java, List<Path> readable, Path writable) {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                bwrap.toString(),
                                "--die-with-parent",
                                "--new-session",
                                "--unshare-ipc",
                                "--unshare-pid",
                                "--unshare-net",
                                "--unshare-uts",
                                "--unshare-cgroup-try",
                                "--cap-drop",
                                "ALL"));
        command.addAll(
                root
                        ? List.of("--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID")
                        : List.of("--unshare-user"));
        Set<Path> binds = new LinkedHashSet<>();
        SYSTEM.stream().map(Path::of).filter(Files::exists).forEach(binds::add);
        Path home = java.resolve("../..").normalize();
        add(binds, home);
        for (String linked : List.of("conf/net.properties", "conf/security/java.security")) {
            try {
                add(binds, home.resolve(linked).toRealPath().resolve("..").normalize());
            } catch (IOException e) {
                continue; // the JDK keeps it elsewhere; the self-test says if it misses it
            }
        }
        readable.forEach(path -> add(binds, path));
        Set<Path> folders = new LinkedHashSet<>();
        binds.forEach(path -> above(folders, path));
        above(folders, writable);
        // bwrap would make them readable for root only.
        folders.stream()
                .filter(folder -> binds.stream().noneMatch(folder::startsWith))
                .forEach(folder -> command.addAll(List.of("--dir", folder.toString())));
        binds.forEach(
                path -> command.addAll(List.of("--ro-bind", path.toString(), path.toString())));
        command.addAll(List.of("--dir", "/dev"));
        for (String device : List.of("/dev/null", "/dev/random", "/dev/urandom")) {
            command.addAll(List.of("--dev-bind", device, device));
        }
        command.addAll(List.of("--proc", "/proc"));
        command.addAll(List.of("--bind", writable.toString(), writable.toString()));
        command.addAll(List.of("--remount-ro", "/", "--chdir", "/"));
        return command;
    }

    private static void add(Set<Path> binds, Path path) {
        if (binds.stream().noneMatch(path::startsWith)) {
            binds.add(path);
        }
    }

    /** Every folder above, from the top. */
    private static void above(Set<Path> folders, Path path) {
        Path parent = path.getParent();
        if (parent != null && parent.getParent() != null) {
            above(folders, parent);
            folders.add(parent);
        }
    }
}
