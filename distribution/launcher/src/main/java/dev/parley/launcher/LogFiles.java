package dev.parley.launcher;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.logging.ConsoleHandler;
import java.util.logging.FileHandler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;

/**
 * Sends the JDK's log to {@code logs/parley.log} (3 files of 4 MiB) and what is wrong also to the
 * terminal.
 */
final class LogFiles {
    private static final int FILE_BYTES = 4 << 20;
    private static final String SETTINGS =
            """
            handlers=
            java.util.logging.FileHandler.formatter=dev.parley.launcher.LogLine
            java.util.logging.ConsoleHandler.formatter=dev.parley.launcher.LogLine
            """;

    private LogFiles() {}

    static void open(DataFolder data) throws IOException {
        // Without this the JDK first sets up a console of its own, with a formatter we do not use.
        LogManager.getLogManager()
                .readConfiguration(
                        new ByteArrayInputStream(SETTINGS.getBytes(StandardCharsets.UTF_8)));
        Logger root = Logger.getLogger("");
        FileHandler file = new FileHandler(data.at("logs/parley.log"), FILE_BYTES, 3, true);
        file.setLevel(Level.FINE);
        root.addHandler(file);
        ConsoleHandler console = new ConsoleHandler();
        console.setLevel(Level.SEVERE);
        root.addHandler(console);
        Logger.getLogger("io.netty").setLevel(Level.WARNING);
        root.setLevel(Boolean.getBoolean("parley.debug") ? Level.FINE : Level.INFO);
    }
}
