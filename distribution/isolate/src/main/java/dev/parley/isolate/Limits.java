package dev.parley.isolate;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import dev.parley.isolate.Machine.Call;

/**
 * What the kernel lets the plugin's JVM use. A JVM with our flags starts with about 40 MiB of
 * private memory and 450 MiB of addresses, on 17 and on 25.
 *
 * <p>They are set last, when stage-0 itself needs nothing more. They are far above what it uses, so
 * none of its other threads can meet them before it is gone.
 */
final class Limits {
    static final long MIB = 1 << 20;

    /**
     * Private memory: heap, classes, code, direct buffers, what native code allocates, and stacks.
     */
    static final long DATA_BYTES = 256 * MIB;

    /** All addresses, so also memory shared with files. */
    static final long ADDRESS_BYTES = 768 * MIB;

    static final long FILE_BYTES = 32 * MIB;
    static final long FILES = 512;

    private static final int FSIZE = 1;
    private static final int DATA = 2;
    private static final int CORE = 4;
    private static final int NPROC = 6;
    private static final int NOFILE = 7;
    private static final int AS = 9;

    private final Kernel kernel;

    Limits(Kernel kernel) {
        this.kernel = kernel;
    }

    /**
     * @param threads how many threads there may be of what the kernel counts together: those of one
     *     user in one user namespace
     */
    void set(long threads) {
        limit(CORE, 0);
        limit(FSIZE, FILE_BYTES);
        limit(NOFILE, FILES);
        limit(NPROC, threads);
        limit(AS, ADDRESS_BYTES);
        limit(DATA, DATA_BYTES);
    }

    private void limit(int resource, long value) {
        Memory limit = new Memory(16);
        limit.setLong(0, value);
        limit.setLong(8, value);
        kernel.call(
                "prlimit " + resource, Call.PRLIMIT64, 0L, (long) resource, limit, Pointer.NULL);
    }
}
