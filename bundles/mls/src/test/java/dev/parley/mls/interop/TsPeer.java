package dev.parley.mls.interop;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * ts-mls in a process of Node.js that {@code src/test/node/peer.mjs} drives. The package is fetched
 * into {@code target} once; where that cannot be done it says why.
 */
final class TsPeer implements AutoCloseable {
    private static final Path SOURCES = Path.of("src/test/node");
    private static final Path FOLDER = Path.of("target/node");
    private static final long FETCH_SECONDS = 180;

    private final Process process;
    private final Writer in;
    private final BufferedReader out;

    private TsPeer(Process process) {
        this.process = process;
        in = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
        out =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Fetches the package if it is not there yet. The answer says why it could not be had. */
    static Optional<String> unavailable() throws Exception {
        Optional<String> version = output("node", "--version");
        if (version.isEmpty()) {
            return Optional.of("there is no Node.js");
        }
        if (Integer.parseInt(version.get().substring(1).split("\\.")[0]) < 20) {
            return Optional.of("Node.js " + version.get() + " is older than 20");
        }
        Path lock = FOLDER.resolve("package-lock.json");
        boolean same =
                Files.exists(lock)
                        && Files.mismatch(lock, SOURCES.resolve("package-lock.json")) == -1
                        && Files.exists(FOLDER.resolve(".complete"));
        if (same) {
            return Optional.empty();
        }
        Files.createDirectories(FOLDER);
        for (String name : new String[] {"package.json", "package-lock.json"}) {
            Files.write(FOLDER.resolve(name), Files.readAllBytes(SOURCES.resolve(name)));
        }
        Process npm;
        try {
            npm =
                    new ProcessBuilder("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
                            .directory(FOLDER.toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(FOLDER.resolve("npm.log").toFile())
                            .start();
        } catch (IOException e) {
            return Optional.of("there is no npm");
        }
        if (!npm.waitFor(FETCH_SECONDS, TimeUnit.SECONDS)) {
            npm.destroyForcibly();
            return Optional.of("npm ci took longer than " + FETCH_SECONDS + " s");
        }
        if (npm.exitValue() != 0) {
            return Optional.of("npm ci failed, see " + FOLDER.resolve("npm.log").toAbsolutePath());
        }
        Files.writeString(FOLDER.resolve(".complete"), "");
        return Optional.empty();
    }

    private static Optional<String> output(String... command) throws Exception {
        try {
            Process process = new ProcessBuilder(command).start();
            String text =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor() == 0 ? Optional.of(text.strip()) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    static TsPeer start() throws Exception {
        Files.write(FOLDER.resolve("peer.mjs"), Files.readAllBytes(SOURCES.resolve("peer.mjs")));
        return new TsPeer(
                new ProcessBuilder("node", "peer.mjs")
                        .directory(FOLDER.toFile())
                        .redirectError(FOLDER.resolve("peer.log").toFile())
                        .start());
    }

    /** Asks one thing; the words are {@code name=value}. */
    synchronized Map<String, String> ask(String operation, String member, String... words)
            throws IOException {
        in.write(operation + ' ' + member);
        for (String word : words) {
            in.write(' ' + word);
        }
        in.write('\n');
        in.flush();
        String line = out.readLine();
        if (line == null) {
            throw new IOException("the process of ts-mls has ended, see target/node/peer.log");
        }
        String[] answer = line.split(" ");
        if (!answer[0].equals("ok")) {
            throw new IOException("ts-mls, " + operation + " of " + member + ": " + line);
        }
        Map<String, String> values = new HashMap<>();
        for (int i = 1; i < answer.length; i++) {
            int split = answer[i].indexOf('=');
            values.put(answer[i].substring(0, split), answer[i].substring(split + 1));
        }
        return values;
    }

    @Override
    public void close() throws IOException {
        in.close();
        process.destroy();
    }
}
