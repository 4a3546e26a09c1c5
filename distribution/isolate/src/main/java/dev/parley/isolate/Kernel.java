package dev.parley.isolate;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import dev.parley.isolate.Machine.Call;

/** System calls by number, on the calling thread. */
final class Kernel {
    private final Machine machine;
    private final Function syscall = NativeLibrary.getInstance("c").getFunction("syscall");

    Kernel(Machine machine) {
        this.machine = machine;
    }

    /**
     * @return what the kernel gave back
     * @throws IllegalStateException if it refused, with the number of the error
     */
    long call(String what, Call call, Object... arguments) {
        long result = attempt(call.on(machine), arguments);
        if (result < 0) {
            throw new IllegalStateException(what + " failed with errno " + Native.getLastError());
        }
        return result;
    }

    /**
     * @return negative if the kernel refused
     */
    long attempt(int number, Object... arguments) {
        Object[] all = new Object[arguments.length + 1];
        all[0] = (long) number;
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return syscall.invokeLong(all);
    }

    static Memory text(String value) {
        byte[] bytes = Native.toByteArray(value, "UTF-8");
        Memory memory = new Memory(bytes.length);
        memory.write(0, bytes, 0, bytes.length);
        return memory;
    }
}
