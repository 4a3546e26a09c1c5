package dev.parley.gateway.internal;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.parley.actor.api.Actors;
import dev.parley.gateway.api.Operation;
import dev.parley.gateway.api.OperationException;
import dev.parley.gateway.api.Operations;
import dev.parley.wire.api.Json;
import dev.parley.wire.api.Value;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;

/** REST over the operations, on loopback, for whoever can read the token file. */
@Component(
        service = {},
        immediate = true,
        configurationPid = "dev.parley.gateway",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = GatewayConfig.class)
public final class HttpGateway {
    static final String NDJSON = "application/x-ndjson";
    static final String SSE = "text/event-stream";
    private static final String JSON = "application/json";
    private static final int THREADS = 32;
    private static final int WAITING = 256;

    /**
     * The JDK's server takes these from system properties, and only before it is first used. Times
     * are in seconds. It sends the head and the body of an answer one after the other; without the
     * last setting the body of every answer but a connection's first waits 40 ms for the client's
     * system to confirm the head.
     */
    private static final String[][] SERVER_SETTINGS = {
        {"sun.net.httpserver.maxReqTime", "5"},
        {"sun.net.httpserver.maxRspTime", "900"},
        {"sun.net.httpserver.nodelay", "true"}
    };

    static {
        for (String[] setting : SERVER_SETTINGS) {
            if (System.getProperty(setting[0]) == null) {
                System.setProperty(setting[0], setting[1]);
            }
        }
    }

    private final Operations operations;
    private final HttpServer server;
    private final ExecutorService pool;
    private final Guard guard;
    private final Path restFile;

    @Activate
    public HttpGateway(GatewayConfig config, @Reference Operations operations) throws IOException {
        this(config.listen(), Path.of(config.dir()), config.name(), operations);
    }

    /** For tests that have no framework. */
    HttpGateway(String listen, Path dir, String name, Operations operations) throws IOException {
        this.operations = operations;
        this.server = HttpServer.create(loopback(listen), 0);
        int port = server.getAddress().getPort();
        this.guard = new Guard(TokenFile.open(dir.resolve("token")), port);
        this.pool = Actors.pool("parley-gateway", THREADS, WAITING);
        server.setExecutor(pool);
        server.createContext("/", this::handle);
        server.start();
        this.restFile = dir.resolve("rest.json");
        TokenFile.write(
                restFile,
                Json.write(
                        Value.map()
                                .put("url", "http://127.0.0.1:" + port)
                                .put("port", port)
                                .put("pid", ProcessHandle.current().pid())
                                .put("name", name)
                                .build()));
    }

    private static InetSocketAddress loopback(String listen) throws IOException {
        int colon = listen.lastIndexOf(':');
        try {
            InetAddress host = InetAddress.getByName(listen.substring(0, Math.max(colon, 0)));
            if (!host.isLoopbackAddress()) {
                throw new IOException(
                        "the gateway listens on loopback only, found '" + listen + "'");
            }
            return new InetSocketAddress(host, Integer.parseInt(listen.substring(colon + 1)));
        } catch (IllegalArgumentException e) {
            throw new IOException("listen is '" + listen + "', expected 127.0.0.1:port", e);
        }
    }

