package dev.parley.launcher;

import java.io.IOException;
import java.util.logging.ConsoleHandler;
import java.util.logging.FileHandler;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/**
 * Sends the JDK's log to {@code logs/parley.log} (3 files of 4 MiB) and what is wrong also to the
 * terminal.
 */
final class LogFiles {
    private static final int FILE_BYTES = 4 << 20;

    private LogFiles() {}

    static void open(DataFolder data) throws IOException {
        System.setProperty(
                "java.util.logging.SimpleFormatter.format",
                "%1$tFT%1$tT.%1$tL %4$s %3$s: %5$s%6$s%n");
        Logger root = Logger.getLogger("");
        for (Handler handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        FileHandler file = new FileHandler(data.at("logs/parley.log"), FILE_BYTES, 3, true);
        file.setFormatter(new SimpleFormatter());
        file.setLevel(Level.FINE);
        root.addHandler(file);
        ConsoleHandler console = new ConsoleHandler();
        console.setLevel(Level.SEVERE);
        root.addHandler(console);
        Logger.getLogger("io.netty").setLevel(Level.WARNING);
        root.setLevel(Boolean.getBoolean("parley.debug") ? Level.FINE : Level.INFO);
    }
}
