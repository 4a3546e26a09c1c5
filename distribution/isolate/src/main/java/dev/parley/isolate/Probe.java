package dev.parley.isolate;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Tries, from inside a sandbox, what a plugin must not be able to do. One line an attack on
 * standard output: its name and {@code denied} or {@code POSSIBLE}. The container starts it before
 * it trusts a tier.
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
        attack("read-file", () -> Files.readAllBytes(secret));
        attack("read-passwd", () -> Files.readAllBytes(Path.of("/etc/passwd")));
        attack("write-file", () -> Files.write(outside, new byte[1]));
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
        System.out.println("probed");
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
