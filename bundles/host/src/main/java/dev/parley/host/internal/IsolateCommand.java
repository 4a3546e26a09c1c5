package dev.parley.host.internal;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The command lines of children.
 *
 * @param runtime what every child runs
 * @param java the real path of the java command
 */
record IsolateCommand(IsolateRuntime runtime, String java, IsolateUser user, Optional<Path> bwrap) {
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

    /** Of a JVM in this tier that runs this class; it can read one file more than the runtime. */
    List<String> of(Tier tier, Sandbox.Cell cell, Path readable, List<String> classAndArguments) {
        List<Path> files = new ArrayList<>(List.of(runtime.jar(), readable));
        List<String> archive = new ArrayList<>();
        runtime.archive()
                .ifPresent(
                        path -> {
                            files.add(path);
                            archive.add("-XX:SharedArchiveFile=" + path);
                        });
        List<String> child = new ArrayList<>(List.of(java));
        child.addAll(JVM);
        child.addAll(archive);
        child.add("-Djava.io.tmpdir=" + cell.cache());
        child.addAll(natives(runtime.library()));
        child.addAll(List.of("-cp", runtime.jar().toString()));
        child.addAll(classAndArguments);
        if (!tier.confined()) {
            return child;
        }
        List<String> command = new ArrayList<>();
        if (tier == Tier.BUBBLEWRAP) {
            List<Path> bound = new ArrayList<>(files);
            bound.add(runtime.library());
            command.addAll(
                    Bubblewrap.prefix(
                            bwrap.orElseThrow(), user.root(), Path.of(java), bound, cell.cache()));
        }
        command.add(java);
        command.addAll(STAGE_0);
        command.addAll(archive);
        command.addAll(natives(runtime.library()));
        command.addAll(List.of("-cp", runtime.jar().toString(), "dev.parley.isolate.Stage0"));
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

    private static List<String> natives(Path library) {
        return List.of(
                "-Djna.nounpack=true",
                "-Djna.boot.library.path=" + library.resolve("..").normalize());
    }

    /** Of the JVM that makes the class archive. */
    static List<String> making(String java, Path jar, Path library, Path archive, Path cache) {
        List<String> command = new ArrayList<>(List.of(java));
        command.addAll(JVM);
        command.addAll(natives(library));
        command.addAll(
                List.of(
                        "-XX:ArchiveClassesAtExit=" + archive,
                        "-Djava.io.tmpdir=" + cache,
                        "-cp",
                        jar.toString(),
                        "dev.parley.isolate.Warm",
                        cache.toString()));
        return command;
    }
}
