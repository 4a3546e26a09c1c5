package dev.parley.isolate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.isolate.SeccompFilter.Instruction;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The programs of both processors, run by a small interpreter of the instructions that they use.
 * The numbers of the attacks are written here again, from the kernel's headers.
 */
class SeccompFilterTest {
    private static final int REFUSED = SeccompFilter.ERRNO | SeccompFilter.EPERM;
    private static final int UNKNOWN = SeccompFilter.ERRNO | SeccompFilter.ENOSYS;
    private static final int PID = 4711;
    private static final long PATH = 0x7f12_8000_9abcL;
    private static final int X86_64 = 0xc000_003e;
    private static final int AARCH64 = 0xc000_00b7;

    /** Name, number on x86-64, number on aarch64. */
    private static final Map<String, int[]> REFUSED_CALLS =
            Map.ofEntries(
                    Map.entry("socket", new int[] {41, 198}),
                    Map.entry("connect", new int[] {42, 203}),
                    Map.entry("bind", new int[] {49, 200}),
                    Map.entry("listen", new int[] {50, 201}),
                    Map.entry("accept", new int[] {43, 202}),
                    Map.entry("accept4", new int[] {288, 242}),
                    Map.entry("sendto", new int[] {44, 206}),
                    Map.entry("sendmsg", new int[] {46, 211}),
                    Map.entry("ptrace", new int[] {101, 117}),
                    Map.entry("process_vm_readv", new int[] {310, 270}),
                    Map.entry("process_vm_writev", new int[] {311, 271}),
                    Map.entry("execveat", new int[] {322, 281}),
                    Map.entry("unshare", new int[] {272, 97}),
                    Map.entry("setns", new int[] {308, 268}),
                    Map.entry("mount", new int[] {165, 40}),
                    Map.entry("umount2", new int[] {166, 39}),
                    Map.entry("pivot_root", new int[] {155, 41}),
                    Map.entry("chroot", new int[] {161, 51}),
                    Map.entry("bpf", new int[] {321, 280}),
                    Map.entry("keyctl", new int[] {250, 219}),
                    Map.entry("userfaultfd", new int[] {323, 282}),
                    Map.entry("perf_event_open", new int[] {298, 241}),
                    Map.entry("init_module", new int[] {175, 105}),
                    Map.entry("kexec_load", new int[] {246, 104}),
                    Map.entry("io_uring_setup", new int[] {425, 425}),
                    Map.entry("memfd_create", new int[] {319, 279}),
                    Map.entry("shmget", new int[] {29, 194}),
                    Map.entry("mq_open", new int[] {240, 180}),
                    Map.entry("tkill", new int[] {200, 130}),
                    Map.entry("pidfd_send_signal", new int[] {424, 424}),
                    Map.entry("pidfd_open", new int[] {434, 434}));

    /** What a JVM cannot do without. */
    private static final Map<String, int[]> ALLOWED_CALLS =
            Map.ofEntries(
                    Map.entry("read", new int[] {0, 63}),
                    Map.entry("write", new int[] {1, 64}),
                    Map.entry("openat", new int[] {257, 56}),
                    Map.entry("close", new int[] {3, 57}),
                    Map.entry("mmap", new int[] {9, 222}),
                    Map.entry("mprotect", new int[] {10, 226}),
                    Map.entry("munmap", new int[] {11, 215}),
                    Map.entry("futex", new int[] {202, 98}),
                    Map.entry("rt_sigaction", new int[] {13, 134}),
                    Map.entry("socketpair", new int[] {53, 199}),
                    Map.entry("clock_nanosleep", new int[] {230, 115}),
                    Map.entry("getrandom", new int[] {318, 278}),
                    Map.entry("unlinkat", new int[] {263, 35}),
                    Map.entry("prlimit64", new int[] {302, 261}),
                    Map.entry("exit_group", new int[] {231, 94}));

    private static int runAs(Machine machine, int arch, int number, long... arguments) {
        List<Instruction> program = SeccompFilter.program(machine, PID, PATH);
        int accumulator = 0;
        for (int at = 0; at < program.size(); at++) {
            Instruction now = program.get(at);
            switch (now.code()) {
                case 0x20 -> accumulator = word(now.value(), arch, number, arguments);
                case 0x06 -> {
                    return now.value();
                }
                case 0x15 -> at += accumulator == now.value() ? now.whenTrue() : now.whenFalse();
                case 0x35 ->
                        at +=
                                Integer.compareUnsigned(accumulator, now.value()) >= 0
                                        ? now.whenTrue()
                                        : now.whenFalse();
                case 0x45 ->
                        at += (accumulator & now.value()) != 0 ? now.whenTrue() : now.whenFalse();
                default -> throw new AssertionError("unknown instruction " + now);
            }
        }
        throw new AssertionError("the program has no end");
    }

