package dev.parley.isolate;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import com.sun.jna.StringArray;
import dev.parley.isolate.Machine.Call;
import dev.parley.isolate.SeccompFilter.Instruction;
import java.util.ArrayList;
import java.util.List;

/**
 * Locks this process in and becomes the plugin's JVM: an unprivileged user if we are root, an end
 * together with the container, no new privileges, Landlock, limits, seccomp, and then {@code
 * execve}. Nothing of the plugin is in this process before that.
 *
 * <p>All of it happens on the main thread: the kernel applies it to that thread, and {@code execve}
 * makes that thread the whole new process. Anything that fails ends the process with code 97 and a
 * line that says what; it never goes on without.
 *
 * <p>Arguments: {@code --uid N} (0 keeps the user), {@code --parent PID} (0 if the end together is
 * somebody else's work), {@code --threads N}, {@code --rw DIR}, {@code --ro PATH}…, {@code --} and
 * the command.
 */
public final class Stage0 {
    private static final int FAILED = 97;
    private static final long PR_SET_PDEATHSIG = 1;
    private static final long PR_SET_NO_NEW_PRIVS = 38;
    private static final long SIGKILL = 9;

    private final Machine machine = Machine.of(System.getProperty("os.arch"));
    private final Kernel kernel = new Kernel(machine);

    private Stage0() {}

    public static void main(String[] words) {
        try {
            new Stage0().run(List.of(words));
        } catch (IllegalStateException | UnsatisfiedLinkError e) {
            System.err.println("sandbox: " + e.getMessage());
        }
        Runtime.getRuntime().halt(FAILED);
    }

    private void run(List<String> words) {
        long uid = 0;
        long parent = 0;
        long threads = 512;
        String writable = "";
        List<String> readable = new ArrayList<>();
        int i = 0;
        for (; !words.get(i).equals("--"); i += 2) {
            String value = words.get(i + 1);
            switch (words.get(i)) {
                case "--uid" -> uid = Long.parseLong(value);
                case "--parent" -> parent = Long.parseLong(value);
                case "--threads" -> threads = Long.parseLong(value);
                case "--rw" -> writable = value;
                case "--ro" -> readable.add(value);
                default -> throw new IllegalStateException("unknown option " + words.get(i));
            }
        }
        List<String> command = words.subList(i + 1, words.size());
        Landlock rules = new Landlock(kernel, command.get(0), writable, readable);
        if (uid != 0) {
            kernel.call("setgroups", Call.SETGROUPS, 0L, Pointer.NULL);
            kernel.call("setresgid", Call.SETRESGID, uid, uid, uid);
            kernel.call("setresuid", Call.SETRESUID, uid, uid, uid);
        }
        if (parent != 0) {
            endWith(parent);
        }
        kernel.call("no_new_privs", Call.PRCTL, PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L);
        rules.restrict();
        Memory path = Kernel.text(command.get(0));
        StringArray arguments = new StringArray(command.toArray(new String[0]));
        StringArray environment =
                new StringArray(
                        new String[] {"LANG=C.UTF-8", "PATH=/nonexistent", "MALLOC_ARENA_MAX=2"});
        Memory program = program(Pointer.nativeValue(path));
        new Limits(kernel).set(threads);
        kernel.call("seccomp", Call.SECCOMP, 1L, 0L, program);
        kernel.call("execve " + command.get(0), Call.EXECVE, path, arguments, environment);
    }

    /** A change of the user would undo this, so it comes after that. */
    private void endWith(long parent) {
        kernel.call("pdeathsig", Call.PRCTL, PR_SET_PDEATHSIG, SIGKILL, 0L, 0L, 0L);
        if (kernel.call("getppid", Call.GETPPID) != parent) {
            throw new IllegalStateException("the container has ended");
        }
    }

    private Memory program(long execPath) {
        List<Instruction> filter =
                SeccompFilter.program(machine, (int) ProcessHandle.current().pid(), execPath);
        Memory program = new Memory(16 + filter.size() * 8L);
        program.setShort(0, (short) filter.size());
        program.setPointer(8, program.share(16));
        for (int i = 0; i < filter.size(); i++) {
            Instruction instruction = filter.get(i);
            long at = 16 + i * 8L;
            program.setShort(at, (short) instruction.code());
            program.setByte(at + 2, (byte) instruction.whenTrue());
            program.setByte(at + 3, (byte) instruction.whenFalse());
            program.setInt(at + 4, instruction.value());
        }
        return program;
    }
}
