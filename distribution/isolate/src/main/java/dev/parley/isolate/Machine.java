package dev.parley.isolate;

import java.util.Arrays;
import java.util.List;

/**
 * The numbers that a kind of processor gives to the system calls that stage-0 makes and that its
 * filter names. A call that a kind does not have is {@link #NONE} there.
 */
enum Machine {
    X86_64("amd64", 0xc000_003e, 0),
    AARCH64("aarch64", 0xc000_00b7, 1);

    static final int NONE = -1;

    /** From here on numbers are the same on both; what a kernel adds later is not known to us. */
    static final int FIRST_UNKNOWN = 451;

    /** A system call by name, with its number on x86-64 and on aarch64. */
    enum Call {
        CLONE(56, 220),
        CLONE3(435, 435),
        EXECVE(59, 221),
        KILL(62, 129),
        TGKILL(234, 131),
        RT_SIGQUEUEINFO(129, 138),
        RT_TGSIGQUEUEINFO(297, 240),
        GETPPID(110, 173),
        OPENAT(257, 56),
        PRCTL(157, 167),
        SETGROUPS(116, 159),
        SETRESUID(117, 147),
        SETRESGID(119, 149),
        PRLIMIT64(302, 261),
        SECCOMP(317, 277),
        LANDLOCK_CREATE(444, 444),
        LANDLOCK_ADD(445, 445),
        LANDLOCK_RESTRICT(446, 446);

        private final int[] numbers;

        Call(int... numbers) {
            this.numbers = numbers;
        }

        int on(Machine machine) {
            return numbers[machine.column];
        }
    }

    /**
     * Refused with EPERM. A socketpair reaches nobody but its maker, and the JDK's file channels
     * need one, so it is not here; messages over one are.
     */
    private static final int[][] DENIED = {
        {41, 198}, // socket
        {42, 203}, // connect
        {43, 202}, // accept
        {44, 206}, // sendto
        {46, 211}, // sendmsg
        {49, 200}, // bind
        {50, 201}, // listen
        {288, 242}, // accept4
        {307, 269}, // sendmmsg
        {57, NONE}, // fork
        {58, NONE}, // vfork
        {322, 281}, // execveat
        {101, 117}, // ptrace
        {200, 130}, // tkill
        {424, 424}, // pidfd_send_signal
        {434, 434}, // pidfd_open
        {438, 438}, // pidfd_getfd
        {310, 270}, // process_vm_readv
        {311, 271}, // process_vm_writev
        {312, 272}, // kcmp
        {440, 440}, // process_madvise
        {448, 448}, // process_mrelease
        // memory that belongs to no process and so to no limit
        {319, 279}, // memfd_create
        {447, 447}, // memfd_secret
        {29, 194}, // shmget
        {30, 196}, // shmat
        {31, 195}, // shmctl
        {67, 197}, // shmdt
        {64, 190}, // semget
        {65, 193}, // semop
        {66, 191}, // semctl
        {220, 192}, // semtimedop
        {68, 186}, // msgget
        {69, 189}, // msgsnd
        {70, 188}, // msgrcv
        {71, 187}, // msgctl
        {240, 180}, // mq_open
        // file systems
        {155, 41}, // pivot_root
        {161, 51}, // chroot
        {165, 40}, // mount
        {166, 39}, // umount2
        {428, 428}, // open_tree
        {429, 429}, // move_mount
        {430, 430}, // fsopen
        {431, 431}, // fsconfig
        {432, 432}, // fsmount
        {433, 433}, // fspick
        {442, 442}, // mount_setattr
        {179, 60}, // quotactl
        {443, 443}, // quotactl_fd
        {303, 264}, // name_to_handle_at
        {304, 265}, // open_by_handle_at
        {300, 262}, // fanotify_init
        {212, 18}, // lookup_dcookie
        // the machine as a whole
        {163, 89}, // acct
        {167, 224}, // swapon
        {168, 225}, // swapoff
        {169, 142}, // reboot
        {170, 161}, // sethostname
        {171, 162}, // setdomainname
        {172, NONE}, // iopl
        {173, NONE}, // ioperm
        {154, NONE}, // modify_ldt
        {103, 116}, // syslog
        {175, 105}, // init_module
        {313, 273}, // finit_module
        {176, 106}, // delete_module
        {246, 104}, // kexec_load
        {320, 294}, // kexec_file_load
        // parts of the kernel that have often been the way out
        {248, 217}, // add_key
        {249, 218}, // request_key
        {250, 219}, // keyctl
        {272, 97}, // unshare
        {308, 268}, // setns
        {298, 241}, // perf_event_open
        {321, 280}, // bpf
        {323, 282}, // userfaultfd
        {425, 425}, // io_uring_setup
        {426, 426}, // io_uring_enter
        {427, 427}, // io_uring_register
    };

    private final String name;
    private final int auditArch;
    private final int column;

    Machine(String name, int auditArch, int column) {
        this.name = name;
        this.auditArch = auditArch;
        this.column = column;
    }

    /**
     * @param osArch what the JVM calls the processor
     */
    static Machine of(String osArch) {
        for (Machine machine : values()) {
            if (machine.name.equals(osArch)) {
                return machine;
            }
        }
        throw new IllegalStateException("only amd64 and aarch64 are known here, found " + osArch);
    }

    int auditArch() {
        return auditArch;
    }

    List<Integer> denied() {
        return Arrays.stream(DENIED)
                .map(numbers -> numbers[column])
                .filter(number -> number != NONE)
                .toList();
    }
}
