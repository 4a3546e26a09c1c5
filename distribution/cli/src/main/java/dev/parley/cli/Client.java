package dev.parley.cli;

import dev.parley.wire.api.Json;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.Value;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;

/**
 * Speaks to one container. {@code HttpURLConnection}, because the newer client of the JDK costs a
 * tenth of a second at start.
 */
final class Client {
    private static final int MAX_ANSWER_BYTES = 4 << 20;
    private static final int CONNECT_MILLIS = 2_000;
    private static final int READ_MILLIS = 90_000;
    private static final int STREAM_MILLIS = 660_000;

    private final int port;
    private final String token;

    /** The command that starts the container. */
    private final String up;

    private Client(int port, String token, String up) {
        this.port = port;
        this.token = token;
        this.up = up;
    }

    /**
     * @param up the command that starts the container
     */
    static Client open(Path data, String up) throws CliException {
        try {
            Value rest = Json.parse(Files.readAllBytes(data.resolve("rest.json")), 4096);
            if (!(Tree.at(rest, "port") instanceof Value.Int port)
                    || port.value() < 1
                    || port.value() > 65_535) {
                throw notRunning(data, up, "rest.json names no port");
            }
            if (Tree.at(rest, "pid") instanceof Value.Int pid
                    && ProcessHandle.of(pid.value()).isEmpty()) {
                // Somebody else may listen there now, and must not get the token.
                throw notRunning(data, up, "its process " + pid.value() + " has ended");
            }
            return new Client(
                    (int) port.value(), Files.readString(data.resolve("token")).strip(), up);
        } catch (NoSuchFileException e) {
            throw notRunning(data, up, "there is no " + data.relativize(Path.of(e.getFile())));
        } catch (MalformedException e) {
            throw notRunning(data, up, "rest.json: " + e.getMessage());
        } catch (IOException e) {
            throw new CliException(
                    CliException.NOT_AUTHORISED,
                    "NO_TOKEN",
                    "this user cannot read " + e.getMessage(),
                    "only the user who started the container may speak to it");
        }
    }

    private static CliException notRunning(Path data, String up, String why) {
        return new CliException(
                CliException.NOT_RUNNING,
                "NOT_RUNNING",
                "no container is running in " + data + " (" + why + ")",
                "start it with '" + up + "', or name another with --name or --data" + others(data));
    }

    /** Those beside it that have started, for a person who forgot --name. */
    private static String others(Path data) {
        Path folder = data.getParent();
        List<String> names = new ArrayList<>();
        if (folder != null) {
            try (DirectoryStream<Path> beside = Files.newDirectoryStream(folder)) {
                for (Path one : beside) {
                    if (Files.isRegularFile(one.resolve("rest.json")) && !one.equals(data)) {
                        names.add(String.valueOf(one.getFileName()));
                    }
                }
            } catch (IOException | DirectoryIteratorException e) {
                return ""; // it is only a hint
            }
        }
        names.sort(Comparator.naturalOrder());
        return names.isEmpty() ? "" : "; started were " + String.join(", ", names);
    }

    Value get(String path) throws CliException {
        return send("GET", path, null, false, line -> {});
    }

    Value delete(String path) throws CliException {
        return send("DELETE", path, null, false, line -> {});
    }

    Value post(String path, Value body) throws CliException {
        return send("POST", path, body, false, line -> {});
    }

    Value patch(String path, Value body) throws CliException {
        return send("PATCH", path, body, false, line -> {});
    }

    /** Posts, and hears of each step. */
    Value stream(String path, Value body, Consumer<Value> step) throws CliException {
        return send("POST", path, body, true, step);
    }

    /**
     * Listens to events until the container has no more of them.
     *
     * @return what it says at the end
     */
    Value events(String path, Consumer<Value> event) throws CliException {
        return send("GET", path, null, true, event);
    }

