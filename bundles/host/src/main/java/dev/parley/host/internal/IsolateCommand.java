package dev.parley.host.internal;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The command lines of children.
 *
 * @param base the folder with the runtime
 * @param java the real path of the java command
 */
record IsolateCommand(Path base, String java, IsolateUser user, Optional<Path> bwrap) {
    static final String JAR = "isolate.jar";
    static final String ARCHIVE = "isolate.jsa";

    /** JNA's native part, so that stage-0 need not unpack it each time. */
    static final String LIBRARY = "libjnidispatch.so";

    private static final List<String> JVM =
            List.of(
                    "-Xmx64m",
                    "-Xms8m",
                    "-Xss512k",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-XX:CompressedClassSpaceSize=16m",
                    "-XX:ReservedCodeCacheSize=24m",
                    "-XX:MaxDirectMemorySize=16m",
                    "-XX:-UsePerfData",
                    "-XX:+DisplayVMOutputToStderr",
                    "-XX:+ExitOnOutOfMemoryError",
                    "-Xlog:disable",
                    "-Xlog:all=warning:stderr",
                    "-Xshare:auto");

    /** Stage-0 must itself stay far below the limits that it sets. */
    private static final List<String> STAGE_0 =
            List.of(
                    "-Xmx16m",
                    "-Xss512k",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-XX:CompressedClassSpaceSize=16m",
                    "-XX:ReservedCodeCacheSize=8m",
                    "-XX:-UsePerfData",
                    "-Xlog:disable",
                    "-Xlog:all=warning:stderr",
                    "-Xshare:auto",
                    "--enable-native-access=ALL-UNNAMED");

    private Path at(String name) {
        return base.resolve(name);
    }

    /** Of a JVM in this tier that runs this class; it can read one file more than the runtime. */
    List<String> of(Tier tier, Sandbox.Cell cell, Path readable, List<String> classAndArguments) {
        List<Path> files = new ArrayList<>(List.of(at(JAR), readable));
        List<String> child = new ArrayList<>(List.of(java));
        child.addAll(JVM);
        if (Files.exists(at(ARCHIVE))) {
            child.add("-XX:SharedArchiveFile=" + at(ARCHIVE));
            files.add(at(ARCHIVE));
        }
        child.add("-Djava.io.tmpdir=" + cell.cache());
        child.addAll(natives());
        child.addAll(List.of("-cp", at(JAR).toString()));
        child.addAll(classAndArguments);
        if (!tier.confined()) {
            return child;
        }
        List<String> command = new ArrayList<>();
        if (tier == Tier.BUBBLEWRAP) {
            List<Path> bound = new ArrayList<>(files);
            bound.add(at(LIBRARY));
            command.addAll(
                    Bubblewrap.prefix(
                            bwrap.orElseThrow(), user.root(), Path.of(java), bound, cell.cache()));
        }
        command.add(java);
        command.addAll(STAGE_0);
        command.addAll(natives());
        command.addAll(List.of("-cp", at(JAR).toString(), "dev.parley.isolate.Stage0"));
        // bwrap sees to the end together itself, and has numbers of processes of its own.
        long parent = tier == Tier.BUBBLEWRAP ? 0 : ProcessHandle.current().pid();
        command.addAll(List.of("--uid", Long.toString(cell.uid())));
        command.addAll(List.of("--parent", Long.toString(parent)));
        command.addAll(List.of("--threads", Long.toString(user.threads(tier, cell.uid()))));
        command.addAll(List.of("--rw", cell.cache().toString()));
        files.forEach(path -> command.addAll(List.of("--ro", path.toString())));
        command.add("--");
        command.addAll(child);
        return command;
    }

    private List<String> natives() {
        return List.of("-Djna.nounpack=true", "-Djna.boot.library.path=" + base);
    }

    /** Of the JVM that makes the class archive. */
    List<String> making(Path cache) {
        List<String> command = new ArrayList<>(List.of(java));
        command.addAll(JVM);
        command.addAll(
                List.of(
                        "-XX:ArchiveClassesAtExit=" + at(ARCHIVE),
                        "-cp",
                        at(JAR).toString(),
                        "dev.parley.isolate.Warm"));
        command.add(cache.toString());
        return command;
    }
}