    int port() {
        return server.getAddress().getPort();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Optional<Guard.Refusal> refusal = guard.refuse(exchange.getRequestHeaders());
            if (refusal.isPresent()) {
                Guard.Refusal why = refusal.get();
                send(exchange, why.status(), error(why.code(), why.message(), why.hint()));
                return;
            }
            try {
                dispatch(exchange);
            } catch (OperationException e) {
                send(exchange, e.kind().status(), error(e));
            }
        }
    }

    private void dispatch(HttpExchange exchange) throws IOException, OperationException {
        Router.Match match =
                Router.match(
                        operations.list(), method(exchange), exchange.getRequestURI().getRawPath());
        byte[] body = exchange.getRequestBody().readNBytes(Router.MAX_BODY_BYTES + 1);
        if (body.length > Router.MAX_BODY_BYTES) {
            exchange.getResponseHeaders().set("Connection", "close");
            send(
                    exchange,
                    413,
                    error(
                            "BODY_TOO_LONG",
                            "the body is over " + Router.MAX_BODY_BYTES + " bytes",
                            "one request takes no more; a jar is given by its path, not by its bytes"));
            return;
        }
        String query = exchange.getRequestURI().getRawQuery();
        Value.Map arguments = Router.arguments(match, query == null ? "" : query, body);
        String accept = exchange.getRequestHeaders().getFirst("Accept");
        boolean lines = accept != null && accept.contains(NDJSON);
        Operation.Streams streams = match.operation().streams();
        if (streams == Operation.Streams.EVENTS) {
            events(exchange, match.operation(), since(exchange, arguments), lines);
        } else if (streams == Operation.Streams.STEPS && lines) {
            stream(exchange, match.operation(), arguments);
        } else {
            send(exchange, 200, OperationTable.call(match.operation(), arguments, event -> {}));
        }
    }

    /** PATCH may come as POST with a header, for clients that know no PATCH. */
    private static String method(HttpExchange exchange) {
        String method = exchange.getRequestMethod();
        return method.equals("POST")
                        && "PATCH"
                                .equals(
                                        exchange.getRequestHeaders()
                                                .getFirst("X-HTTP-Method-Override"))
                ? "PATCH"
                : method;
    }

    private static void stream(HttpExchange exchange, Operation operation, Value.Map arguments)
            throws IOException {
        exchange.getResponseHeaders().set("Content-Type", NDJSON);
        exchange.sendResponseHeaders(200, 0);
        OutputStream out = exchange.getResponseBody();
        try {
            Value result =
                    OperationTable.call(
                            operation, arguments, event -> line(out, "progress", event));
            line(out, "result", result);
        } catch (OperationException e) {
            line(out, "error", error(e).get("error").orElse(Value.NULL));
        }
    }

    /** Whoever lost the connection says what it heard last. */
    private static Value.Map since(HttpExchange exchange, Value.Map arguments) {
        String last = exchange.getRequestHeaders().getFirst("Last-Event-ID");
        if (last == null || last.isEmpty()) {
            return arguments;
        }
        Value.MapBuilder more = Value.map();
        arguments.entries().forEach((key, value) -> more.put(((Value.Text) key).value(), value));
        return more.put("since", last).build();
    }

    /**
     * What is wrong with the question is said with its status; from the first event on it is 200.
     */
    private static void events(
            HttpExchange exchange, Operation operation, Value.Map arguments, boolean lines)
            throws IOException, OperationException {
        Opening out = new Opening(exchange, lines ? NDJSON : SSE);
        EventStream events = new EventStream(out, lines);
        try {
            try {
                events.end("result", OperationTable.call(operation, arguments, events::event));
            } catch (OperationException e) {
                if (!out.opened) {
                    throw e;
                }
                events.end("error", error(e).get("error").orElse(Value.NULL));
            }
        } catch (ReaderLeftException e) {
            System.getLogger(HttpGateway.class.getName())
                    .log(System.Logger.Level.DEBUG, "the reader of events left", e);
        }
    }

    /** Sends the head with the first byte. */
    private static final class Opening extends OutputStream {
        private final HttpExchange exchange;
        private final String type;
        private boolean opened;

        Opening(HttpExchange exchange, String type) {
            this.exchange = exchange;
            this.type = type;
        }

        private OutputStream open() throws IOException {
            if (!opened) {
                opened = true;
                exchange.getResponseHeaders().set("Content-Type", type);
                exchange.getResponseHeaders().set("Cache-Control", "no-store");
                exchange.sendResponseHeaders(200, 0);
            }
            return exchange.getResponseBody();
        }

        @Override
        public void write(int one) throws IOException {
            open().write(one);
        }

        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
            open().write(bytes, from, count);
        }

        @Override
        public void flush() throws IOException {
            open().flush();
        }
    }

    private static void line(OutputStream out, String kind, Value value) {
        byte[] bytes =
                (Json.write(Value.map().put(kind, value).build()) + "\n")
                        .getBytes(StandardCharsets.UTF_8);
        synchronized (out) {
            try {
                out.write(bytes);
                out.flush();
            } catch (IOException e) {
                System.getLogger(HttpGateway.class.getName())
                        .log(System.Logger.Level.DEBUG, "the reader of the progress left", e);
            }
        }
    }

    private static Value.Map error(OperationException e) {
        return error(e.code(), String.valueOf(e.getMessage()), e.hint());
    }

    private static Value.Map error(String code, String message, String hint) {
        return Value.map()
                .put(
                        "error",
                        Value.map()
                                .put("code", code)
                                .put("message", message)
                                .put("hint", hint)
                                .build())
                .build();
    }

    private static void send(HttpExchange exchange, int status, Value body) throws IOException {
        byte[] bytes = Json.write(body).getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", JSON);
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        if (status == 401) {
            exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
        }
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Deactivate
    public void stop() throws IOException {
        Files.deleteIfExists(restFile);
        server.stop(0);
        pool.shutdownNow();
    }
}