    private Value send(
            String method,
            String path,
            @org.jspecify.annotations.Nullable Value body,
            boolean streaming,
            Consumer<Value> step)
            throws CliException {
        try {
            HttpURLConnection connection =
                    (HttpURLConnection)
                            URI.create("http://127.0.0.1:" + port + path)
                                    .toURL()
                                    .openConnection(Proxy.NO_PROXY);
            connection.setConnectTimeout(CONNECT_MILLIS);
            connection.setReadTimeout(streaming ? STREAM_MILLIS : READ_MILLIS);
            connection.setInstanceFollowRedirects(false);
            // HttpURLConnection knows no PATCH; the gateway takes it by this header.
            connection.setRequestMethod(method.equals("PATCH") ? "POST" : method);
            if (method.equals("PATCH")) {
                connection.setRequestProperty("X-HTTP-Method-Override", "PATCH");
            }
            connection.setRequestProperty("Authorization", "Bearer " + token);
            connection.setRequestProperty(
                    "Accept", streaming ? "application/x-ndjson" : "application/json");
            if (body != null) {
                byte[] bytes = Json.write(body).getBytes(StandardCharsets.UTF_8);
                connection.setRequestProperty("Content-Type", "application/json");
                connection.setDoOutput(true);
                connection.setFixedLengthStreamingMode(bytes.length);
                connection.getOutputStream().write(bytes);
            }
            int status = connection.getResponseCode();
            InputStream raw =
                    status >= 400 ? connection.getErrorStream() : connection.getInputStream();
            try (InputStream in = raw == null ? new ByteArrayInputStream(new byte[0]) : raw) {
                return streaming && status == 200
                        ? lines(in, step)
                        : answer(status, in.readNBytes(MAX_ANSWER_BYTES + 1));
            }
        } catch (ConnectException e) {
            throw new CliException(
                    CliException.NOT_RUNNING,
                    "NOT_RUNNING",
                    "nothing answers on port " + port + "; the container has ended",
                    "start it again with '" + up + "'");
        } catch (SocketTimeoutException e) {
            throw new CliException(
                    CliException.TIMEOUT, "TIMEOUT", "the container did not answer in time", "");
        } catch (IOException e) {
            throw new CliException(
                    CliException.FAILED, "BROKEN", "the answer broke off: " + e.getMessage(), "");
        }
    }

    private static Value answer(int status, byte[] bytes) throws CliException {
        Value body;
        try {
            body = Json.parse(bytes, MAX_ANSWER_BYTES);
        } catch (MalformedException e) {
            throw new CliException(
                    CliException.FAILED,
                    "BROKEN",
                    "status " + status + " with no JSON: " + e.getMessage(),
                    "");
        }
        if (status >= 400) {
            throw failure(status, Tree.at(body, "error"));
        }
        return body;
    }

    private static Value lines(InputStream in, Consumer<Value> step)
            throws IOException, CliException {
        BufferedReader reader =
                new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            Value event;
            try {
                event = Json.parse(line, MAX_ANSWER_BYTES);
            } catch (MalformedException e) {
                throw new IOException(e.getMessage(), e);
            }
            if (!Tree.at(event, "error").equals(Value.NULL)) {
                throw failure(0, Tree.at(event, "error"));
            } else if (Tree.at(event, "progress") instanceof Value.Map progress) {
                step.accept(progress);
            } else {
                return Tree.at(event, "result");
            }
        }
        throw new IOException("no result came");
    }

    private static CliException failure(int status, Value error) {
        String code = Tree.text(error, "code");
        int exit =
                switch (status) {
                    case 401, 403 -> CliException.NOT_AUTHORISED;
                    case 504 -> CliException.TIMEOUT;
                    default ->
                            code.endsWith("TIMEOUT") || code.equals("FETCH_STALLED")
                                    ? CliException.TIMEOUT
                                    : CliException.FAILED;
                };
        return new CliException(exit, code, Tree.text(error, "message"), Tree.text(error, "hint"));
    }
}
