package dev.parley.gateway.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.actor.api.Actors;
import dev.parley.gateway.api.Operation;
import dev.parley.groups.api.GroupException;
import dev.parley.groups.api.GroupMessage;
import dev.parley.groups.api.GroupRole;
import dev.parley.identity.api.AgentId;
import dev.parley.identity.api.NetworkId;
import dev.parley.identity.internal.IdentityComponent;
import dev.parley.trust.api.TrustLevel;
import dev.parley.trust.internal.TrustComponent;
import dev.parley.wire.api.Json;
import dev.parley.wire.api.Value;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The routes of groups, each with what is right and what is not. */
@Timeout(60)
class GroupRoutesTest {
    private static final AgentId BOB = AgentId.of("b0".repeat(32));
    private static final AgentId CAROL = AgentId.of("ca".repeat(32));

    @TempDir Path dir;
    private final OperationTable table = new OperationTable();
    private final Set<String> good = new TreeSet<>();
    private final Set<String> bad = new TreeSet<>();
    private final HttpClient client = HttpClient.newHttpClient();
    private TrustComponent trust;
    private FakeGroups groups = new FakeGroups(BOB);
    private HttpGateway gateway;
    private String token = "";
    private String self = "";

    @BeforeEach
    void start() throws Exception {
        IdentityComponent identity =
                new IdentityComponent(dir.resolve("id"), new NetworkId("parley.test"), "alice");
        trust = new TrustComponent(dir.resolve("trust"));
        trust.set(BOB, TrustLevel.KNOWN, Optional.of("bob"));
        groups = new FakeGroups(identity.agent());
        table.addSource(
                new GroupOperations(identity, groups, trust, new FakeNetwork(), new FakeCatalog()));
        gateway = new HttpGateway("127.0.0.1:0", dir, "alice", table);
        token = Files.readString(dir.resolve("token")).strip();
        self = identity.agent().hex();
    }

    @AfterEach
    void stop() throws Exception {
        gateway.stop();
    }

