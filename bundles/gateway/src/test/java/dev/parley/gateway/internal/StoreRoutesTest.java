package dev.parley.gateway.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.actor.api.Actors;
import dev.parley.gateway.api.Operation;
import dev.parley.identity.api.NetworkId;
import dev.parley.identity.internal.IdentityComponent;
import dev.parley.storage.internal.StorageComponent;
import dev.parley.stores.internal.StoresComponent;
import dev.parley.trust.internal.TrustComponent;
import dev.parley.trust.nodes.NobodyElse;
import dev.parley.wire.api.Json;
import dev.parley.wire.api.Value;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The routes of stores over a real room stores, which is alone. */
class StoreRoutesTest {
    private static final String NOBODY = "ab".repeat(32);

    @TempDir Path dir;
    private final OperationTable table = new OperationTable();
    private final Set<String> good = new TreeSet<>();
    private final Set<String> bad = new TreeSet<>();
    private StorageComponent storage;
    private StoresComponent stores;
    private HttpGateway gateway;
    private String token = "";
    private String self = "";

    @BeforeEach
    void start() throws Exception {
        IdentityComponent identity =
                new IdentityComponent(dir.resolve("id"), new NetworkId("parley.test"), "alice");
        TrustComponent trust = new TrustComponent(dir.resolve("trust"));
        storage = new StorageComponent(dir.resolve("storage"));
        NobodyElse nobody = new NobodyElse();
        FakeNetwork network = new FakeNetwork();
        stores = new StoresComponent(identity, storage, network, nobody, nobody, trust);
        table.addSource(new StoreOperations(identity, stores, trust, network, new FakeCatalog()));
        gateway = new HttpGateway("127.0.0.1:0", dir, "alice", table);
        token = Files.readString(dir.resolve("token")).strip();
        self = identity.agent().hex();
        ok("POST /stores", "{'name':'notes'}");
    }

    @AfterEach
    void stop() throws Exception {
        gateway.stop();
        stores.close();
        storage.close();
    }

