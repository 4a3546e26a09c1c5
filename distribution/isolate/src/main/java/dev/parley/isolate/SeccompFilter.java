package dev.parley.isolate;

import dev.parley.isolate.Machine.Call;
import java.util.ArrayList;
import java.util.List;

/**
 * The seccomp program (classic BPF): no sockets, no new processes, no other program, no signal to
 * anybody else, nothing that reaches into other processes or the kernel. The one {@code execve}
 * that starts the plugin's JVM is known by the address of its path, which is gone with the old
 * memory.
 *
 * <p>Names of system calls that are younger than this class give ENOSYS, as on an older kernel.
 */
final class SeccompFilter {
    static final int ALLOW = 0x7fff_0000;
    static final int KILL = 0x8000_0000;
    static final int ERRNO = 0x0005_0000;
    static final int EPERM = 1;
    static final int ENOSYS = 38;
    static final int CLONE_THREAD = 0x1_0000;
    private static final int X32 = 0x4000_0000;

    // struct seccomp_data, little-endian
    private static final int NUMBER = 0;
    private static final int ARCH = 4;
    private static final int FIRST_ARGUMENT = 16;

    private static final int LOAD = 0x20;
    private static final int RETURN = 0x06;
    private static final int IF_EQUAL = 0x15;
    private static final int IF_AT_LEAST = 0x35;
    private static final int IF_ANY_BIT = 0x45;

    record Instruction(int code, int whenTrue, int whenFalse, int value) {}

    private final List<Instruction> program = new ArrayList<>();

    private SeccompFilter() {}

    /**
     * @param pid the only process that may be sent signals
     * @param execPath the address of the only path that may be executed
     */
    static List<Instruction> program(Machine machine, int pid, long execPath) {
        SeccompFilter filter = new SeccompFilter();
        filter.add(LOAD, 0, 0, ARCH);
        filter.add(IF_EQUAL, 1, 0, machine.auditArch());
        filter.end(KILL);
        filter.add(LOAD, 0, 0, NUMBER);
        if (machine == Machine.X86_64) {
            filter.add(IF_AT_LEAST, 0, 1, X32);
            filter.end(KILL);
        }
        filter.add(IF_AT_LEAST, 0, 1, Machine.FIRST_UNKNOWN);
        filter.end(ERRNO | ENOSYS);
        for (int denied : machine.denied()) {
            filter.add(IF_EQUAL, 0, 1, denied);
            filter.end(ERRNO | EPERM);
        }
        // glibc then falls back to clone, whose flags can be looked at.
        filter.add(IF_EQUAL, 0, 1, Call.CLONE3.on(machine));
        filter.end(ERRNO | ENOSYS);
        filter.add(IF_EQUAL, 0, 4, Call.CLONE.on(machine));
        filter.add(LOAD, 0, 0, FIRST_ARGUMENT);
        filter.add(IF_ANY_BIT, 1, 0, CLONE_THREAD);
        filter.end(ERRNO | EPERM);
        filter.end(ALLOW);
        for (Call signal :
                List.of(Call.KILL, Call.TGKILL, Call.RT_SIGQUEUEINFO, Call.RT_TGSIGQUEUEINFO)) {
            filter.add(IF_EQUAL, 0, 4, signal.on(machine));
            filter.add(LOAD, 0, 0, FIRST_ARGUMENT);
            filter.add(IF_EQUAL, 1, 0, pid);
            filter.end(ERRNO | EPERM);
            filter.end(ALLOW);
        }
        filter.add(IF_EQUAL, 0, 6, Call.EXECVE.on(machine));
        filter.add(LOAD, 0, 0, FIRST_ARGUMENT);
        filter.add(IF_EQUAL, 0, 3, (int) execPath);
        filter.add(LOAD, 0, 0, FIRST_ARGUMENT + 4);
        filter.add(IF_EQUAL, 0, 1, (int) (execPath >>> 32));
        filter.end(ALLOW);
        filter.end(ERRNO | EPERM);
        filter.end(ALLOW);
        return List.copyOf(filter.program);
    }

    private void add(int code, int whenTrue, int whenFalse, int value) {
        program.add(new Instruction(code, whenTrue, whenFalse, value));
    }

    private void end(int action) {
        add(RETURN, 0, 0, action);
    }
}
