package dev.parley.gateway.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.gateway.api.Operation;
import dev.parley.gateway.api.OperationException;
import dev.parley.gateway.api.OperationException.Kind;
import dev.parley.host.api.Tool;
import dev.parley.host.api.ToolException;
import dev.parley.host.api.ToolSpec;
import dev.parley.identity.api.AgentId;
import dev.parley.identity.api.MachineId;
import dev.parley.identity.api.NetworkId;
import dev.parley.identity.internal.IdentityComponent;
import dev.parley.trust.api.TrustLevel;
import dev.parley.trust.internal.TrustComponent;
import dev.parley.wire.api.Json;
import dev.parley.wire.api.Value;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The gateway over real sockets, so that the headers are exactly those of the test. */
class HttpGatewayTest {
    @TempDir Path dir;
    private final FakeNetwork network = new FakeNetwork();
    private final FakePlugins plugins = new FakePlugins();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final OperationTable table = new OperationTable();
    private IdentityComponent identity;
    private TrustComponent trust;
    private HttpGateway gateway;

    @BeforeEach
    void start() throws Exception {
        identity = new IdentityComponent(dir.resolve("id"), new NetworkId("parley.test"), "alice");
        trust = new TrustComponent(dir.resolve("trust"));
        table.addSource(
                new SystemOperations(
                        identity, network, trust, plugins, "1.2.3", () -> stopped.set(true)));
        table.addSource(new PeerOperations(network, trust));
        table.addSource(new ContactOperations(identity, trust, network, new FakeCatalog()));
        table.addSource(new CatalogOperations(new FakeCatalog(), trust));
        table.addSource(new PluginOperations(plugins, new FakeCatalog(), trust));
        ToolOperations tools = new ToolOperations();
        tools.addTool(new EchoTool());
        table.addSource(tools);
        table.addSource(
                () ->
                        List.of(
                                Operation.of("t.slow", "POST", "/slow", "steps", this::slow)
                                        .streaming(Operation.Streams.STEPS),
                                Operation.of("t.bug", "POST", "/bug", "throws", this::bug)));
        gateway = new HttpGateway("127.0.0.1:0", dir, "alice", table);
    }

    private Value slow(
            dev.parley.gateway.api.Arguments arguments, java.util.function.Consumer<Value> progress)
            throws OperationException {
        progress.accept(Value.map().put("step", "one").build());
        progress.accept(Value.map().put("step", "two").build());
        throw new OperationException(Kind.REFUSED, "NO", "found b, expected a", "do a");
    }

    private Value bug(
            dev.parley.gateway.api.Arguments arguments,
            java.util.function.Consumer<Value> progress) {
        throw new IllegalStateException("secret detail");
    }

    @AfterEach
    void stop() throws IOException {
        gateway.stop();
    }

    /** Answers with what it is given, or fails with the code it is given. */
    private static final class EchoTool implements Tool {
        @Override
        public ToolSpec spec() {
            Value.Map any = Value.map().build();
            return new ToolSpec("hello", "echo", "Echo", "", any, any, "read", "local");
        }

        @Override
        public CompletionStage<Value> call(Value.Map arguments) {
            return arguments.get("fail").orElse(Value.NULL) instanceof Value.Text code
                    ? CompletableFuture.failedStage(new ToolException(code.value(), "because"))
                    : CompletableFuture.completedStage(arguments);
        }
    }

    @Test
    void aToolIsCalledWithTheBodyAsItIs() throws Exception {
        assertThat(send("POST", "/tools/hello/echo", "{\"plugin\":1}").body())
                .isEqualTo("{\"plugin\":1}");
        assertThat(send("GET", "/tools", "").body()).contains("\"name\":\"echo\"");
        assertThat(send("POST", "/tools/hello/gone", "{}").status()).isEqualTo(404);
        assertThat(fail("ARGUMENTS_INVALID")).isEqualTo(400);
        assertThat(fail("PLUGIN_TIMEOUT")).isEqualTo(504);
        assertThat(fail("QUARANTINED")).isEqualTo(503);
        assertThat(fail("PLUGIN_FAILED")).isEqualTo(500);
        assertThat(fail("NO_SUCH_STORE")).isEqualTo(404);
        assertThat(fail("WRONG_STATE")).isEqualTo(409);
        assertThat(fail("INVALID")).isEqualTo(400);
        assertThat(fail("QUOTA")).isEqualTo(409);
    }