    private HttpResponse<String> send(String route, String json) throws Exception {
        int blank = route.indexOf(' ');
        String method = route.substring(0, blank);
        HttpRequest.BodyPublisher body =
                json.isEmpty()
                        ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofString(json.replace('\'', '"'));
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(
                                        URI.create(
                                                "http://127.0.0.1:"
                                                        + gateway.port()
                                                        + route.substring(blank + 1)))
                                .header("Authorization", "Bearer " + token)
                                .method(method, body)
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    private String operation(String route) throws Exception {
        int blank = route.indexOf(' ');
        String path = URI.create(route.substring(blank + 1)).getRawPath();
        return Router.match(table.list(), route.substring(0, blank), path).operation().name();
    }

    private Value ok(String route, String json) throws Exception {
        HttpResponse<String> answer = send(route, json);
        assertThat(answer.statusCode()).as(route + json + answer.body()).isEqualTo(200);
        good.add(operation(route));
        return Json.parse(answer.body(), 1 << 20);
    }

    private Value get(String route) throws Exception {
        return ok("GET /stores/notes" + route, "");
    }

    private String post(String route, String json) throws Exception {
        return text(ok("POST /stores/notes" + route, json), "change");
    }

    private void refused(int status, String code, String route, String json) throws Exception {
        HttpResponse<String> answer = send(route, json);
        assertThat(answer.body()).as(route + json).contains("\"code\":\"" + code + "\"");
        assertThat(answer.statusCode()).as(route + json).isEqualTo(status);
        bad.add(operation(route));
    }

    private static String text(Value value, String name) {
        Value found = ((Value.Map) value).get(name).orElse(Value.NULL);
        return found instanceof Value.Text text ? text.value() : Json.write(found);
    }

    private String value(String query) throws Exception {
        return text(get("/value?path=" + query), "value");
    }

    /** Everything at once, because what one route writes another shows. */
    @Test
    void everyRouteAnswersWhatIsRightAndRefusesWhatIsNotWithItsCode() throws Exception {
        stores();
        values();
        lists();
        trees();
        shares();
        tasks();
        history();
        events();
        seals();
        compaction();
        ok("DELETE /stores/notes", "");
        refused(404, "NO_SUCH_STORE", "DELETE /stores/notes", "");
        Set<String> all =
                table.list().stream()
                        .map(Operation::name)
                        .filter(it -> it.startsWith("stores."))
                        .collect(Collectors.toSet());
        assertThat(good).containsAll(all);
        assertThat(bad).containsAll(without(all, "stores.list"));
    }

    private static Set<String> without(Set<String> all, String one) {
        return all.stream().filter(it -> !it.equals(one)).collect(Collectors.toSet());
    }

    private void stores() throws Exception {
        assertThat(text(ok("GET /stores", ""), "stores")).contains("\"name\":\"notes\"");
        refused(400, "ARGUMENTS_INVALID", "POST /stores", "{'name':'x','mode':'secret'}");
        refused(400, "ARGUMENTS_INVALID", "POST /stores", "{'name':'x','appendOnly':'yes'}");
        String link = text(get(""), "link");
        assertThat(text(get(""), "hash")).hasSize(64);
        refused(404, "NO_SUCH_STORE", "GET /stores/other", "");
        ok("POST /stores/join", "{'link':'" + link + "'}");
        refused(400, "INVALID", "POST /stores/join", "{'link':'parley-store:x'}");
        refused(503, "NO_HOLDER", "POST /stores/join", "{'link':'" + NOBODY + "'}");
        post("/members", "{'agent':'" + NOBODY + "','role':'writer'}");
        assertThat(text(get("/members"), "members")).contains(NOBODY, "\"writer\"");
        refused(404, "NO_SUCH_STORE", "GET /stores/other/members", "");
        refused(
                400,
                "ARGUMENTS_INVALID",
                "POST /stores/notes/members",
                "{'agent':'" + NOBODY + "','role':'king'}");
        refused(
                404,
                "NO_SUCH_CONTACT",
                "POST /stores/notes/members",
                "{'agent':'bob','role':'reader'}");
    }

    private void values() throws Exception {
        post("/put", "{'path':'/title','value':'Shopping'}");
        post("/put", "{'path':'/done','value':true,'type':'flag-enable-wins'}");
        post("/put", "{'path':'/all','value':1,'type':'multi-register'}");
        post("/increment", "{'path':'/n','by':4}");
        post("/add", "{'path':'/tags','value':'x'}");
        post("/add", "{'path':'/tags','value':'y'}");
        post("/remove", "{'path':'/tags','value':'x'}");
        post("/add", "{'path':'/rw','value':'x','type':'set-remove-wins'}");
        post("/text", "{'path':'/doc','text':'one'}");
        post("/put", "{'path':'/gone','value':1}");
        post("/delete", "{'path':'/gone'}");
        assertThat(value("/"))
                .isEqualTo(
                        "{\"all\":[1],\"doc\":\"one\",\"done\":true,\"n\":4,\"rw\":[\"x\"],"
                                + "\"tags\":[\"y\"],\"title\":\"Shopping\"}");
        refused(400, "INVALID", "GET /stores/notes/value?path=title", "");
        refused(404, "NOT_FOUND", "GET /stores/notes/value?at=nowhere", "");
        refused(400, "INVALID", "GET /stores/notes/value?at=now&branch=draft", "");
        String at = "POST /stores/notes/";
        refused(400, "INVALID", at + "put", "{'path':'title','value':1}");
        refused(400, "INVALID", at + "put", "{'path':'/l','value':[1]}");
        refused(400, "ARGUMENTS_INVALID", at + "put", "{'path':'/l'}");
        refused(400, "INVALID", at + "put", "{'path':'/l','value':1,'type':'heap'}");
        refused(400, "ARGUMENTS_INVALID", at + "put", "{'path':'/l','value':1,'undoable':'yes'}");
        refused(400, "INVALID", at + "put", "{'path':'/tags','value':1}");
        refused(400, "INVALID", at + "add", "{'path':'/title','value':1}");
        refused(400, "INVALID", at + "put", "{'path':'/n','value':1,'type':'multi-register'}");
        refused(400, "INVALID", at + "put", "{'path':'/n','value':true,'type':'flag-enable-wins'}");
        refused(404, "NOT_FOUND", at + "delete", "{'path':'/gone'}");
        refused(400, "INVALID", at + "increment", "{'path':'/title'}");
        refused(400, "ARGUMENTS_INVALID", at + "increment", "{'path':'/n','by':'one'}");
        refused(400, "ARGUMENTS_INVALID", at + "add", "{'path':'/s','value':1,'type':'list'}");
        refused(400, "INVALID", at + "remove", "{'path':'tags','value':1}");
        refused(400, "INVALID", at + "text", "{'path':'/title','text':'x'}");
        String large = "a line\\n".repeat(100_000);
        post("/text", "{'path':'/large','text':'" + large + "'}");
        assertThat(value("/large")).hasSize(700_000);
    }

    private void lists() throws Exception {
        String at = "POST /stores/notes/";
        post("/insert", "{'path':'/l','value':'b'}");
        post("/insert", "{'path':'/l','value':'a','index':0}");
        post("/insert", "{'path':'/l','value':'d'}");
        post("/move", "{'path':'/l','element':'0','to':2}");
        assertThat(value("/l")).isEqualTo("[\"b\",\"d\",\"a\"]");
        Value first = ((Value.List) items()).items().get(0);
        post("/insert", "{'path':'/l','value':'before','index':0}");
        // By its id, though its index is another one by now.
        post("/replace", "{'path':'/l','element':'" + text(first, "id") + "','value':'B'}");
        String digits = text(first, "id").substring(0, 12);
        post("/replace", "{'path':'/l','element':'" + digits + "','value':'B'}");
        post("/drop", "{'path':'/l','element':'0'}");
        assertThat(value("/l")).isEqualTo("[\"B\",\"d\",\"a\"]");
        refused(400, "INVALID", "GET /stores/notes/items?path=l", "");
        refused(404, "NOT_FOUND", at + "insert", "{'path':'/l','value':1,'index':4}");
        refused(400, "INVALID", at + "insert", "{'path':'/title','value':1}");
        refused(404, "NOT_FOUND", at + "move", "{'path':'/l','element':'0','to':3}");
        refused(404, "NOT_FOUND", at + "replace", "{'path':'/l','element':'9','value':1}");
        refused(404, "NOT_FOUND", at + "drop", "{'path':'/l','element':'abcdef'}");
        refused(404, "NOT_FOUND", at + "drop", "{'path':'/none','element':'0'}");
    }

    private Value items() throws Exception {
        return ((Value.Map) get("/items?path=/l")).get("items").orElseThrow();
    }

    private void trees() throws Exception {
        String at = "POST /stores/notes/tree";
        post("/tree", "{'path':'/t','label':'one'}");
        post("/tree", "{'path':'/t','label':'two','parent':'one'}");
        String zero =
                text(
                        ok("POST /stores/notes/tree", "{'path':'/t','label':'zero','index':0}"),
                        "node");
        post("/tree/two/move", "{'path':'/t','index':0}");
        post("/tree/one/label", "{'path':'/t','label':'last'}");
        post("/tree/" + zero + "/remove", "{'path':'/t'}");
        String nodes = text(get("/tree?path=/t"), "nodes").replaceAll("\"id\":\"[0-9a-f.]+\",", "");
        assertThat(nodes)
                .isEqualTo(
                        "[{\"label\":\"two\",\"children\":[]},{\"label\":\"last\",\"children\":[]}]");
        post("/tree/two/move", "{'path':'/t'}");
        assertThat(text(get("/tree?path=/t"), "nodes")).containsSubsequence("last", "two");
        post("/tree/last/move", "{'path':'/t','parent':'two'}");
        refused(400, "INVALID", "GET /stores/notes/tree?path=t", "");
        refused(404, "NOT_FOUND", at, "{'path':'/t','label':'x','parent':'gone'}");
        refused(404, "NOT_FOUND", at, "{'path':'/t','label':'x','index':2}");
        refused(400, "INVALID", at, "{'path':'/title','label':'x'}");
        refused(409, "WRONG_STATE", at + "/two/move", "{'path':'/t','parent':'last'}");
        refused(404, "NOT_FOUND", at + "/zero/label", "{'path':'/t','label':1}");
        refused(404, "NOT_FOUND", at + "/zero/remove", "{'path':'/t'}");
    }

    private void seals() throws Exception {
        String at = "POST /stores/notes/";
        String label = ",'seal':'customer 42'}";
        post("/put", "{'path':'/c/name','value':'Alice Liddell','undoable':true" + label);
        post("/put", "{'path':'/c/more','value':{'mail':'alice@example.org'}" + label);
        post("/add", "{'path':'/c/tags','value':'regular'" + label);
        post("/insert", "{'path':'/c/list','value':'x'" + label);
        post("/replace", "{'path':'/c/list','element':'0','value':'y'" + label);
        post("/tree", "{'path':'/c/tree','label':'one'" + label);
        post("/tree/one/label", "{'path':'/c/tree','label':'two'" + label);
        post("/tasks", "{'title':'call'}");
        post("/tasks/call/claim", "{}");
        post("/tasks/call/finish", "{'result':'she agreed'" + label);
        post("/put", "{'path':'/c/other','value':'Bob','seal':'customer 43'}");
        assertThat(value("/c/name")).isEqualTo("Alice Liddell");
        assertThat(value("/c/tags")).isEqualTo("[\"regular\"]");
        assertThat(text(get("/seals"), "seals"))
                .contains("\"label\":\"customer 42\"", "\"values\":6", "\"status\":\"held\"")
                .contains(self);
        refused(404, "NO_SUCH_STORE", "GET /stores/other/seals", "");
        refused(400, "INVALID", at + "put", "{'path':'/c/x','value':1,'seal':'  '}");
        refused(
                400,
                "INVALID",
                at + "put",
                "{'path':'/c/f','value':true,'type':'flag-enable-wins','seal':'x'}");
        refused(404, "NO_SUCH_KEY", at + "expunge", "{'key':'customer 44'}");
        refused(400, "ARGUMENTS_INVALID", at + "expunge", "{}");
        String before = text(get(""), "heads").substring(2, 66);
        Value done = ok(at + "expunge", "{'key':'customer 42'}");
        assertThat(text(done, "values")).isEqualTo("6");
        String gone = "{\"expunged\":true}";
        assertThat(value("/c/name")).isEqualTo(gone);
        assertThat(value("/c/name&at=" + before)).isEqualTo(gone);
        assertThat(value("/c/more")).isEqualTo("{\"mail\":" + gone + "}");
        assertThat(value("/c/tags")).isEqualTo("[" + gone + "]");
        assertThat(value("/c/list")).isEqualTo("[" + gone + "]");
        assertThat(text(get("/tree?path=/c/tree"), "nodes")).contains("\"label\":" + gone);
        assertThat(text(get("/tasks"), "tasks")).contains(gone).doesNotContain("she agreed");
        assertThat(text(get("/diff?from=" + before), "differences")).isEqualTo("[]");
        assertThat(value("/c/other")).isEqualTo("Bob");
        refused(409, "WRONG_STATE", at + "expunge", "{'key':'" + text(done, "key") + "'}");
    }

    private void shares() throws Exception {
        String at = "POST /stores/notes/";
        post("/mint", "{'path':'/budget','amount':10}");
        post("/spend", "{'path':'/budget','amount':3}");
        post("/transfer", "{'path':'/budget','amount':2,'to':'" + NOBODY + "'}");
        Value shares = get("/shares?path=/budget");
        assertThat(text(shares, "total")).isEqualTo("7");
        assertThat(text(shares, "shares")).contains(NOBODY, self, "\"amount\":5", "\"own\":true");
        refused(400, "INVALID", "GET /stores/notes/shares?path=budget", "");
        refused(409, "NOT_ENOUGH", at + "spend", "{'path':'/budget','amount':6}");
        refused(400, "INVALID", at + "mint", "{'path':'/budget','amount':0}");
        refused(400, "INVALID", at + "mint", "{'path':'/n','amount':1}");
        refused(
                404,
                "NO_SUCH_CONTACT",
                at + "transfer",
                "{'path':'/budget','amount':1,'to':'bob'}");
    }

    private void tasks() throws Exception {
        post("/tasks", "{'title':'dig'}");
        post("/tasks/dig/claim", "{}");
        assertThat(text(get("/tasks"), "tasks")).contains(self);
        refused(400, "INVALID", "GET /stores/notes/tasks?path=tasks", "");
        refused(400, "ARGUMENTS_INVALID", "POST /stores/notes/tasks", "{}");
        refused(404, "NO_SUCH_TASK", "POST /stores/notes/tasks/fly/claim", "{}");
        refused(409, "WRONG_STATE", "POST /stores/notes/tasks/dig/claim", "{}");
        refused(400, "ARGUMENTS_INVALID", "POST /stores/notes/tasks/dig/eat", "{}");
    }

    private void history() throws Exception {
        String at = "POST /stores/notes/";
        post("/put", "{'path':'/title','value':'First'}");
        post("/text", "{'path':'/doc','text':'one\\ntwo\\n'}");
        String first = post("/tags", "{'tag':'v1'}");
        assertThat(first).hasSize(64);
        String second = post("/put", "{'path':'/title','value':'Second','undoable':true}");
        assertThat(text(get("/undo?limit=1"), "undoable"))
                .contains(
                        second, "{\"path\":\"/title\",\"type\":\"register\"}", "\"refused\":\"\"");
        Value undone = ok("POST /stores/notes/undo", "{}");
        assertThat(text(undone, "of")).isEqualTo(second);
        assertThat(text(undone, "differences"))
                .isEqualTo(
                        "[{\"path\":\"/title\",\"type\":\"register\",\"before\":\"Second\","
                                + "\"after\":\"First\"}]");
        assertThat(text(undone, "left")).isEqualTo("[]");
        assertThat(text(get("/undo"), "redoable")).contains(second);
        assertThat(value("/title")).isEqualTo("First");
        post("/redo", "{}");
        assertThat(value("/title")).isEqualTo("Second");
        assertThat(value("/title&at=v1")).isEqualTo("First");
        assertThat(value("/").contains(".tags")).isFalse();
        Value diff = get("/diff?from=v1");
        assertThat(text(diff, "differences"))
                .contains("{\"path\":\"/title\",\"type\":\"register\"", "First", "Second");
        assertThat(text(diff, "differences")).doesNotContain(".tags");
        assertThat(text(get("/tags"), "tags")).contains("\"name\":\"v1\"");
        refused(409, "WRONG_STATE", at + "tags", "{'tag':'v1'}");
        post("/tags", "{'tag':'v1','version':'now','move':true}");
        assertThat(value("/title&at=v1")).isEqualTo("Second");
        refused(400, "INVALID", at + "tags", "{'tag':'abcdef'}");
        refused(400, "INVALID", at + "tags", "{'tag':'Big'}");
        refused(404, "NOT_FOUND", at + "tags", "{'tag':'v2','version':'" + NOBODY + "'}");
        post("/untag", "{'tag':'v1'}");
        refused(404, "NOT_FOUND", at + "untag", "{'tag':'v1'}");
        refused(404, "NO_SUCH_STORE", "GET /stores/other/tags", "");
        refused(404, "NO_SUCH_STORE", "GET /stores/other/undo", "");
        refused(404, "NOT_FOUND", "GET /stores/notes/diff?from=v1", "");
        post("/undo", "{}");
        assertThat(text(get("/tags"), "tags")).contains("\"name\":\"v1\"");
        post("/redo", "{}");
        refused(404, "NOT_FOUND", at + "redo", "{}");
        refused(404, "NOT_FOUND", at + "undo", "{'change':'abcdef'}");
        refused(404, "NOT_FOUND", at + "undo", "{'branch':'nowhere'}");
        undone = ok("POST /stores/notes/undo", "{'change':'" + second.substring(0, 12) + "'}");
        assertThat(text(undone, "of")).isEqualTo(second);
        post("/redo", "{}");
        refused(404, "NOT_FOUND", at + "undo", "{'change':'" + text(undone, "change") + "'}");
        post("/put", "{'path':'/title','value':'Third','branch':'draft','message':'try'}");
        post("/put", "{'path':'/title','value':'Fourth'}");
        assertThat(text(get("/branches"), "branches")).contains("\"draft\"");
        assertThat(text(get("/merge?from=draft"), "both"))
                .isEqualTo("[{\"path\":\"/title\",\"type\":\"register\"}]");
        assertThat(text(get("/diff?from=now&to=draft"), "differences")).contains("Third");
        refused(404, "NOT_FOUND", "GET /stores/notes/merge?from=gone", "");
        post("/merge", "{'from':'draft','message':'take it'}");
        refused(404, "NOT_FOUND", at + "merge", "{'from':'gone'}");
        refused(404, "NO_SUCH_STORE", "GET /stores/other/branches", "");
        String log = text(get("/log?limit=2"), "changes");
        assertThat(log).contains("take it").doesNotContain("try");
        refused(400, "ARGUMENTS_INVALID", "GET /stores/notes/log?limit=two", "");
        assertThat(text(get("/blame?path=/doc"), "pieces")).contains("one", self);
        refused(400, "INVALID", "GET /stores/notes/blame?path=doc", "");
    }

    private void compaction() throws Exception {
        String hash = text(get(""), "hash");
        String changes = text(get(""), "changes");
        Value first = ok("POST /stores/notes/compact", "{}");
        assertThat(text(first, "done")).isEqualTo("true");
        assertThat(Integer.parseInt(text(first, "givenUp"))).isPositive();
        assertThat(text(first, "notAcknowledged") + text(first, "notApproved")).isEqualTo("[][]");
        Value again = ok("POST /stores/notes/compact", "{}");
        assertThat(text(again, "done")).isEqualTo("false");
        assertThat(text(again, "why")).contains("nothing new");
        assertThat(text(get(""), "hash")).isEqualTo(hash);
        assertThat(text(get(""), "changes")).isEqualTo(changes);
        refused(404, "NO_SUCH_STORE", "POST /stores/other/compact", "{}");
    }

    /** Events end by themselves here; what they are is for {@code StoreEventsTest}. */
    private void events() throws Exception {
        assertThat(send("GET /stores/notes/events?seconds=1", "").body()).contains("event: start");
        good.add("stores.events");
        refused(404, "NO_SUCH_STORE", "GET /stores/other/events", "");
        refused(400, "ARGUMENTS_INVALID", "GET /stores/notes/events?since=abc", "");
        refused(400, "ARGUMENTS_INVALID", "GET /stores/notes/events?seconds=0", "");
    }

    @Test
    void storesCanBeUsedAsToolsWithTheSameChecksAndCodes() throws Exception {
        ToolOperations tools = new ToolOperations();
        ExecutorService pool = Actors.pool("test-tools", 2, 8);
        OwnTools.of(table, pool).forEach(tools::addTool);
        table.addSource(tools);
        try {
            String listed = text(ok("GET /tools", ""), "tools");
            List<String> missing =
                    table.list().stream()
                            .map(Operation::name)
                            .filter(it -> it.startsWith("stores.") && !it.equals("stores.events"))
                            .filter(it -> !listed.contains("\"name\":\"" + it.substring(7) + "\""))
                            .toList();
            assertThat(missing).isEmpty();
            assertThat(listed)
                    .doesNotContain("\"name\":\"events\"")
                    .containsPattern("\"name\":\"value\"[^}]*\"effects\":\"read\"")
                    .containsPattern("\"name\":\"put\"[^}]*\"effects\":\"write\"")
                    .contains("\"audience\":\"local\"")
                    .contains("\"required\":[\"store\",\"path\",\"value\"]");
            String put = "POST /tools/parley.stores/put";
            ok(put, "{'store':'notes','path':'/title','value':'by a tool'}");
            assertThat(value("/title")).isEqualTo("by a tool");
            ok("POST /tools/parley.stores/tree.add", "{'store':'notes','path':'/t','label':'x'}");
            refused(400, "ARGUMENTS_INVALID", put, "{'store':'notes'}");
            refused(404, "NO_SUCH_STORE", put, "{'store':'other','path':'/a','value':1}");
            refused(
                    404,
                    "NO_SUCH_TASK",
                    "POST /tools/parley.stores/tasks.do",
                    "{'store':'notes','task':'fly','verb':'claim'}");
            refused(404, "NO_SUCH_TOOL", "POST /tools/parley.stores/fly", "{}");
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void anAppendOnlyStoreRefusesWhatWouldRemoveAndAReadOnlyOneEverything() throws Exception {
        ok("POST /stores", "{'name':'ledger','appendOnly':true}");
        ok("POST /stores/ledger/insert", "{'path':'/l','value':1}");
        ok("POST /stores/ledger/tags", "{'tag':'v1'}");
        for (String write :
                List.of(
                        "drop {'path':'/l','element':'0'}",
                        "replace {'path':'/l','element':'0','value':2}",
                        "tags {'tag':'v1','move':true}",
                        "untag {'tag':'v1'}")) {
            int blank = write.indexOf(' ');
            refused(
                    409,
                    "APPEND_ONLY",
                    "POST /stores/ledger/" + write.substring(0, blank),
                    write.substring(blank + 1));
        }
    }
}
