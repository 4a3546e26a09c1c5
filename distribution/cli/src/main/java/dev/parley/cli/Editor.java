package dev.parley.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Somebody's editor on a text. What was edited is not lost: if it cannot be saved, for whatever
 * reason, its file stays and is named.
 *
 * @param command as a shell takes it, because an editor is often a command with words of its own
 */
record Editor(String command) {
    /** Takes what was edited. */
    interface Save {
        int save(String after) throws CliException;
    }

    static Editor ofUser() {
        return chosen(System.getenv("VISUAL"), System.getenv("EDITOR"));
    }

    /** The first one that says something. */
    static Editor chosen(@Nullable String... names) {
        return new Editor(
                Stream.of(names)
                        .flatMap(it -> Optional.ofNullable(it).stream())
                        .filter(it -> !it.isBlank())
                        .findFirst()
                        .orElse("vi"));
    }

    int edit(String before, Save save) throws CliException {
        try {
            Path file = Files.createTempFile("parley-", ".txt");
            byte[] given = before.getBytes(StandardCharsets.UTF_8);
            Files.write(file, given);
            boolean saved = false;
            try {
                run(file);
                int exit = save.save(text(Files.readAllBytes(file), file.toString()));
                saved = true;
                return exit;
            } catch (CliException e) {
                throw isAsGiven(file, given)
                        ? e
                        : new CliException(
                                e.exitCode(),
                                e.code(),
                                String.valueOf(e.getMessage()),
                                "what was edited is kept in " + file + "; " + e.hint());
            } finally {
                if (saved || isAsGiven(file, given)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            throw failed(String.valueOf(e.getMessage()), "");
        }
    }

    private static boolean isAsGiven(Path file, byte[] given) throws IOException {
        return !Files.exists(file)
                || ByteBuffer.wrap(Files.readAllBytes(file)).equals(ByteBuffer.wrap(given));
    }

    private void run(Path file) throws CliException, IOException {
        try {
            int exit =
                    new ProcessBuilder("sh", "-c", command + " \"$1\"", "sh", file.toString())
                            .inheritIO()
                            .start()
                            .waitFor();
            if (exit != 0) {
                throw failed(
                        "'" + command + "' ended with " + exit + "; nothing was written",
                        "set EDITOR to an editor that is there");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed("interrupted", "");
        }
    }

    private static CliException failed(String message, String hint) {
        return new CliException(CliException.FAILED, "EDITOR_FAILED", message, hint);
    }

    /** A text is UTF-8 or none: what is replaced by something else would be lost. */
    static String text(byte[] bytes, String file) throws CliException {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new CliException(
                    CliException.USAGE,
                    "NO_FILE",
                    file + " is not UTF-8; nothing was written",
                    "a store's texts are UTF-8; iconv makes that of other encodings");
        }
    }
}
