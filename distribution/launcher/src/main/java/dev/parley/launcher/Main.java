package dev.parley.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.osgi.framework.BundleException;

/**
 * Runs one container in this process until it is stopped.
 *
 * <p>Exit codes: 0 stopped as told, 1 it could not start, 2 wrong words on the command line. When
 * every room is up and the local REST address is known, one line {@code READY …} is printed.
 */
public final class Main {
    private static final long READY_MILLIS = 30_000;

    private Main() {}

    public static void main(String[] words) throws InterruptedException {
        System.exit(run(List.of(words)));
    }

    private static int run(List<String> words) throws InterruptedException {
        if (words.contains("--help") || words.contains("-h")) {
            System.out.print(Options.HELP);
            return 0;
        }
        try {
            Options options = Options.parse(words);
            Preload.jdk();
            Installation installation = Installation.find();
            try (DataFolder data = DataFolder.open(options.data())) {
                return runIn(installation, options, data);
            }
        } catch (UsageException e) {
            System.err.println("parley: " + e.getMessage());
            return 2;
        } catch (IOException e) {
            System.err.println("parley: cannot start: " + e);
            return 1;
        }
    }

    private static int runIn(Installation installation, Options options, DataFolder data)
            throws IOException, InterruptedException {
        LogFiles.open(data);
        Path rest = Path.of(data.at("rest.json"));
        Files.deleteIfExists(rest);
        Container container;
        try {
            container = Container.start(installation, options, data);
        } catch (BundleException | RuntimeException e) {
            System.err.println(
                    "parley: cannot start: " + e.getMessage() + "; details in " + data.at("logs"));
            System.getLogger("dev.parley.launcher")
                    .log(System.Logger.Level.ERROR, "cannot start", e);
            return 1;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(container::stop, "parley-shutdown"));
        if (!awaitFile(rest)) {
            System.err.println(Diagnosis.of(container.context(), data.at("logs")));
            container.stop();
            return 1;
        }
        System.out.println("READY " + options.name() + " " + Files.readString(rest).strip());
        System.out.flush();
        makeArchives();
        container.awaitStop();
        Files.deleteIfExists(rest);
        return 0;
    }

    /**
     * The start script names itself if class archives are missing: this start was slow without
     * them, the next is not.
     */
    private static void makeArchives() {
        String script = System.getProperty("parley.maker", "");
        if (script.isEmpty()) {
            return;
        }
        try {
            new ProcessBuilder("nice", "-n", "10", script, "archives")
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .getOutputStream()
                    .close();
        } catch (IOException e) {
            System.getLogger("dev.parley.launcher")
                    .log(System.Logger.Level.INFO, "no class archives are made: {0}", e.toString());
        }
    }

    private static boolean awaitFile(Path file) throws InterruptedException {
        long end = System.nanoTime() + READY_MILLIS * 1_000_000;
        while (!Files.exists(file)) {
            if (System.nanoTime() > end) {
                return false;
            }
            Thread.sleep(5);
        }
        return true;
    }
}
