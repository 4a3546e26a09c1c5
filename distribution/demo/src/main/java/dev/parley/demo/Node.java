package dev.parley.demo;

import dev.parley.wire.api.Json;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.Value;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A container in a process of its own, spoken to as any program would: by its REST address and
 * token file.
 */
public final class Node implements AutoCloseable {
    private static final int MAX_RESPONSE_BYTES = 4 << 20;
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    private final String name;
    private final Path data;
    private final Process process;
    private final String address;
    private final String token;

    private Node(String name, Path data, Process process, String address, String token) {
        this.name = name;
        this.data = data;
        this.process = process;
        this.address = address;
        this.token = token;
    }

    /** An answer of the REST surface. */
    public record Answer(int status, Value body) {
        public String text(String... path) {
            Value at = body;
            for (String name : path) {
                at = at instanceof Value.Map map ? map.get(name).orElse(Value.NULL) : Value.NULL;
            }
            return at instanceof Value.Text text ? text.value() : Json.write(at);
        }

        public String json() {
            return Json.write(body);
        }
    }

    public static Node start(Path script, Path folder, String name, List<String> peers)
            throws IOException, InterruptedException, StepFailedException {
        Path data = folder.resolve(name);
        List<String> command =
                new ArrayList<>(
                        List.of(
                                script.toString(),
                                "up",
                                "--name",
                                name,
                                "--data",
                                data.toString(),
                                "--network",
                                "parley.demo"));
        peers.forEach(peer -> command.addAll(List.of("--peer", peer)));
        Path out = folder.resolve(name + ".out");
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(out.toFile())
                        .start();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!Files.readString(out).contains("READY ")) {
            if (!process.isAlive() || System.nanoTime() > end) {
                process.destroyForcibly();
                throw new StepFailedException(
                        name + " did not get ready:\n" + Files.readString(out));
            }
            Thread.sleep(10);
        }
        try {
            Value rest = Json.parse(Files.readAllBytes(data.resolve("rest.json")), 4096);
            String address = new Answer(0, rest).text("url");
            return new Node(
                    name, data, process, address, Files.readString(data.resolve("token")).strip());
        } catch (MalformedException e) {
            process.destroyForcibly();
            throw new StepFailedException(name + ": rest.json: " + e.getMessage());
        }
    }

    public String name() {
        return name;
    }

    public Path data() {
        return data;
    }

    public Answer get(String path) throws IOException, InterruptedException, StepFailedException {
        return send(request(path).GET());
    }

    public Answer post(String path, Value.MapBuilder body)
            throws IOException, InterruptedException, StepFailedException {
        return send(
                request(path).POST(HttpRequest.BodyPublishers.ofString(Json.write(body.build()))));
    }

    public Answer delete(String path)
            throws IOException, InterruptedException, StepFailedException {
        return send(request(path).DELETE());
    }

    /**
     * @throws StepFailedException unless the answer says that all is well
     */
    public static Answer ok(Answer answer) throws StepFailedException {
        if (answer.status() / 100 != 2) {
            throw new StepFailedException("status " + answer.status() + ": " + answer.json());
        }
        return answer;
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(address + path))
                .timeout(Duration.ofSeconds(60))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json");
    }

    private Answer send(HttpRequest.Builder request)
            throws IOException, InterruptedException, StepFailedException {
        HttpResponse<byte[]> response =
                HTTP.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        byte[] body =
                response.body().length == 0 ? new byte[] {'n', 'u', 'l', 'l'} : response.body();
        try {
            return new Answer(response.statusCode(), Json.parse(body, MAX_RESPONSE_BYTES));
        } catch (MalformedException e) {
            throw new StepFailedException(name + " answered with no JSON: " + e.getMessage());
        }
    }

    public boolean alive() {
        return process.isAlive();
    }

    /** Asks the container to stop, and kills it if it has not within ten seconds. */
    @Override
    public void close() {
        try {
            if (process.isAlive()) {
                post("/shutdown", Value.map());
            }
        } catch (IOException | StepFailedException e) {
            process.destroy();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
