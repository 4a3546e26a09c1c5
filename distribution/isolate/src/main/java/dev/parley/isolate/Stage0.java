package dev.parley.isolate;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.StringArray;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Locks this process in and becomes the plugin's JVM: limits, an unprivileged user if we are root,
 * no new privileges, Landlock, seccomp, and then {@code execve}. Nothing of the plugin is in this
 * process before that.
 *
 * <p>All of it happens on the main thread: the kernel applies it to that thread, and {@code execve}
 * makes that thread the whole new process. Anything that fails ends the process with code 97 and a
 * line that says what; it never goes on without.
 *
 * <p>Arguments: {@code --uid N} (0 keeps the user), {@code --rw DIR}, {@code --ro PATH}…, {@code
 * --} and the command.
 */
public final class Stage0 {
    private static final int FAILED = 97;
    private static final int PR_SET_NO_NEW_PRIVS = 38;
    private static final long FS_READ = 1 << 2 | 1 << 3; // READ_FILE, READ_DIR
    private static final long FS_EXECUTE = 1;
    private static final long FS_WRITE_FILE = 1 << 1;

    // x86-64 system calls
    private static final int EXECVE = 59;
    private static final int PRCTL = 157;
    private static final int SETGROUPS = 116;
    private static final int SETRESUID = 117;
    private static final int SETRESGID = 119;
    private static final int PRLIMIT64 = 302;
    private static final int SECCOMP = 317;
    private static final int OPEN = 2;
    private static final int LANDLOCK_CREATE = 444;
    private static final int LANDLOCK_ADD = 445;
    private static final int LANDLOCK_RESTRICT = 446;

    private final NativeLibrary libc = NativeLibrary.getInstance("c");
    private final Function syscall = libc.getFunction("syscall");

    private Stage0() {}

    public static void main(String[] words) {
        try {
            new Stage0().run(List.of(words));
        } catch (IllegalStateException | UnsatisfiedLinkError e) {
            System.err.println("sandbox: " + e.getMessage());
        }
        Runtime.getRuntime().halt(FAILED);
    }

    private long call(String what, int number, Object... arguments) {
        Object[] all = new Object[arguments.length + 1];
        all[0] = (long) number;
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        long result = syscall.invokeLong(all);
        if (result < 0) {
            throw new IllegalStateException(what + " failed with errno " + Native.getLastError());
        }
        return result;
    }

    private void run(List<String> words) {
        if (!"amd64".equals(System.getProperty("os.arch"))) {
            throw new IllegalStateException(
                    "this tier knows x86-64 only, found " + System.getProperty("os.arch"));
        }
        long uid = 0;
        String writable = "";
        List<String> readable = new ArrayList<>();
        int i = 0;
        for (; !words.get(i).equals("--"); i += 2) {
            String value = words.get(i + 1);
            switch (words.get(i)) {
                case "--uid" -> uid = Long.parseLong(value);
                case "--rw" -> writable = value;
                case "--ro" -> readable.add(value);
                default -> throw new IllegalStateException("unknown option " + words.get(i));
            }
        }
        List<String> command = words.subList(i + 1, words.size());
        limits();
        int ruleset = ruleset(command.get(0), writable, readable);
        if (uid != 0) {
            call("setgroups", SETGROUPS, 0L, Pointer.NULL);
            call("setresgid", SETRESGID, uid, uid, uid);
            call("setresuid", SETRESUID, uid, uid, uid);
        }
        call("no_new_privs", PRCTL, (long) PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L);
        call("landlock_restrict_self", LANDLOCK_RESTRICT, (long) ruleset, 0L);
        Memory path = text(command.get(0));
        StringArray arguments = new StringArray(command.toArray(new String[0]));
        StringArray environment =
                new StringArray(new String[] {"LANG=C.UTF-8", "PATH=/nonexistent"});
        Memory filter = SeccompFilter.program(Pointer.nativeValue(path));
        Memory program = new Memory(16);
        program.setShort(0, (short) (filter.size() / 8));
        program.setPointer(8, filter);
        call("seccomp", SECCOMP, 1L, 0L, program);
        call("execve " + command.get(0), EXECVE, path, arguments, environment);
    }

    private static Memory text(String value) {
        byte[] bytes = Native.toByteArray(value, "UTF-8");
        Memory memory = new Memory(bytes.length);
        memory.write(0, bytes, 0, bytes.length);
        return memory;
    }

    /** File descriptors, processes of that user, file size and no core files. */
    private void limits() {
        limit(7, 512);
        limit(6, 512);
        limit(1, 32L << 20);
        limit(4, 0);
    }

    private void limit(int resource, long value) {
        Memory limit = new Memory(16);
        limit.setLong(0, value);
        limit.setLong(8, value);
        call("prlimit", PRLIMIT64, 0L, (long) resource, limit, Pointer.NULL);
    }

    /**
     * Landlock: what is not named here cannot be opened, and no network or outside signal at all.
     */
    private int ruleset(String java, String writable, List<String> readable) {
        long abi =
                call(
                        "landlock (is it enabled in this kernel?)",
                        LANDLOCK_CREATE,
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
        int ruleset = (int) call("landlock_create_ruleset", LANDLOCK_CREATE, attributes, size, 0L);
        Path javaHome = real(Path.of(java)).resolve("../..").normalize();
        allow(ruleset, javaHome.toString(), FS_READ | FS_EXECUTE, true);
        for (String system : List.of("/lib", "/lib64", "/usr/lib", "/usr/lib64")) {
            allow(ruleset, system, FS_READ | FS_EXECUTE, false);
        }
        // Debian keeps the files of a JDK's configuration outside of it, behind links.
        for (String linked : List.of("conf/net.properties", "conf/security/java.security")) {
            Path folder = real(javaHome.resolve(linked)).resolve("..").normalize();
            allow(ruleset, folder.toString(), FS_READ, false);
        }
        for (String file : List.of("/etc/ld.so.cache", "/dev/urandom", "/dev/random")) {
            allow(ruleset, file, 1 << 2, false);
        }
        allow(ruleset, "/dev/null", 1 << 2 | FS_WRITE_FILE, false);
        for (String path : readable) {
            allow(ruleset, path, Files.isDirectory(Path.of(path)) ? FS_READ : 1 << 2, true);
        }
        allow(
                ruleset,
                writable,
                all & ~FS_EXECUTE & ~(1L << 6 | 1L << 9 | 1L << 10 | 1L << 11 | 1L << 12),
                true);
        return ruleset;
    }

    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (java.io.IOException e) {
            return path;
        }
    }

    private void allow(int ruleset, String path, long access, boolean mandatory) {
        if (!mandatory && !Files.exists(Path.of(path), LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        int fd =
                (int)
                        call(
                                "opening " + path,
                                OPEN,
                                text(path),
                                0x20_0000L | 0x8_0000L); // O_PATH, O_CLOEXEC
        Memory rule = new Memory(12);
        rule.setLong(0, access);
        rule.setInt(8, fd);
        call("landlock rule for " + path, LANDLOCK_ADD, (long) ruleset, 1L, rule, 0L);
    }
}
