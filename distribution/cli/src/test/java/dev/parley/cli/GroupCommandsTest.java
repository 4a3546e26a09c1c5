package dev.parley.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands about groups against a server that answers what the test says. */
class GroupCommandsTest {
    private static final String LAST_ADMIN =
            "a group must always have at least one admin; make another member an admin before"
                    + " leaving";

    @TempDir Path dir;
    private final List<String> asked = new ArrayList<>();
    private final Deque<String> answers = new ArrayDeque<>();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private HttpServer server;
    private int status = 200;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    String body =
                            new String(
                                    exchange.getRequestBody().readAllBytes(),
                                    StandardCharsets.UTF_8);
                    String override =
                            exchange.getRequestHeaders().getFirst("X-HTTP-Method-Override");
                    asked.add(
                            (override == null ? exchange.getRequestMethod() : override)
                                    + " "
                                    + exchange.getRequestURI()
                                    + " "
                                    + body);
                    String answer = answers.size() > 1 ? answers.poll() : answers.peek();
                    byte[] bytes =
                            (answer == null ? "{}" : answer).getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(status, bytes.length);
                    exchange.getResponseBody().write(bytes);
                    exchange.close();
                });
        server.start();
        Files.writeString(
                dir.resolve("rest.json"), "{\"port\":" + server.getAddress().getPort() + "}");
        Files.writeString(dir.resolve("token"), "t\n");
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private int group(String... words) {
        List<String> all = new ArrayList<>(List.of("group"));
        all.addAll(List.of(words));
        all.add("--data=" + dir);
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return Main.run(all, new PrintWriter(out, true), new PrintWriter(err, true));
    }

    @Test
    void eachVerbAsksForTheOperationOfTheSameMeaning() throws IOException {
        group();
        group("list");
        group("create", "my team", "--description", "us");
        group("show", "my team");
        group("invite", "team");
        group("invite", "team", "--for", "12h");
        group("invites", "team");
        group("uninvite", "team", "1f");
        group("members", "team");
        group("role", "team", "bob", "admin");
        group("remove", "team", "bob");
        group("rename", "team", "crew");
        group("rename", "team", "--description", "");
        group("leave", "team");
        group("delete", "team", "--yes");
        group("forget", "team");
        group("refresh", "team");
        group("send", "team", "Lunch at noon");
        Path file = Files.write(dir.resolve("file"), new byte[] {0, (byte) 255});
        group("send", "team", "--file", file.toString());
        group("read", "team");
        group("read", "team", "--last", "5");
        assertThat(asked)
                .containsExactly(
                        "GET /groups ",
                        "GET /groups ",
                        "POST /groups {\"name\":\"my team\",\"description\":\"us\"}",
                        "GET /groups/my%20team ",
                        "POST /groups/team/invites {}",
                        "POST /groups/team/invites {\"seconds\":43200}",
                        "GET /groups/team/invites ",
                        "DELETE /groups/team/invites/1f ",
                        "GET /groups/team/members ",
                        "PATCH /groups/team/members/bob {\"role\":\"admin\"}",
                        "DELETE /groups/team/members/bob ",
                        "PATCH /groups/team {\"name\":\"crew\"}",
                        "PATCH /groups/team {\"description\":\"\"}",
                        "POST /groups/team/leave {}",
                        "DELETE /groups/team ",
                        "POST /groups/team/forget {}",
                        "POST /groups/team/refresh {}",
                        "POST /groups/team/messages {\"text\":\"Lunch at noon\"}",
                        "POST /groups/team/messages"
                                + " {\"content\":\"AP8=\",\"type\":\"application/octet-stream\"}",
                        "GET /groups/team/messages?last=20 ",
                        "GET /groups/team/messages?last=5 ");
    }

    @Test
    void everyVerbHasHelpWithAnExample() {
        for (String verb :
                List.of(
                        "list",
                        "create",
                        "show",
                        "invite",
                        "invites",
                        "uninvite",
                        "join",
                        "members",
                        "role",
                        "remove",
                        "rename",
                        "leave",
                        "delete",
                        "forget",
                        "refresh",
                        "send",
                        "read",
                        "watch")) {
            assertThat(group(verb, "--help")).isZero();
            assertThat(out.toString()).contains("Example: parley group " + verb, "--json");
        }
        assertThat(group("snd")).isEqualTo(2);
        assertThat(err.toString()).contains("group send");
        assertThat(asked).isEmpty();
    }

    @Test
    void wrongWordsAskNothingAndSayWhatIsExpected() {
        for (String[] words :
                new String[][] {
                    {"send", "team"},
                    {"send", "team", "text", "--file", "f"},
                    {"send", "team", "--file", "/no/such/file"},
                    {"invite", "team", "--for", "soon"},
                    {"invite", "team", "--for", "0d"},
                    {"read", "team", "--last", "3", "--after", "4"},
                    {"read", "team", "--last", "x"},
                    {"role", "team", "bob"}
                }) {
            assertThat(group(words)).as(String.join(" ", words)).isEqualTo(2);
        }
        assertThat(asked).isEmpty();
    }

    @Test
    void aRefusalIsSaidWithItsCodeAndWhatToDo() {
        status = 409;
        answers.add(
                "{\"error\":{\"code\":\"LAST_ADMIN\",\"message\":\""
                        + LAST_ADMIN
                        + "\",\"hint\":\"do it\"}}");
        assertThat(group("leave", "team")).isEqualTo(1);
        assertThat(err.toString())
                .isEqualToNormalizingNewlines(
                        "parley: " + LAST_ADMIN + " (LAST_ADMIN)\nparley: do it\n");
        assertThat(group("leave", "team", "--json")).isEqualTo(1);
        assertThat(out.toString()).contains("\"code\":\"LAST_ADMIN\"", LAST_ADMIN);
    }

    @Test
    void aGroupIsEndedForAllOnlyByWhoWasAskedOrSaysYes() {
        assertThat(group("delete", "team", "--json")).isEqualTo(1);
        assertThat(out.toString()).contains("CONSENT_REQUIRED", "--yes");
        assertThat(asked).containsExactly("GET /groups/team ");
    }

    @Test
    void aJoinSaysThatItWaitsButNotToAProgram() {
        answers.add(
                "{\"progress\":{\"step\":\"asking an admin of the group\",\"seconds\":0}}\n"
                        + "{\"progress\":{\"step\":\"asking an admin of the group\",\"seconds\":1}}\n"
                        + "{\"result\":{\"name\":\"team\",\"status\":\"active\"}}\n");
        assertThat(group("join", "parley://group/x")).isZero();
        assertThat(err.toString()).isEqualToNormalizingNewlines("  asking an admin of the group\n");
        assertThat(out.toString()).contains("team", "active");
        assertThat(group("join", "parley://group/x", "--json")).isZero();
        assertThat(err.toString()).isEmpty();
        assertThat(out.toString()).startsWith("{\"name\":\"team\"");
    }

    private static String message(int sequence, String rest) {
        return "{\"sequence\":"
                + sequence
                + ",\"time\":\"t\",\"type\":\"text/plain\",\"words\":\"a-b\",\"name\":\"\",\"own\":false"
                + rest
                + "}";
    }

    @Test
    void whatWasSaidIsALineEachAndCannotMoveTheCursor() {
        answers.add(
                "{\"messages\":["
                        + message(2, ",\"order\":\"b\",\"content\":\"AP8=\"")
                                .replace("text/plain", "a/b")
                        + ","
                        + message(3, ",\"order\":\"a\",\"text\":\"one\\ntwo\\u001b[2J\"")
                        + "]}");
        assertThat(group("read", "team")).isZero();
        assertThat(out.toString())
                .isEqualToNormalizingNewlines(
                        "3  t  a-b  one\n    two?[2J\n2  t  a-b  (a/b, 2 bytes)\n");
    }

    @Test
    void allThatIsKeptIsReadPageByPage() {
        answers.add("{\"messages\":[" + message(4, ",\"text\":\"a\"") + "]}");
        answers.add("{\"messages\":[" + message(9, ",\"text\":\"b\"") + "]}");
        answers.add("{\"messages\":[]}");
        assertThat(group("read", "team", "--after", "3")).isZero();
        assertThat(out.toString()).isEqualToNormalizingNewlines("4  t  a-b  a\n9  t  a-b  b\n");
        assertThat(asked)
                .containsExactly(
                        "GET /groups/team/messages?limit=1000&after=3 ",
                        "GET /groups/team/messages?limit=1000&after=4 ",
                        "GET /groups/team/messages?limit=1000&after=9 ");
    }

    @Test
    void watchingGoesOnWhereItWasWhenTheContainerEndsTheAnswer() {
        answers.add(
                "{\"progress\":{\"event\":\"start\",\"id\":\"4\"}}\n"
                        + "{\"progress\":{\"event\":\"ping\"}}\n"
                        + "{\"progress\":"
                        + message(5, ",\"event\":\"message\",\"id\":\"5\",\"text\":\"hi\"")
                        + "}\n"
                        + "{\"progress\":{\"event\":\"joined\",\"id\":\"5\",\"name\":\"bob\"}}\n"
                        + "{\"progress\":{\"event\":\"lost\",\"id\":\"5\",\"message\":\"slow\"}}\n"
                        + "{\"result\":{\"since\":\"5\"}}\n");
        assertThat(group("watch", "team", "--since", "4", "--count", "4")).isZero();
        assertThat(out.toString())
                .isEqualToNormalizingNewlines("5  t  a-b  hi\n* bob joined\n".repeat(2));
        assertThat(err.toString()).contains("left out: slow");
        assertThat(asked)
                .containsExactly(
                        "GET /groups/team/events?since=4 ", "GET /groups/team/events?since=5 ");
        assertThat(group("watch", "team", "--count", "1", "--json")).isZero();
        assertThat(out.toString()).startsWith("{\"sequence\":5").hasLineCount(1);
        status = 404;
        answers.clear();
        answers.add("{\"error\":{\"code\":\"NOT_FOUND\",\"message\":\"no\",\"hint\":\"\"}}");
        assertThat(group("watch", "team")).isEqualTo(1);
    }
}
