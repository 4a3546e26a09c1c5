package dev.parley.launcher;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The unpacked distribution: {@code lib}, {@code bundles} and {@code isolate} side by side. */
record Installation(Path root) {
    static Installation find() throws UsageException {
        String given = System.getProperty("parley.home", "");
        try {
            Path root =
                    given.isEmpty()
                            ? Path.of(
                                            Installation.class
                                                    .getProtectionDomain()
                                                    .getCodeSource()
                                                    .getLocation()
                                                    .toURI())
                                    .resolveSibling("..")
                                    .normalize()
                            : Path.of(given);
            if (!Files.isDirectory(root.resolve("bundles"))) {
                throw new UsageException(
                        "no folder 'bundles' in " + root + "; build the distribution again");
            }
            return new Installation(root);
        } catch (URISyntaxException e) {
            throw new UsageException("cannot tell where the distribution is: " + e.getMessage());
        }
    }

    Path isolateJar() {
        return root.resolve("isolate").resolve("isolate.jar");
    }

    /**
     * The bundles in a fixed order, by file name.
     *
     * @param shell whether Gogo and what only it uses are among them
     */
    List<Path> bundles(boolean shell) throws IOException {
        try (Stream<Path> files = Files.list(root.resolve("bundles"))) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    .filter(file -> shell || !forShell(file.getFileName().toString()))
                    .sorted((a, b) -> a.getFileName().compareTo(b.getFileName()))
                    .toList();
        }
    }

    private static boolean forShell(String name) {
        return name.startsWith("shell-") || name.startsWith("org.apache.felix.gogo.");
    }
}