    private int fail(String code) throws IOException {
        Answer answer = send("POST", "/tools/hello/echo", "{\"fail\":\"" + code + "\"}");
        assertThat(answer.body()).contains(code);
        return answer.status();
    }

    @Test
    void anInstallNeedsConsentAndNamesWhatIsMissing() throws Exception {
        Answer none = send("POST", "/plugins/install", "{\"ref\":\"hello\"}");
        assertThat(none.status()).isEqualTo(409);
        assertThat(none.body()).contains("CONSENT_REQUIRED").contains("storage:64");
        assertThat(
                        send("POST", "/plugins/install", "{\"ref\":\"hello\",\"consent\":\"yes\"}")
                                .status())
                .isEqualTo(400);
        assertThat(send("POST", "/plugins/install", "{\"ref\":\"nothing\"}").status())
                .isEqualTo(404);
        String all = "{\"ref\":\"hello\",\"consent\":{\"permissions\":\"all\"}}";
        assertThat(send("POST", "/plugins/install", all).status()).isEqualTo(200);
        assertThat(plugins.asked)
                .containsExactly(
                        "install "
                                + FakeCatalog.HELLO.publisher().hex()
                                + "/"
                                + FakeCatalog.HELLO.descriptor().hex());
    }

    @Test
    void anInstallMayTrustThePublisherButNeverLiftsABlock() throws Exception {
        String install =
                "{\"ref\":\"hello\",\"consent\":{\"permissions\":\"all\"},\"trustPublisher\":\"known\"}";
        AgentId publisher = FakeCatalog.HELLO.publisher();
        trust.set(publisher, TrustLevel.BLOCKED, Optional.empty());
        assertThat(send("POST", "/plugins/install", install).body()).contains("PUBLISHER_BLOCKED");
        assertThat(trust.level(publisher)).isEqualTo(TrustLevel.BLOCKED);
        assertThat(plugins.asked).isEmpty();
        trust.set(publisher, TrustLevel.UNKNOWN, Optional.empty());
        assertThat(send("POST", "/plugins/install", install).status()).isEqualTo(200);
        assertThat(trust.level(publisher)).isEqualTo(TrustLevel.KNOWN);
        assertThat(send("POST", "/plugins/install", install.replace("known", "unknown")).body())
                .contains("expected known or trusted");
    }

    @Test
    void pluginsAreFoundShownStartedAndRemoved() throws Exception {
        assertThat(send("GET", "/announcements?query=hel", "").body())
                .contains("\"topic\":\"plugins/demo\"");
        assertThat(send("POST", "/plugins/inspect", "{\"ref\":\"hello\"}").body())
                .contains("\"descriptor\":\"0000");
        assertThat(send("GET", "/plugins/hello", "").body()).contains("hello");
        assertThat(send("GET", "/plugins/nobody", "").status()).isEqualTo(404);
        assertThat(send("GET", "/plugins/hello/log?lines=2", "").body())
                .isEqualTo("{\"lines\":[\"b\",\"c\"]}");
        assertThat(send("POST", "/plugins/hello/stop", "").body()).contains("stop hello");
        assertThat(send("POST", "/plugins/publish", "{\"path\":\"a.jar\"}").status())
                .isEqualTo(400);
        assertThat(send("DELETE", "/plugins/hello", "").status()).isEqualTo(200);
        assertThat(send("DELETE", "/plugins/other", "").body()).contains("NOT_INSTALLED");
        assertThat(send("GET", "/doctor", "").body()).contains("\"tier\":\"S2\"");
    }

    private record Answer(int status, String body) {}

