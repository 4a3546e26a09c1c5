package dev.parley.isolate;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import dev.parley.isolate.Machine.Call;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;

/**
 * What the plugin's JVM may open: its runtime, what is named to it, and one folder to write in. No
 * network and no signal to the outside, where the kernel knows of that.
 */
final class Landlock {
    private static final long EXECUTE = 1;
    private static final long WRITE_FILE = 1 << 1;
    private static final long READ_FILE = 1 << 2;
    private static final long READ = READ_FILE | 1 << 3; // READ_DIR
    private static final long SPECIAL_FILES = 1L << 6 | 1L << 9 | 1L << 10 | 1L << 11 | 1L << 12;
    private static final long AT_FDCWD = -100;
    private static final long O_PATH_CLOEXEC = 0x20_0000L | 0x8_0000L;

    private final Kernel kernel;
    private final int ruleset;

    /** Opens what the rules name, so it must come before the user is changed. */
    Landlock(Kernel kernel, String java, String writable, List<String> readable) {
        this.kernel = kernel;
        long abi =
                kernel.call(
                        "landlock (is it enabled in this kernel?)",
                        Call.LANDLOCK_CREATE,
                        Pointer.NULL,
                        0L,
                        1L);
        long all = (1L << 13) - 1;
        all |= abi >= 2 ? 1L << 13 : 0;
        all |= abi >= 3 ? 1L << 14 : 0;
        all |= abi >= 5 ? 1L << 15 : 0;
        Memory attributes = new Memory(24);
        attributes.setLong(0, all);
        attributes.setLong(8, abi >= 4 ? 3 : 0);
        attributes.setLong(16, abi >= 6 ? 3 : 0);
        long size = abi >= 6 ? 24 : abi >= 4 ? 16 : 8;
        ruleset =
                (int)
                        kernel.call(
                                "landlock_create_ruleset",
                                Call.LANDLOCK_CREATE,
                                attributes,
                                size,
                                0L);
        Path javaHome = real(Path.of(java)).resolve("../..").normalize();
        allow(javaHome.toString(), READ | EXECUTE, true);
        for (String system : List.of("/lib", "/lib64", "/usr/lib", "/usr/lib64")) {
            allow(system, READ | EXECUTE, false);
        }
        // Debian keeps the files of a JDK's configuration outside of it, behind links.
        for (String linked : List.of("conf/net.properties", "conf/security/java.security")) {
            Path folder = real(javaHome.resolve(linked)).resolve("..").normalize();
            allow(folder.toString(), READ, false);
        }
        for (String file : List.of("/etc/ld.so.cache", "/dev/urandom", "/dev/random")) {
            allow(file, READ_FILE, false);
        }
        allow("/dev/null", READ_FILE | WRITE_FILE, false);
        for (String path : readable) {
            allow(path, Files.isDirectory(Path.of(path)) ? READ : READ_FILE, true);
        }
        allow(writable, all & ~EXECUTE & ~SPECIAL_FILES, true);
    }

    /** From here on this thread, and what it becomes, is held to the rules. */
    void restrict() {
        kernel.call("landlock_restrict_self", Call.LANDLOCK_RESTRICT, (long) ruleset, 0L);
    }

    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            return path;
        }
    }

    private void allow(String path, long access, boolean mandatory) {
        if (!mandatory && !Files.exists(Path.of(path), LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        int fd =
                (int)
                        kernel.call(
                                "opening " + path,
                                Call.OPENAT,
                                AT_FDCWD,
                                Kernel.text(path),
                                O_PATH_CLOEXEC,
                                0L);
        Memory rule = new Memory(12);
        rule.setLong(0, access);
        rule.setInt(8, fd);
        kernel.call("landlock rule for " + path, Call.LANDLOCK_ADD, (long) ruleset, 1L, rule, 0L);
    }
}
