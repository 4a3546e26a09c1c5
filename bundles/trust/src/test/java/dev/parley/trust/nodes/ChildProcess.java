package dev.parley.trust.nodes;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A process of its own for what a test lets end, or kills, in the middle. */
public final class ChildProcess {
    private ChildProcess() {}

    /** Of this JVM and class path, quick to begin; whoever starts it says where its output goes. */
    public static ProcessBuilder of(Class<?> main, Object... words) {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                main.getName()));
        for (Object word : words) {
            command.add(word.toString());
        }
        return new ProcessBuilder(command);
    }
}
