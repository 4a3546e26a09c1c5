package dev.parley.launcher;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;

/**
 * Runs one container in this process until it is stopped.
 *
 * <p>Exit codes: 0 stopped as told, 1 it could not start, 2 wrong words on the command line. When
 * every room is up and the local REST address is known, one line {@code READY …} is printed.
 */
public final class Main {
    private static final long READY_MILLIS = 30_000;
    private static final long FAILURE_MILLIS = 500;
    private static final long STEP_MILLIS = 5;

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
            } catch (FileSystemException e) {
                throw new UsageException(
                        "cannot use the folder "
                                + options.data()
                                + ": "
                                + DataFolder.why(e)
                                + "; expected a folder that this user can write, or name another with --data");
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
        PrintStream terminal = System.err;
        // Libraries print stack traces; a person gets their reason, and the file has the rest.
        try (PrintStream quiet =
                new PrintStream(data.at("logs/start.log"), StandardCharsets.UTF_8)) {
            System.setErr(options.shell() ? terminal : quiet); // Gogo puts its own in between
            return start(installation, options, data, terminal);
        } finally {
            System.setErr(terminal);
        }
    }

    private static int start(
            Installation installation, Options options, DataFolder data, PrintStream terminal)
            throws IOException, InterruptedException {
        Path rest = Path.of(data.at("rest.json"));
        Files.deleteIfExists(rest);
        Container container;
        try {
            container = Container.start(installation, options, data);
        } catch (BundleException | RuntimeException e) {
            failed(terminal, String.valueOf(e.getMessage()), data);
            System.getLogger("dev.parley.launcher")
                    .log(System.Logger.Level.ERROR, "cannot start", e);
            return 1;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(container::stop, "parley-shutdown"));
        Optional<String> failure = awaitReady(rest, container.context());
        if (failure.isPresent()) {
            failed(terminal, failure.get(), data);
            container.stop();
            return 1;
        }
        if (!options.shell()) {
            System.setErr(terminal);
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

    private static void failed(PrintStream terminal, String why, DataFolder data) {
        terminal.println("parley: cannot start: " + why);
        terminal.println("parley: details are in " + data.at("logs"));
    }

    /**
     * @return why it will not get ready; nothing once it is
     */
    private static Optional<String> awaitReady(Path file, BundleContext context)
            throws InterruptedException {
        long waited = 0;
        while (!Files.exists(file)) {
            if (waited >= READY_MILLIS) {
                return Optional.of(Diagnosis.ofWaiting(context, READY_MILLIS));
            }
            if (waited >= FAILURE_MILLIS && waited % FAILURE_MILLIS == 0) {
                Optional<String> failure = Diagnosis.failure(context);
                if (failure.isPresent()) {
                    return failure;
                }
            }
            Thread.sleep(STEP_MILLIS);
            waited += STEP_MILLIS;
        }
        return Optional.empty();
    }
}
