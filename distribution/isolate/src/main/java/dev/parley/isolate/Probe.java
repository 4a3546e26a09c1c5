package dev.parley.isolate;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.stream.Stream;

/**
 * Tries, from inside a sandbox, what a plugin must not be able to do: through the JDK, and by
 * system calls as native code would make them. One line an attack on standard output: its name and
 * {@code denied} or {@code POSSIBLE}. The container starts it before it trusts a tier.
 *
 * <p>Arguments: a file that it may not read, a port that it may not connect to, a file that it may
 * not make, the container's process, and {@code apart} if not even the first and the last may be
 * visible.
 */
public final class Probe {
    private Probe() {}

    private interface Attack {
        void run() throws IOException;
    }

    public static void main(String[] words) {
        Path secret = Path.of(words[0]);
        int port = Integer.parseInt(words[1]);
        Path outside = Path.of(words[2]);
        long container = Long.parseLong(words[3]);
        Path inside = Path.of(System.getProperty("java.io.tmpdir"), "probe");
        attack("read-file", () -> Files.readAllBytes(secret));
        attack("read-passwd", () -> Files.readAllBytes(Path.of("/etc/passwd")));
        attack("write-file", () -> Files.write(outside, new byte[1]));
        attack("large-file", () -> extend(inside, Limits.FILE_BYTES + 1));
        attack(
                "connect",
                () -> {
                    try (Socket socket = new Socket()) {
                        socket.connect(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                                1000);
                    }
                });
        attack("exec", () -> new ProcessBuilder("/bin/sh", "-c", "true").start());
        attack(
                "list-processes",
                () -> {
                    try (Stream<Path> files = Files.list(Path.of("/proc"))) {
                        if (files.noneMatch(it -> it.endsWith("1"))) {
                            throw new IOException("only our own");
                        }
                    }
                });
        boolean intel = Machine.of(System.getProperty("os.arch")) == Machine.X86_64;
        Kernel kernel = new Kernel(Machine.of(System.getProperty("os.arch")));
        // The numbers are written again, so that a wrong one in the filter's table is found.
        attack("unix-socket", () -> byNumber(kernel, intel ? 41 : 198, 1L, 1L, 0L));
        attack("signal", () -> byNumber(kernel, intel ? 62 : 129, container, 0L));
        attack("ptrace", () -> byNumber(kernel, intel ? 101 : 117, 0L, 0L, 0L, 0L));
        attack("namespace", () -> byNumber(kernel, intel ? 272 : 97, 0x1000_0000L));
        attack(
                "shared-memory",
                () -> byNumber(kernel, intel ? 319 : 279, Kernel.text("probe"), 0L));
        attack("ring", () -> byNumber(kernel, 425, 1L, new Memory(256)));
        attack(
                "addresses",
                () ->
                        byNumber(
                                kernel,
                                intel ? 9 : 222,
                                0L,
                                Limits.ADDRESS_BYTES,
                                0L,
                                0x22L,
                                -1L,
                                0L));
        attack(
                "private-memory",
                () -> byNumber(kernel, intel ? 9 : 222, 0L, Limits.DATA_BYTES, 3L, 0x22L, -1L, 0L));
        attack("be-root", () -> byNumber(kernel, intel ? 105 : 146, 0L, Pointer.NULL));
        if (words[4].equals("apart")) {
            attack("see-file", () -> Files.readAttributes(secret, BasicFileAttributes.class));
            attack("see-processes", () -> firstOfItsKind(ProcessHandle.current().pid()));
        }
        System.out.println("probed");
    }

    /** In a namespace of its own only bwrap and this process have got numbers. */
    private static void firstOfItsKind(long pid) throws IOException {
        if (pid < 10) {
            throw new IOException("alone");
        }
    }

    private static void extend(Path file, long size) throws IOException {
        try (RandomAccessFile large = new RandomAccessFile(file.toFile(), "rw")) {
            large.setLength(size);
        }
    }

    private static void byNumber(Kernel kernel, int number, Object... arguments)
            throws IOException {
        if (kernel.attempt(number, arguments) < 0) {
            throw new IOException("refused");
        }
    }

    private static void attack(String name, Attack attack) {
        String result = "POSSIBLE";
        try {
            attack.run();
        } catch (IOException | SecurityException e) {
            result = "denied";
        }
        System.out.println(name + " " + result);
    }
}