    /** One word of the kernel's struct seccomp_data: number, arch, 8 bytes address, arguments. */
    private static int word(int offset, int arch, int number, long... arguments) {
        if (offset < 8) {
            return offset == 0 ? number : arch;
        }
        int index = (offset - 16) / 8;
        long argument = index < arguments.length ? arguments[index] : 0;
        return (int) (offset % 8 == 0 ? argument : argument >>> 32);
    }

    private static int run(Machine machine, int number, long... arguments) {
        return runAs(machine, arch(machine), number, arguments);
    }

    private static int arch(Machine machine) {
        return machine == Machine.X86_64 ? X86_64 : AARCH64;
    }

    private static int pick(Machine machine, int[] numbers) {
        return numbers[machine == Machine.X86_64 ? 0 : 1];
    }

    @ParameterizedTest
    @EnumSource
    void whatAJvmNeedsIsAllowed(Machine machine) {
        ALLOWED_CALLS.forEach(
                (name, numbers) ->
                        assertThat(run(machine, pick(machine, numbers)))
                                .as(name)
                                .isEqualTo(SeccompFilter.ALLOW));
    }

    @ParameterizedTest
    @EnumSource
    void whatReachesOutIsRefused(Machine machine) {
        REFUSED_CALLS.forEach(
                (name, numbers) ->
                        assertThat(run(machine, pick(machine, numbers)))
                                .as(name)
                                .isEqualTo(REFUSED));
    }

    @ParameterizedTest
    @EnumSource
    void onlyThreadsAreMadeAndNoProcesses(Machine machine) {
        int clone = pick(machine, new int[] {56, 220});
        assertThat(run(machine, clone, 0x3d_0f00)).isEqualTo(SeccompFilter.ALLOW);
        assertThat(run(machine, clone, 17)).isEqualTo(REFUSED);
        assertThat(run(machine, clone, 0x4111)).as("vfork by clone").isEqualTo(REFUSED);
        assertThat(run(machine, 435)).as("clone3").isEqualTo(UNKNOWN);
        if (machine == Machine.X86_64) {
            assertThat(run(machine, 57)).as("fork").isEqualTo(REFUSED);
            assertThat(run(machine, 58)).as("vfork").isEqualTo(REFUSED);
        }
    }

    @ParameterizedTest
    @EnumSource
    void onlyTheOnePathIsExecuted(Machine machine) {
        int execve = pick(machine, new int[] {59, 221});
        assertThat(run(machine, execve, PATH)).isEqualTo(SeccompFilter.ALLOW);
        assertThat(run(machine, execve, PATH + 1)).isEqualTo(REFUSED);
        assertThat(run(machine, execve, PATH & 0xffff_ffffL)).isEqualTo(REFUSED);
        assertThat(run(machine, execve, PATH + (1L << 32))).isEqualTo(REFUSED);
    }

    @ParameterizedTest
    @EnumSource
    void signalsGoToItselfOnly(Machine machine) {
        for (int[] signal : new int[][] {{62, 129}, {234, 131}, {129, 138}, {297, 240}}) {
            int number = pick(machine, signal);
            assertThat(run(machine, number, PID)).isEqualTo(SeccompFilter.ALLOW);
            for (long other : new long[] {1, 0, -1, -PID, PID + 1}) {
                assertThat(run(machine, number, other)).as("to %s", other).isEqualTo(REFUSED);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void anotherProcessorsCallsEndIt(Machine machine) {
        int other = machine == Machine.X86_64 ? AARCH64 : X86_64;
        for (int arch : new int[] {other, 0x4000_0003, 0x4000_0028, 0}) {
            assertThat(runAs(machine, arch, 0)).isEqualTo(SeccompFilter.KILL);
            assertThat(runAs(machine, arch, 59, PATH)).isEqualTo(SeccompFilter.KILL);
        }
        if (machine == Machine.X86_64) {
            assertThat(run(machine, 0x4000_0000)).as("x32").isEqualTo(SeccompFilter.KILL);
            assertThat(run(machine, 0x4000_0000 | 41)).isEqualTo(SeccompFilter.KILL);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsYoungerThanTheFilterIsNotThere(Machine machine) {
        for (int number : new int[] {451, 462, 9999, 0x3fff_ffff}) {
            assertThat(run(machine, number)).isEqualTo(UNKNOWN);
        }
    }

    @Test
    void otherProcessorsAreRefused() {
        assertThat(Machine.of("amd64")).isEqualTo(Machine.X86_64);
        assertThat(Machine.of("aarch64")).isEqualTo(Machine.AARCH64);
        assertThatThrownBy(() -> Machine.of("riscv64")).hasMessageContaining("riscv64");
    }
}