    private Answer raw(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
            socket.setSoTimeout(30_000);
            OutputStream out = socket.getOutputStream();
            out.write(request.getBytes(StandardCharsets.UTF_8));
            out.flush();
            InputStream in = socket.getInputStream();
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return new Answer(
                    Integer.parseInt(text.substring(9, 12)),
                    text.substring(text.indexOf("\r\n\r\n") + 4));
        }
    }

    private String token() throws IOException {
        return Files.readString(dir.resolve("token")).strip();
    }

    private Answer send(String method, String path, String body, String... headers)
            throws IOException {
        StringBuilder request = new StringBuilder(method + " " + path + " HTTP/1.1\r\n");
        request.append("Host: 127.0.0.1:" + gateway.port() + "\r\nConnection: close\r\n");
        request.append("Authorization: Bearer " + token() + "\r\n");
        for (String header : headers) {
            request.append(header).append("\r\n");
        }
        request.append("Content-Length: " + body.length() + "\r\n\r\n").append(body);
        return raw(request.toString());
    }

    /** The head and the body of an answer are sent apart; the body must not wait for anything. */
    @Test
    void theAnswersOfAConnectionThatIsKeptComeAtOnce() throws Exception {
        byte[] request =
                ("GET /health HTTP/1.1\r\nHost: 127.0.0.1:"
                                + gateway.port()
                                + "\r\nAuthorization: Bearer "
                                + token()
                                + "\r\n\r\n")
                        .getBytes(StandardCharsets.UTF_8);
        long[] nanos = new long[101];
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
            socket.setSoTimeout(30_000);
            BufferedInputStream in = new BufferedInputStream(socket.getInputStream());
            for (int i = 0; i < nanos.length; i++) {
                long start = System.nanoTime();
                socket.getOutputStream().write(request);
                readAnswer(in);
                nanos[i] = System.nanoTime() - start;
            }
        }
        Arrays.sort(nanos);
        assertThat(Duration.ofNanos(nanos[nanos.length / 2])).isLessThan(Duration.ofMillis(30));
    }

    private static void readAnswer(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int octet = in.read();
            assertThat(octet).isNotNegative();
            head.append((char) octet);
        }
        assertThat(head.toString()).startsWith("HTTP/1.1 200");
        String length = head.toString().toLowerCase(Locale.ROOT).split("content-length: ")[1];
        in.readNBytes(Integer.parseInt(length.substring(0, length.indexOf('\r'))));
    }

    @Test
    void theTokenAndTheAddressAreInFilesThatOnlyTheOwnerReads() throws Exception {
        for (String file : List.of("token", "rest.json")) {
            assertThat(
                            PosixFilePermissions.toString(
                                    Files.getPosixFilePermissions(dir.resolve(file))))
                    .isEqualTo("rw-------");
        }
        Value rest = Json.parse(Files.readAllBytes(dir.resolve("rest.json")), 4096);
        assertThat(((Value.Map) rest).get("port")).contains(Value.of(gateway.port()));
        assertThat(Json.write(rest)).doesNotContain(token());
    }

    @Test
    void aTokenFileThatOthersCouldReadIsReplaced() throws Exception {
        String before = token();
        assertThat(TokenFile.open(dir.resolve("token")).matches(before)).isTrue();
        Files.setPosixFilePermissions(
                dir.resolve("token"), PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(TokenFile.open(dir.resolve("token")).matches(before)).isFalse();
    }

    @Test
    void withoutTheTokenNothingIsAnswered() throws Exception {
        String host = "Host: 127.0.0.1:" + gateway.port() + "\r\nConnection: close\r\n";
        Answer none = raw("GET /status HTTP/1.1\r\n" + host + "\r\n");
        assertThat(none.status()).isEqualTo(401);
        assertThat(none.body()).contains("TOKEN_MISSING").doesNotContain(identity.agent().hex());
        Answer wrong = raw("GET /status HTTP/1.1\r\n" + host + "Authorization: Bearer x\r\n\r\n");
        assertThat(wrong.status()).isEqualTo(403);
        assertThat(wrong.body()).contains("TOKEN_WRONG");
    }

    @Test
    void aNameThatResolvesToLoopbackAndAPageOfAnotherSiteAreRefused() throws Exception {
        Answer rebound =
                raw(
                        "GET /status HTTP/1.1\r\nHost: evil.example:"
                                + gateway.port()
                                + "\r\nConnection: close\r\nAuthorization: Bearer "
                                + token()
                                + "\r\n\r\n");
        assertThat(rebound.status()).isEqualTo(403);
        assertThat(rebound.body()).contains("HOST_REFUSED");
        Answer page = send("POST", "/shutdown", "", "Origin: https://evil.example");
        assertThat(page.status()).isEqualTo(403);
        assertThat(page.body()).contains("ORIGIN_REFUSED");
        assertThat(stopped).isFalse();
    }

    @Test
    void statusSaysWhoAndHealthSaysThatNobodyIsThere() throws Exception {
        Answer status = send("GET", "/status", "");
        assertThat(status.status()).isEqualTo(200);
        assertThat(status.body())
                .contains("\"agent\":\"" + identity.agent().hex())
                .contains("\"listen\":\"127.0.0.1:4000\"");
        assertThat(send("GET", "/health", "").body()).contains("\"state\":\"alone\"");
        network.kept.add("10.0.0.9:4000");
        assertThat(send("GET", "/health", "").body())
                .contains("\"state\":\"unreachable\"")
                .contains("10.0.0.9:4000");
        network.peers.add(
                new FakeNetwork.FakePeer(
                        AgentId.of(new byte[32]),
                        MachineId.of(new byte[32]),
                        "10.0.0.9:4000",
                        true));
        assertThat(send("GET", "/health", "").body()).contains("\"state\":\"ok\"");
    }

    @Test
    void aDamagedContactsFileIsSaidInTheHealth() throws Exception {
        Files.createDirectories(dir.resolve("bad"));
        Files.writeString(dir.resolve("bad/contacts"), "rubbish");
        SystemOperations operations =
                new SystemOperations(
                        identity,
                        network,
                        new TrustComponent(dir.resolve("bad")),
                        plugins,
                        "1",
                        () -> {});
        Operation health =
                operations.operations().stream()
                        .filter(operation -> operation.name().equals("health"))
                        .findFirst()
                        .orElseThrow();
        Value answer = OperationTable.call(health, Value.map().build(), event -> {});
        assertThat(Json.write(answer)).contains("\"state\":\"damaged\"");
    }

    @Test
    void malformedJsonIsRefusedWithWhatIsWrong() throws Exception {
        for (String body :
                List.of("{", "[]", "{\"agent\":1,\"agent\":2}", "{} {}", "{\"n\":1e400}")) {
            Answer answer = send("POST", "/contacts", body);
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.body()).contains("MALFORMED_JSON");
        }
    }

    @Test
    void unknownMissingAndWrongArgumentsAreNamed() throws Exception {
        assertThat(send("POST", "/contacts", "{}").body())
                .contains("ARGUMENTS_INVALID")
                .contains("'agent' is missing");
        assertThat(send("POST", "/contacts", "{\"agnet\":\"x\"}").body()).contains("'agnet'");
        assertThat(send("POST", "/contacts", "{\"agent\":7}").body()).contains("type TEXT");
        assertThat(send("GET", "/status?x=1", "").status()).isEqualTo(400);
    }

    @Test
    void aBodyOverTheLimitIsRefused() throws Exception {
        Answer answer = send("POST", "/contacts", " ".repeat(Router.MAX_BODY_BYTES + 1));
        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.body()).contains("BODY_TOO_LONG");
    }

    @Test
    void requestsThatNeverEndAreCutOffAndOthersAreAnsweredThen() throws Exception {
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 40; i++) {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port());
                slow.add(socket);
                socket.getOutputStream()
                        .write(
                                "POST /contacts HTTP/1.1\r\nContent-"
                                        .getBytes(StandardCharsets.UTF_8));
            }
            int status = 0;
            for (int tries = 0; tries < 5 && status != 200; tries++) {
                try {
                    status = send("GET", "/status", "").status();
                } catch (IOException e) {
                    assertThat(e).as("cut off while it waited").isNotNull();
                }
            }
            assertThat(status).isEqualTo(200);
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    @Test
    void contactsAreAddedChangedAndForgotten() throws Exception {
        String agent = "ab".repeat(32);
        assertThat(
                        send(
                                        "POST",
                                        "/contacts",
                                        "{\"agent\":\"" + agent + "\",\"level\":\"trusted\"}")
                                .status())
                .isEqualTo(200);
        assertThat(send("PATCH", "/contacts/ababab", "{\"name\":\"bob\"}").body())
                .contains("\"level\":\"trusted\"");
        assertThat(send("PATCH", "/contacts/bob", "{\"level\":\"friend\"}").body())
                .contains("expected blocked, unknown, known or trusted");
        assertThat(
                        send(
                                        "PATCH",
                                        "/contacts/bob",
                                        "{\"level\":\"blocked\",\"pins\":[\"" + agent + "\"]}")
                                .body())
                .contains("\"level\":\"blocked\"")
                .contains("\"pins\":[\"" + agent);
        assertThat(send("DELETE", "/contacts/bob", "").status()).isEqualTo(200);
        assertThat(send("DELETE", "/contacts/bob", "").status()).isEqualTo(404);
        assertThat(send("PATCH", "/contacts/cccccc", "{\"level\":\"known\"}").body())
                .contains("cc".repeat(32));
        assertThat(send("DELETE", "/contacts/cccccc", "").status()).isEqualTo(200);
        assertThat(trust.contacts()).isEmpty();
    }

    @Test
    void aCardIsImportedOnlyIfItsSignaturesHold() throws Exception {
        IdentityComponent bob =
                new IdentityComponent(dir.resolve("bob"), new NetworkId("parley.test"), "bob");
        String card = bob.card(List.of("127.0.0.1:5")).text();
        assertThat(send("POST", "/cards/import", "{\"card\":\"" + card + "\"}").body())
                .contains("\"level\":\"known\"");
        IdentityComponent other =
                new IdentityComponent(dir.resolve("bob"), new NetworkId("parley.other"), "bob");
        String foreign = other.card(List.of()).text();
        assertThat(send("POST", "/cards/import", "{\"card\":\"" + foreign + "\"}").body())
                .contains("CARD_SIGNATURE");
        assertThat(send("POST", "/cards/import", "{\"card\":\"hello\"}").body())
                .contains("CARD_MALFORMED");
    }

    @Test
    void aPeerThatDoesNotAnswerIsUnavailable() throws Exception {
        Answer answer = send("POST", "/peers", "{\"address\":\"127.0.0.1:1\"}");
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.body()).contains("UNREACHABLE");
    }

    @Test
    void anAddressThatIsNoneIsNotTried() throws Exception {
        Answer answer = send("POST", "/peers", "{\"address\":\"foo\"}");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).contains("'foo'").contains("HOST:PORT");
    }

    @Test
    void anInstallSaysHowManyBytesAreHereAndFromHowManyHolders() throws Exception {
        String all = "{\"ref\":\"hello\",\"consent\":{\"permissions\":\"all\"}}";
        assertThat(send("POST", "/plugins/install", all, "Accept: application/x-ndjson").body())
                .containsSubsequence(
                        "{\"progress\":{\"step\":\"looking\"}}\n",
                        "{\"progress\":{\"step\":\"fetching\",\"bytes\":10,\"total\":20,\"holders\":2}}\n",
                        "{\"result\":");
        assertThat(send("GET", "/openapi.json", "").body())
                .contains(
                        "\"application/x-ndjson\":{\"schema\":{\"$ref\":\"#/components/schemas/Line\"}}")
                .containsSubsequence("\"Line\":{", "\"bytes\"", "\"total\"", "\"holders\"");
    }

    @Test
    void progressComesLineByLineAndThenTheError() throws Exception {
        Answer answer = send("POST", "/slow", "{}", "Accept: application/x-ndjson");
        assertThat(answer.body())
                .containsSubsequence(
                        "{\"progress\":{\"step\":\"one\"}}\n",
                        "{\"progress\":{\"step\":\"two\"}}\n",
                        "{\"error\":{\"code\":\"NO\"");
        assertThat(send("POST", "/slow", "{}").status()).isEqualTo(409);
    }

    @Test
    void aFaultOfOursTellsNoDetail() throws Exception {
        Answer answer = send("POST", "/bug", "{}");
        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.body()).contains("INTERNAL").doesNotContain("secret detail");
    }

    @Test
    void unknownPathsAndMethodsAreNamed() throws Exception {
        assertThat(send("GET", "/nowhere", "").status()).isEqualTo(404);
        assertThat(send("DELETE", "/status", "").body()).contains("METHOD_NOT_ALLOWED");
    }

    @Test
    void shutdownAnswersAndThenStops() throws Exception {
        assertThat(send("POST", "/shutdown", "").status()).isEqualTo(200);
        assertThat(stopped).isTrue();
    }

    @Test
    void theOpenApiDocumentNamesExactlyTheRoutes() throws Exception {
        Value.Map document =
                (Value.Map)
                        Json.parse(
                                send("GET", "/openapi.json", "")
                                        .body()
                                        .getBytes(StandardCharsets.UTF_8),
                                1 << 20);
        List<String> documented = new ArrayList<>();
        ((Value.Map) document.get("paths").orElseThrow())
                .entries()
                .forEach(
                        (path, item) ->
                                ((Value.Map) item)
                                        .entries()
                                        .keySet()
                                        .forEach(method -> documented.add(text(method, path))));
        List<String> routes = new ArrayList<>();
        for (Operation operation : table.list()) {
            routes.add(operation.method() + " " + operation.path());
            assertThat(
                            Router.match(table.list(), operation.method(), operation.path())
                                    .operation()
                                    .name())
                    .isEqualTo(operation.name());
        }
        assertThat(documented).containsExactlyInAnyOrderElementsOf(routes).doesNotHaveDuplicates();
    }

    private static String text(Value method, Value path) {
        return ((Value.Text) method).value().toUpperCase(Locale.ROOT)
                + " "
                + ((Value.Text) path).value();
    }
}
