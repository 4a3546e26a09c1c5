package dev.parley.isolate;

import com.sun.jna.Memory;
import java.util.ArrayList;
import java.util.List;

/**
 * The seccomp program (classic BPF) for x86-64: no sockets, no new processes, no other program,
 * nothing that reaches into other processes or the kernel. The one {@code execve} that starts the
 * plugin's JVM is known by the address of its path, which is gone with the old memory.
 */
final class SeccompFilter {
    private static final int ALLOW = 0x7fff_0000;
    private static final int KILL = 0x8000_0000;
    private static final int ERRNO = 0x0005_0000;
    private static final int EPERM = 1;
    private static final int ENOSYS = 38;
    private static final int ARCH_X86_64 = 0xc000_003e;
    private static final int X32 = 0x4000_0000;
    private static final int CLONE = 56;
    private static final int CLONE3 = 435;
    private static final int EXECVE = 59;
    private static final int CLONE_THREAD = 0x1_0000;

    /**
     * socket to accept4, fork, execveat, ptrace, mounts, modules, keys, bpf, io_uring and their
     * like. A socketpair reaches nobody but its maker, and the JDK's file channels need one.
     */
    private static final int[] DENIED = {
        41, 42, 43, 44, 46, 49, 50, 288, 307, 57, 58, 322, 101, 155, 161, 163, 165, 166, 167, 168,
        169, 170, 171, 172, 173, 175, 176, 179, 212, 246, 248, 249, 250, 272, 298, 303, 304, 308,
        310, 311, 313, 320, 321, 323, 425, 426, 427, 428, 429, 430, 431, 432, 433, 438, 440, 442,
        443
    };

    private SeccompFilter() {}

    private record Instruction(int code, int whenTrue, int whenFalse, int value) {}

    static Memory program(long execPath) {
        List<Instruction> program = new ArrayList<>();
        load(program, 4);
        program.add(new Instruction(0x15, 1, 0, ARCH_X86_64));
        ret(program, KILL);
        load(program, 0);
        program.add(new Instruction(0x35, 0, 1, X32));
        ret(program, KILL);
        for (int denied : DENIED) {
            program.add(new Instruction(0x15, 0, 1, denied));
            ret(program, ERRNO | EPERM);
        }
        program.add(new Instruction(0x15, 0, 1, CLONE3));
        ret(program, ERRNO | ENOSYS);
        program.add(new Instruction(0x15, 0, 4, CLONE));
        load(program, 16);
        program.add(new Instruction(0x45, 1, 0, CLONE_THREAD));
        ret(program, ERRNO | EPERM);
        ret(program, ALLOW);
        program.add(new Instruction(0x15, 0, 6, EXECVE));
        load(program, 16);
        program.add(new Instruction(0x15, 0, 3, (int) execPath));
        load(program, 20);
        program.add(new Instruction(0x15, 0, 1, (int) (execPath >>> 32)));
        ret(program, ALLOW);
        ret(program, ERRNO | EPERM);
        ret(program, ALLOW);
        Memory memory = new Memory(program.size() * 8L);
        for (int i = 0; i < program.size(); i++) {
            Instruction instruction = program.get(i);
            memory.setShort(i * 8L, (short) instruction.code());
            memory.setByte(i * 8L + 2, (byte) instruction.whenTrue());
            memory.setByte(i * 8L + 3, (byte) instruction.whenFalse());
            memory.setInt(i * 8L + 4, instruction.value());
        }
        return memory;
    }

    private static void load(List<Instruction> program, int offset) {
        program.add(new Instruction(0x20, 0, 0, offset));
    }

    private static void ret(List<Instruction> program, int action) {
        program.add(new Instruction(0x06, 0, 0, action));
    }
}