    private HttpResponse<String> send(String route, String json, String... headers)
            throws Exception {
        int blank = route.indexOf(' ');
        HttpRequest.Builder request =
                HttpRequest.newBuilder(
                                URI.create(
                                        "http://127.0.0.1:"
                                                + gateway.port()
                                                + route.substring(blank + 1)))
                        .header("Authorization", "Bearer " + token)
                        .method(
                                route.substring(0, blank),
                                json.isEmpty()
                                        ? HttpRequest.BodyPublishers.noBody()
                                        : HttpRequest.BodyPublishers.ofString(
                                                json.replace('\'', '"')));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private String operation(String route) throws Exception {
        int blank = route.indexOf(' ');
        String path = URI.create(route.substring(blank + 1)).getRawPath();
        return Router.match(table.list(), route.substring(0, blank), path).operation().name();
    }

    private String ok(String route, String json) throws Exception {
        HttpResponse<String> answer = send(route, json);
        assertThat(answer.statusCode()).as(route + json + answer.body()).isEqualTo(200);
        good.add(operation(route));
        return answer.body();
    }

    private String refused(int status, String code, String route, String json) throws Exception {
        HttpResponse<String> answer = send(route, json);
        assertThat(answer.body()).as(route + json).contains("\"code\":\"" + code + "\"");
        assertThat(answer.statusCode()).as(route + json).isEqualTo(status);
        bad.add(operation(route));
        return answer.body();
    }

    @Test
    void everyRouteAnswersWhatIsRightAndRefusesWhatIsNotWithItsCode() throws Exception {
        making();
        members();
        invites();
        messages();
        leaving();
        Set<String> all =
                table.list().stream()
                        .map(Operation::name)
                        .filter(it -> it.startsWith("groups."))
                        .collect(Collectors.toSet());
        assertThat(all).hasSize(18);
        assertThat(good).containsAll(all);
        all.remove("groups.list"); // takes nothing that could be wrong
        assertThat(bad).containsAll(all);
    }

    @Test
    void groupsCanBeUsedAsToolsWithTheSameChecksAndCodes() throws Exception {
        ToolOperations tools = new ToolOperations();
        ExecutorService pool = Actors.pool("test-tools", 2, 8);
        OwnTools.of(table, pool).forEach(tools::addTool);
        table.addSource(tools);
        try {
            String listed = ok("GET /tools", "");
            Set<String> missing =
                    table.list().stream()
                            .map(Operation::name)
                            .filter(it -> it.startsWith("groups."))
                            .filter(it -> !listed.contains("\"name\":\"" + it.substring(7) + "\""))
                            .collect(Collectors.toSet());
            assertThat(missing).containsExactlyInAnyOrder("groups.join", "groups.events");
            assertThat(listed)
                    .containsPattern("\"name\":\"messages\"[^}]*\"effects\":\"read\"")
                    .containsPattern("\"name\":\"send\"[^}]*\"effects\":\"write\"");
            ok("POST /tools/parley.groups/create", "{'name':'team'}");
            String send = "POST /tools/parley.groups/send";
            assertThat(ok(send, "{'group':'team','text':'hi'}")).contains("\"sequence\":1");
            refused(404, "NOT_FOUND", send, "{'group':'nobody','text':'hi'}");
            refused(400, "ARGUMENTS_INVALID", send, "{'text':'hi'}");
            groups.members.put(BOB, GroupRole.MEMBER);
            refused(409, "LAST_ADMIN", "POST /tools/parley.groups/leave", "{'group':'team'}");
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void aMemberKnownOnlyByTheGroupIsNamedByItsFirstDigitsIfTheyFitNobodyElse() throws Exception {
        AgentId strangers = AgentId.of("decade" + "00".repeat(29));
        AgentId likeIt = AgentId.of("decade" + "11".repeat(29));
        ok("POST /groups", "{'name':'team'}");
        groups.members.put(BOB, GroupRole.MEMBER);
        groups.members.put(strangers, GroupRole.MEMBER);
        String role = "PATCH /groups/team/members/";
        assertThat(ok(role + "DECADE", "{'role':'admin'}")).contains(strangers.hex());
        refused(404, "NO_SUCH_CONTACT", role + "decad", "{'role':'admin'}");
        // Others with these digits who are no members do not matter.
        trust.set(likeIt, TrustLevel.KNOWN, Optional.of("eve"));
        assertThat(ok(role + "decade", "{'role':'member'}")).contains(strangers.hex());
        // A name that looks like digits is not taken over by who has an id to fit it.
        trust.set(BOB, TrustLevel.KNOWN, Optional.of("decade"));
        refused(400, "AMBIGUOUS", "DELETE /groups/team/members/decade", "");
        assertThat(ok("DELETE /groups/team/members/decade00", "")).contains(strangers.hex());
        assertThat(ok(role + BOB.hex().substring(0, 6), "{'role':'admin'}")).contains(BOB.hex());
        trust.set(BOB, TrustLevel.KNOWN, Optional.of("bob"));
        groups.members.put(strangers, GroupRole.MEMBER);
        groups.members.put(likeIt, GroupRole.MEMBER);
        refused(400, "AMBIGUOUS", "DELETE /groups/team/members/decade", "");
        assertThat(groups.members).containsKeys(strangers, likeIt);
    }

    private void making() throws Exception {
        assertThat(ok("GET /groups", "")).isEqualTo("{\"groups\":[]}");
        assertThat(ok("POST /groups", "{'name':'team','description':'us'}"))
                .contains("\"id\":\"9a9a", "\"name\":\"team\"", "\"description\":\"us\"")
                .contains("\"status\":\"active\"", "\"role\":\"admin\"", "\"members\":1");
        refused(400, "ARGUMENTS_INVALID", "POST /groups", "{'description':'us'}");
        refused(400, "INVALID", "POST /groups", "{'name':''}");
        assertThat(ok("GET /groups", "")).contains("\"name\":\"team\"");
        assertThat(ok("GET /groups/9a9a9a", "")).contains("\"name\":\"team\"");
        refused(404, "NOT_FOUND", "GET /groups/9a9a", "");
        refused(404, "NOT_FOUND", "GET /groups/nobody", "");
        assertThat(ok("PATCH /groups/team", "{'name':'crew'}"))
                .contains("\"name\":\"crew\"", "\"description\":\"us\"");
        ok("PATCH /groups/crew", "{'name':'team','description':''}");
        refused(400, "ARGUMENTS_INVALID", "PATCH /groups/team", "{}");
        refused(400, "ARGUMENTS_INVALID", "PATCH /groups/team", "{'title':'x'}");
        ok("POST /groups/team/refresh", "{}");
        refused(404, "NOT_FOUND", "POST /groups/nobody/refresh", "{}");
        assertThat(ok("POST /groups/join", "{'link':'parley://group/x'}")).contains("team");
        refused(400, "INVALID", "POST /groups/join", "{'link':'http://x'}");
        refused(409, "INVITE_EXPIRED", "POST /groups/join", "{'link':'parley://group/old'}");
        refused(409, "INVITE_REFUSED", "POST /groups/join", "{'link':'parley://group/used'}");
        assertThat(refused(503, "NO_ADMIN", "POST /groups/join", "{'link':'parley://group/away'}"))
                .contains("goes on by itself");
        refused(400, "ARGUMENTS_INVALID", "POST /groups/join", "{}");
        HttpResponse<String> steps =
                send(
                        "POST /groups/join",
                        "{'link':'parley://group/x'}",
                        "Accept",
                        "application/x-ndjson");
        assertThat(steps.body().lines().toList())
                .hasSize(2)
                .satisfies(
                        it -> {
                            assertThat(it.get(0)).contains("\"step\":\"asking an admin");
                            assertThat(it.get(1)).startsWith("{\"result\":{");
                        });
    }

    private void members() throws Exception {
        groups.members.put(BOB, GroupRole.MEMBER);
        groups.members.put(CAROL, GroupRole.MEMBER);
        assertThat(ok("GET /groups/team/members", ""))
                .contains("\"agent\":\"" + self, "\"own\":true", "\"role\":\"admin\"")
                .contains("\"name\":\"bob\"", "\"role\":\"member\"", BOB.words());
        refused(404, "NOT_FOUND", "GET /groups/nobody/members", "");
        // Each that would leave the group without an admin says what to do.
        String demote = "PATCH /groups/team/members/" + self;
        assertThat(refused(409, "LAST_ADMIN", demote, "{'role':'member'}"))
                .contains(GroupException.NEEDS_ADMIN);
        assertThat(refused(409, "LAST_ADMIN", "DELETE /groups/team/members/" + self, ""))
                .contains(
                        "a group must always have at least one admin; make another member an"
                                + " admin first");
        assertThat(refused(409, "LAST_ADMIN", "POST /groups/team/leave", "{}"))
                .contains(
                        "a group must always have at least one admin; make another member an"
                                + " admin before leaving");
        assertThat(ok("PATCH /groups/team/members/bob", "{'role':'admin'}"))
                .contains(BOB.hex(), "admin");
        assertThat(groups.members.get(BOB)).isEqualTo(GroupRole.ADMIN);
        // A member that is no contact is found by its first digits all the same.
        ok("PATCH /groups/team/members/cacaca", "{'role':'admin'}");
        for (String role : new String[] {"owner", "Admin", ""}) {
            assertThat(
                            refused(
                                    400,
                                    "INVALID",
                                    "PATCH /groups/team/members/bob",
                                    "{'role':'" + role + "'}"))
                    .contains("valid roles: 'admin', 'member'");
        }
        refused(404, "NO_SUCH_CONTACT", "PATCH /groups/team/members/eve", "{'role':'admin'}");
        assertThat(ok("DELETE /groups/team/members/cacaca", "")).contains(CAROL.hex());
        assertThat(groups.members).doesNotContainKey(CAROL);
        refused(404, "NOT_FOUND", "DELETE /groups/team/members/" + CAROL.hex(), "");
    }

    private void invites() throws Exception {
        assertThat(ok("POST /groups/team/invites", "{'seconds':60}"))
                .contains("\"link\":\"parley://group/x\"", "\"invite\":\"1f1f");
        assertThat(ok("GET /groups/team/invites", "")).contains("1f1f", self);
        for (long seconds : new long[] {0, -1, 2_592_001}) {
            refused(
                    400,
                    "ARGUMENTS_INVALID",
                    "POST /groups/team/invites",
                    "{'seconds':" + seconds + "}");
        }
        groups.members.replaceAll((agent, role) -> GroupRole.MEMBER);
        refused(409, "NOT_ALLOWED", "POST /groups/team/invites", "{}");
        groups.members.replaceAll((agent, role) -> GroupRole.ADMIN);
        refused(404, "NOT_FOUND", "GET /groups/nobody/invites", "");
        ok("DELETE /groups/team/invites/" + FakeGroups.INVITE, "");
        refused(404, "NOT_FOUND", "DELETE /groups/team/invites/" + FakeGroups.INVITE, "");
        assertThat(ok("GET /groups/team/invites", "")).isEqualTo("{\"invites\":[]}");
    }

    private void messages() throws Exception {
        assertThat(ok("POST /groups/team/messages", "{'text':'h\u00e9llo'}"))
                .contains(
                        "\"sequence\":1",
                        "\"order\":\"0001\"",
                        "\"own\":true",
                        "\"type\":\"text/plain\"");
        ok("POST /groups/team/messages", "{'content':'AP8=','type':'application/x'}");
        groups.send(FakeGroups.ID, GroupMessage.TEXT, new byte[] {(byte) 0xff});
        assertThat(ok("GET /groups/team/messages", ""))
                .contains("\"text\":\"h\u00e9llo\"")
                .contains("\"content\":\"AP8=\"", "\"type\":\"application/x\"")
                .contains("\"content\":\"/w==\""); // says that it is text, and is none
        assertThat(ok("GET /groups/team/messages?last=1", "")).contains("/w==").doesNotContain("A");
        assertThat(ok("GET /groups/team/messages?after=1&limit=1", ""))
                .contains("AP8=")
                .doesNotContain("/w==");
        for (String query :
                new String[] {
                    "limit=0",
                    "limit=1001",
                    "last=-1",
                    "last=1001",
                    "after=-1",
                    "last=1&after=1",
                    "after=x",
                    "before=1"
                }) {
            refused(400, "ARGUMENTS_INVALID", "GET /groups/team/messages?" + query, "");
        }
        refused(404, "NOT_FOUND", "GET /groups/nobody/messages", "");
        for (String body :
                new String[] {
                    "{}", "{'text':'a','content':'AA=='}", "{'content':'%'}", "{'say':'a'}"
                }) {
            refused(400, "ARGUMENTS_INVALID", "POST /groups/team/messages", body);
        }
        refused(
                400,
                "TOO_LARGE",
                "POST /groups/team/messages",
                "{'text':'" + "x".repeat(40_000) + "'}");
        for (int i = 0; i < 60; i++) {
            groups.send(FakeGroups.ID, GroupMessage.TEXT, new byte[32_768]);
        }
        Value.Map much =
                (Value.Map)
                        Json.parse(ok("GET /groups/team/messages?limit=1000&after=3", ""), 1 << 24);
        assertThat(((Value.List) much.get("messages").orElseThrow()).items())
                .hasSize((1 << 20) / 32_768);
        assertThat(ok("GET /groups/team/events?seconds=1", "")).contains("event: start");
        refused(404, "NOT_FOUND", "GET /groups/nobody/events", "");
        refused(400, "ARGUMENTS_INVALID", "GET /groups/team/events?since=x", "");
        refused(400, "ARGUMENTS_INVALID", "GET /groups/team/events?seconds=0", "");
    }

    private void leaving() throws Exception {
        refused(409, "NOT_ALLOWED", "POST /groups/team/forget", "{}");
        groups.members.replaceAll((agent, role) -> GroupRole.MEMBER);
        refused(409, "NOT_ALLOWED", "DELETE /groups/team", "");
        groups.members.replaceAll((agent, role) -> GroupRole.ADMIN);
        assertThat(ok("DELETE /groups/team", "")).contains("\"closed\":\"9a9a");
        assertThat(ok("GET /groups/team", "")).contains("\"status\":\"closed\"");
        refused(409, "NOT_ACTIVE", "POST /groups/team/refresh", "{}");
        assertThat(ok("POST /groups/team/leave", "{}")).contains("\"left\":\"9a9a");
        assertThat(ok("POST /groups/team/forget", "{}")).contains("\"forgotten\":\"9a9a");
        refused(404, "NOT_FOUND", "GET /groups/team", "");
    }
}
