package dev.parley.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands against a server that answers what the test says. */
class MainTest {
    @TempDir Path dir;
    private final List<String> asked = new ArrayList<>();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private HttpServer server;
    private int status = 200;
    private String answer = "{}";
    private String inspected = "{\"publisher\":\"ff\",\"descriptor\":\"abc\"}";

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    byte[] body = exchange.getRequestBody().readAllBytes();
                    asked.add(
                            exchange.getRequestMethod()
                                    + " "
                                    + exchange.getRequestURI()
                                    + " "
                                    + new String(body, StandardCharsets.UTF_8));
                    String answer =
                            exchange.getRequestURI().getPath().equals("/plugins/inspect")
                                    ? inspected
                                    : this.answer;
                    byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
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

    private int runAsIs(String... words) {
        return Main.run(List.of(words), new PrintWriter(out, true), new PrintWriter(err, true));
    }

    private int run(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        int end = all.indexOf("--");
        all.add(end < 0 ? all.size() : end, "--data=" + dir);
        return Main.run(all, new PrintWriter(out, true), new PrintWriter(err, true));
    }

    @Test
    void whoIsNotRunningIsStartedByTheCommandThatTheHintNames() throws IOException {
        Files.delete(dir.resolve("rest.json"));
        assertThat(run("status")).isEqualTo(CliException.NOT_RUNNING);
        assertThat(err.toString()).contains("start it with 'parley up --data " + dir + "'");
        err.getBuffer().setLength(0);
        assertThat(runAsIs("status", "--name", "nobody-is-called-so")).isNotZero();
        assertThat(err.toString()).contains("start it with 'parley up --name nobody-is-called-so'");
    }

    @Test
    void peersAreATable() {
        answer =
                "{\"peers\":[{\"words\":\"a-b\",\"level\":\"known\",\"address\":\"h:1\",\"agent\":\"ff\"}]}";
        assertThat(run("peers")).isZero();
        assertThat(out.toString())
                .isEqualToNormalizingNewlines(
                        "WORDS  LEVEL  ADDRESS  AGENT\na-b    known  h:1      ff\n");
    }

    @Test
    void whatAPeerWroteCannotMoveTheCursor() {
        answer = "{\"announcements\":[{\"name\":\"x\",\"title\":\"\\u001b[2J\\u009b\\u202e\"}]}";
        run("plugins", "search");
        assertThat(out.toString()).contains("?[2J??").doesNotContain("\u001b", "\u202e");
    }

    @Test
    void helpAndSuggestionsKnowAllCommandsThoughOnlyTheNamedOneIsBuilt() {
        assertThat(Main.commands(List.of("status")).getSubcommands()).containsOnlyKeys("status");
        assertThat(runAsIs("--help")).isZero();
        assertThat(out.toString()).contains("status", "call", "plugins", "contacts", "store");
        assertThat(runAsIs("stats")).isEqualTo(2);
        assertThat(err.toString()).contains("parley status");
        assertThat(runAsIs("plugins", "serch")).isEqualTo(2);
        assertThat(err.toString()).contains("plugins search");
    }

    @Test
    void storeCommandsAskForTheOperationOfTheSameMeaning() {
        answer = "{\"change\":\"c0\",\"found\":true,\"value\":\"hi\"}";
        assertThat(run("store", "set", "my notes", "/a b", "{\"x\":1}")).isZero();
        run("store", "set", "notes", "/n", "12", "--text", "--message", "why");
        run("store", "increment", "notes", "/n", "--branch", "draft", "--", "-3");
        run("store", "add", "notes", "/tags", "urgent");
        run("store", "get", "notes", "/a~1b");
        run("store", "grant", "notes", "bob", "writer");
        run("store", "revoke", "notes", "bob");
        run("store", "merge", "notes", "draft");
        run("store", "create", "notes", "--mode", "open");
        assertThat(asked)
                .containsExactly(
                        "POST /stores/my%20notes/put"
                                + " {\"path\":\"/a b\",\"undoable\":true,\"value\":{\"x\":1}}",
                        "POST /stores/notes/put {\"path\":\"/n\",\"message\":\"why\",\"value\":\"12\"}",
                        "POST /stores/notes/increment {\"path\":\"/n\",\"branch\":\"draft\",\"by\":-3}",
                        "POST /stores/notes/add"
                                + " {\"path\":\"/tags\",\"undoable\":true,\"value\":\"urgent\"}",
                        "GET /stores/notes/value?path=%2Fa%7E1b ",
                        "POST /stores/notes/members {\"agent\":\"bob\",\"role\":\"writer\"}",
                        "POST /stores/notes/members {\"agent\":\"bob\",\"role\":\"none\"}",
                        "POST /stores/notes/merge {\"from\":\"draft\",\"into\":\"\",\"message\":\"\"}",
                        "POST /stores {\"name\":\"notes\",\"appendOnly\":false,\"mode\":\"open\"}");
        answer = "{\"found\":false,\"value\":null}";
        assertThat(run("store", "get", "notes", "/gone", "--json")).isEqualTo(1);
        assertThat(out.toString()).contains("\"code\":\"NOT_FOUND\"");
    }

    @Test
    void whatIsWrongWithAStoreIsShown() {
        answer =
                "{\"stores\":[{\"name\":\"good\",\"id\":\"1\",\"forked\":[],\"damage\":\"\"},"
                        + "{\"name\":\"split\",\"id\":\"2\",\"forked\":[\"ab\"],\"damage\":\"\"},"
                        + "{\"name\":\"torn\",\"id\":\"3\",\"forked\":[],\"damage\":\"why\"}]}";
        assertThat(run("store", "list")).isZero();
        assertThat(out.toString().lines())
                .anyMatch(it -> it.startsWith("good") && it.endsWith("1"))
                .anyMatch(it -> it.startsWith("split") && it.endsWith("forked"))
                .anyMatch(it -> it.startsWith("torn") && it.endsWith("damaged"));
        answer = "{\"name\":\"split\",\"forked\":[\"ab\",\"cd\"],\"parked\":3}";
        run("store", "show", "split");
        assertThat(out.toString())
                .contains("forked       ab, cd: wrote two things", "parked       3 changes come");
    }

    @Test
    void valuesAreSealedAndExpungedOnlyWithConsent() {
        run("store", "set", "people", "/42", "Alice", "--seal", "customer 42");
        run("store", "add", "people", "/tags", "x", "--seal", "c");
        run("store", "insert", "people", "/l", "x", "--seal", "c");
        run("store", "replace", "people", "/l", "0", "x", "--seal", "c");
        run("tree", "add", "people", "/t", "x", "--seal", "c");
        run("tree", "label", "people", "/t", "x", "y", "--seal", "c");
        run("task", "finish", "people", "dig", "x", "--seal", "c");
        assertThat(asked).hasSize(7).allMatch(it -> it.contains("\"seal\":\"c"));
        asked.clear();
        assertThat(run("store", "expunge", "people", "customer 42")).isEqualTo(1);
        assertThat(err.toString()).contains("CONSENT_REQUIRED", "--yes");
        assertThat(asked).noneMatch(it -> it.startsWith("POST"));
        asked.clear();
        answer = "{\"key\":\"ab\",\"values\":3,\"change\":\"c0\"}";
        assertThat(run("store", "expunge", "people", "customer 42", "--yes")).isZero();
        assertThat(asked).containsExactly("POST /stores/people/expunge {\"key\":\"customer 42\"}");
        assertThat(out.toString()).contains("Expunged: 3 values, change c0");
        answer =
                "{\"seals\":[{\"label\":\"customer 42\",\"status\":\"held\",\"values\":3,"
                        + "\"authorName\":\"\",\"key\":\"ab\"}]}";
        assertThat(run("store", "seals", "people")).isZero();
        assertThat(out.toString()).contains("customer 42  held    3");
    }

    @Test
    void listsTreesAndEscrowCountersAreWrittenByTheOperationsOfTheSameMeaning() {
        run("store", "insert", "notes", "/l", "one", "--index", "0");
        run("store", "move", "notes", "/l", "abcdef", "2", "--branch", "draft");
        run("store", "replace", "notes", "/l", "0", "7", "--text");
        run("store", "drop", "notes", "/l", "1");
        run("store", "items", "notes", "/l", "--at", "v1");
        run("store", "mint", "notes", "/b", "100");
        run("store", "transfer", "notes", "/b", "bob", "30");
        run("store", "flag", "notes", "/f", "false", "--disable-wins");
        run("store", "remove", "notes", "/s", "x", "--remove-wins");
        run("tree", "add", "notes", "/t", "Two", "--under", "One", "--index", "0");
        run("tree", "move", "notes", "/t", "Chapter two");
        run("tree", "label", "notes", "/t", "abcd", "3");
        run("tree", "remove", "notes", "/t", "Two", "--message", "why");
        assertThat(asked)
                .containsExactly(
                        "POST /stores/notes/insert"
                                + " {\"path\":\"/l\",\"undoable\":true,\"value\":\"one\",\"index\":0}",
                        "POST /stores/notes/move"
                                + " {\"path\":\"/l\",\"branch\":\"draft\",\"element\":\"abcdef\",\"to\":2}",
                        "POST /stores/notes/replace"
                                + " {\"path\":\"/l\",\"undoable\":true,\"element\":\"0\",\"value\":\"7\"}",
                        "POST /stores/notes/drop"
                                + " {\"path\":\"/l\",\"undoable\":true,\"element\":\"1\"}",
                        "GET /stores/notes/items?path=%2Fl&at=v1 ",
                        "POST /stores/notes/mint {\"path\":\"/b\",\"amount\":100}",
                        "POST /stores/notes/transfer"
                                + " {\"path\":\"/b\",\"to\":\"bob\",\"amount\":30}",
                        "POST /stores/notes/put {\"path\":\"/f\",\"undoable\":true,"
                                + "\"value\":false,\"type\":\"flag-disable-wins\"}",
                        "POST /stores/notes/remove {\"path\":\"/s\",\"undoable\":true,"
                                + "\"value\":\"x\",\"type\":\"set-remove-wins\"}",
                        "POST /stores/notes/tree"
                                + " {\"path\":\"/t\",\"label\":\"Two\",\"parent\":\"One\",\"index\":0}",
                        "POST /stores/notes/tree/Chapter%20two/move {\"path\":\"/t\"}",
                        "POST /stores/notes/tree/abcd/label {\"path\":\"/t\",\"label\":3}",
                        "POST /stores/notes/tree/Two/remove {\"path\":\"/t\",\"message\":\"why\"}");
    }

    @Test
    void theHistoryIsAskedForAndShownForPeople() {
        answer =
                "{\"differences\":[{\"path\":\"/n\",\"type\":\"counter\",\"before\":\"1\",\"after\":\"2\"},"
                        + "{\"path\":\"/t\",\"type\":\"text\",\"before\":\"ab\",\"after\":\"abc\","
                        + "\"edits\":[{\"position\":2,\"removed\":0,\"inserted\":\"c\"}]}]}";
        assertThat(run("store", "diff", "notes", "v1")).isZero();
        assertThat(out.toString())
                .isEqualToNormalizingNewlines("/n (counter)\n- 1\n+ 2\n/t (text)\n  at 2\n  + c\n");
        out.getBuffer().setLength(0);
        answer =
                "{\"pieces\":["
                        + "{\"text\":\"one\\ntw\",\"change\":\"aaaaaaaaaaaa\",\"authorName\":\"alice\","
                        + "\"time\":\"2026-01-01T00:00:00.000Z\"},"
                        + "{\"text\":\"o\\n\",\"change\":\"bbbbbbbbbbbb\",\"authorName\":\"bob\","
                        + "\"time\":\"2026-01-02T00:00:00.000Z\"}]}";
        assertThat(run("doc", "blame", "notes", "/t")).isZero();
        assertThat(out.toString())
                .isEqualToNormalizingNewlines(
                        "aaaaaaaaaa  alice  2026-01-01 00:00:00  one\n"
                                + "bbbbbbbbbb  bob    2026-01-02 00:00:00  two\n");
        out.getBuffer().setLength(0);
        answer =
                "{\"tags\":[{\"name\":\"v1\",\"versions\":[[\"aaaaaaaaaaaa\",\"bbbbbbbbbbbb\"],[\"cc\"]]}]}";
        assertThat(run("store", "tags", "notes")).isZero();
        assertThat(out.toString()).contains("v1    aaaaaaaaaa,bbbbbbbbbb or cc");
        answer = "{}";
        run("store", "diff", "notes", "v1", "draft");
        run("store", "tag", "notes", "v1", "--move");
        run("store", "tag", "notes", "v1", "abcdef", "--message", "why");
        run("store", "untag", "notes", "v1");
        answer =
                "{\"change\":\"bbbbbbbbbbbb\",\"of\":\"aaaaaaaaaaaa\",\"differences\":[{\"path\":\"/a\","
                        + "\"type\":\"register\",\"before\":\"new\",\"after\":\"old\"}],"
                        + "\"left\":[{\"path\":\"/l\",\"type\":\"list\"}]}";
        out.getBuffer().setLength(0);
        assertThat(run("store", "undo", "notes")).isZero();
        assertThat(out.toString())
                .isEqualToNormalizingNewlines(
                        "Undone: aaaaaaaaaa, by bbbbbbbbbb\n/a (register)\n- new\n+ old\n"
                                + "/l (list): not all of it, because it was changed since\n");
        run("store", "undo", "notes", "aaaaaaaaaa", "--branch", "draft");
        run("store", "redo", "notes");
        answer =
                "{\"undoable\":[{\"change\":\"aaaaaaaaaaaa\",\"time\":\"2026-01-01T00:00:00Z\","
                        + "\"message\":\"m\",\"objects\":[{\"path\":\"/a\",\"type\":\"map\"}],"
                        + "\"refused\":\"because\"}],\"redoable\":[]}";
        out.getBuffer().setLength(0);
        assertThat(run("store", "undo", "notes", "--list", "--branch", "draft")).isZero();
        assertThat(out.toString()).contains("aaaaaaaaaa", "/a", "because").doesNotContain("again");
        answer = "{}";
        run("store", "delete", "notes", "/a");
        run("store", "merge", "notes", "draft", "--check");
        run("store", "show", "notes", "--at", "v1");
        assertThat(asked)
                .containsExactly(
                        "GET /stores/notes/diff?from=v1 ",
                        "GET /stores/notes/blame?path=%2Ft ",
                        "GET /stores/notes/tags ",
                        "GET /stores/notes/diff?from=v1&to=draft ",
                        "POST /stores/notes/tags {\"tag\":\"v1\",\"move\":true}",
                        "POST /stores/notes/tags"
                                + " {\"tag\":\"v1\",\"version\":\"abcdef\",\"message\":\"why\"}",
                        "POST /stores/notes/untag {\"tag\":\"v1\"}",
                        "POST /stores/notes/undo {}",
                        "POST /stores/notes/undo {\"branch\":\"draft\",\"change\":\"aaaaaaaaaa\"}",
                        "POST /stores/notes/redo {}",
                        "GET /stores/notes/undo?branch=draft ",
                        "POST /stores/notes/delete {\"path\":\"/a\",\"undoable\":true}",
                        "GET /stores/notes/merge?from=draft ",
                        "GET /stores/notes ",
                        "GET /stores/notes/value?path=/&at=v1 ");
    }

    @Test
    @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void watchingEndsWhenNobodyReadsIt() {
        answer =
                "{\"progress\":{\"event\":\"change\",\"id\":\"b2\",\"paths\":[]}}\n{\"result\":{}}\n";
        Writer closed =
                new Writer() {
                    @Override
                    public void write(char[] text, int offset, int length) throws IOException {
                        throw new IOException("Broken pipe");
                    }

                    @Override
                    public void flush() {}

                    @Override
                    public void close() {}
                };
        List<String> words = List.of("store", "watch", "notes", "--data=" + dir);
        assertThat(Main.run(words, new PrintWriter(closed, true), new PrintWriter(err, true)))
                .isZero();
        assertThat(asked).hasSize(1);
    }

    @Test
    void watchingPrintsChangesOnlyAndGoesOnFromTheLastOneWhenTheContainerEndsTheAnswer() {
        answer =
                "{\"progress\":{\"event\":\"start\",\"id\":\"aa\"}}\n"
                        + "{\"progress\":{\"event\":\"ping\"}}\n"
                        + "{\"progress\":{\"event\":\"change\",\"id\":\"bb\",\"time\":\"t\","
                        + "\"authorName\":\"bob\",\"branch\":\"draft\",\"paths\":[\"/a\",\"/b\"]}}\n"
                        + "{\"progress\":{\"event\":\"lost\",\"id\":\"cc\",\"message\":\"gone\"}}\n"
                        + "{\"result\":{\"since\":\"cc\"}}\n";
        assertThat(run("store", "watch", "notes", "--since", "start", "--count", "2")).isZero();
        assertThat(out.toString())
                .isEqualToNormalizingNewlines("t  bob  bb  on draft  /a, /b\n".repeat(2));
        assertThat(err.toString()).contains("left out: gone");
        out.getBuffer().setLength(0);
        assertThat(run("store", "watch", "notes", "--count", "1", "--json")).isZero();
        assertThat(out.toString())
                .startsWith("{\"event\":\"change\",\"id\":\"bb\"")
                .hasLineCount(1);
        assertThat(asked)
                .containsExactly(
                        "GET /stores/notes/events?since=start ",
                        "GET /stores/notes/events?since=cc ",
                        "GET /stores/notes/events ");
        status = 404;
        answer = "{\"error\":{\"code\":\"NO_SUCH_STORE\",\"message\":\"no\",\"hint\":\"\"}}";
        assertThat(run("store", "watch", "notes")).isEqualTo(1);
    }

    @Test
    void docAndTaskCommandsAskForTheOperationOfTheSameMeaning() throws IOException {
        answer =
                "{\"found\":true,\"type\":\"text\",\"value\":\"one\\ntwo\",\"heads\":[\"a\",\"b\"]}";
        assertThat(run("doc", "show", "notes", "/t")).isZero();
        assertThat(out.toString()).isEqualToNormalizingNewlines("one\ntwo\n");
        Path file = Files.writeString(dir.resolve("text"), "three");
        assertThat(run("doc", "write", "notes", "/t", file.toString())).isZero();
        Files.writeString(file, "one\ntwo");
        assertThat(run("doc", "write", "notes", "/t", file.toString())).isZero();
        assertThat(out.toString()).endsWith("Nothing was changed." + System.lineSeparator());
        run("task", "list", "team");
        run("task", "add", "team", "dig a hole");
        run("task", "claim", "team", "dig a hole", "--lease", "60");
        run("task", "finish", "team", "abcdef", "{");
        assertThat(asked)
                .containsExactly(
                        "GET /stores/notes/value?path=%2Ft ",
                        "GET /stores/notes/value?path=%2Ft ",
                        "POST /stores/notes/text {\"path\":\"/t\",\"text\":\"three\",\"base\":\"a,b\",\"undoable\":true}",
                        "GET /stores/notes/value?path=%2Ft ",
                        "GET /stores/team/tasks ",
                        "POST /stores/team/tasks {\"title\":\"dig a hole\"}",
                        "POST /stores/team/tasks/dig%20a%20hole/claim {\"lease\":60}",
                        "POST /stores/team/tasks/abcdef/finish {\"result\":\"{\"}");
        answer = "{\"found\":true,\"type\":\"counter\",\"value\":1}";
        assertThat(run("doc", "show", "notes", "/n")).isEqualTo(1);
    }

    @Test
    void everyStoreVerbHasHelpWithAnExample() {
        List<String> verbs =
                List.of(
                        "list",
                        "create",
                        "join",
                        "leave",
                        "compact",
                        "link",
                        "show",
                        "get",
                        "set",
                        "delete",
                        "add",
                        "remove",
                        "increment",
                        "members",
                        "grant",
                        "revoke",
                        "log",
                        "branches",
                        "merge",
                        "flag",
                        "items",
                        "insert",
                        "move",
                        "replace",
                        "drop",
                        "shares",
                        "mint",
                        "spend",
                        "transfer",
                        "diff",
                        "tags",
                        "tag",
                        "untag",
                        "undo",
                        "redo",
                        "watch");
        for (String verb : verbs) {
            out.getBuffer().setLength(0);
            assertThat(runAsIs("store", verb, "--help")).isZero();
            assertThat(out.toString()).contains("Example: parley store " + verb, "--json");
        }
        for (String verb : List.of("show", "add", "move", "label", "remove")) {
            assertThat(runAsIs("tree", verb, "--help")).isZero();
            assertThat(out.toString()).contains("Example: parley tree " + verb);
        }
        for (String verb : List.of("show", "blame", "write")) {
            assertThat(runAsIs("doc", verb, "--help")).isZero();
            assertThat(out.toString()).contains("Example: parley doc " + verb);
        }
        for (String verb :
                List.of(
                        "list", "add", "claim", "renew", "finish", "rename", "release", "expire",
                        "grant", "cancel", "reopen")) {
            assertThat(runAsIs("task", verb, "--help")).isZero();
            assertThat(out.toString()).contains("Example: parley task " + verb);
        }
    }

    @Test
    void aCallSendsTheArgumentsAsTheyAre() {
        assertThat(run("call", "hello", "greet", "{\"name\":\"Ada\"}")).isZero();
        assertThat(asked).containsExactly("POST /tools/hello/greet {\"name\":\"Ada\"}");
    }

    @Test
    void anInstallInstallsExactlyWhatWasShown() {
        run("plugins", "install", "hello", "--yes", "--grant", "storage:64");
        assertThat(asked.get(1))
                .isEqualTo(
                        "POST /plugins/install {\"ref\":\"ff/abc\",\"consent\":{\"permissions\":[\"storage:64\"]}}");
    }

    @Test
    void withoutSomebodyToAskNothingIsInstalled() {
        assertThat(run("plugins", "install", "hello", "--json")).isEqualTo(1);
        assertThat(asked).hasSize(1);
        assertThat(out.toString()).contains("\"code\":\"CONSENT_REQUIRED\"");
    }

    @Test
    void aPublisherIsTrustedOnlySoFarAsThereAreLevelsForIt() {
        assertThat(run("plugins", "install", "hello", "--yes", "--trust", "fully")).isEqualTo(2);
        assertThat(err.toString()).contains("'fully'", "known or trusted");
        assertThat(asked).isEmpty();
    }

    @Test
    void anInstallSaysItsStepsButNotToAProgram() {
        answer =
                "{\"progress\":{\"step\":\"fetching\",\"bytes\":1,\"total\":9,\"holders\":2}}\n"
                        + "{\"result\":{\"name\":\"hello\"}}\n";
        inspected = "{\"name\":\"hello\",\"version\":\"1.0.0\",\"descriptor\":\"abc\"}";
        assertThat(run("plugins", "install", "hello", "--yes")).isZero();
        assertThat(err.toString())
                .isEqualToNormalizingNewlines("  fetching 9 bytes from 2 holders\n");
        assertThat(out.toString()).contains("Installed hello 1.0.0");
        err.getBuffer().setLength(0);
        out.getBuffer().setLength(0);
        assertThat(run("plugins", "install", "hello", "--yes", "--json")).isZero();
        assertThat(err.toString()).isEmpty();
        assertThat(out.toString()).isEqualToNormalizingNewlines("{\"name\":\"hello\"}\n");
    }

    @Test
    void downWaitsUntilTheContainerHasEnded() throws Exception {
        CompletableFuture<Integer> down;
        try (FileChannel folder =
                        FileChannel.open(
                                dir.resolve("lock"),
                                StandardOpenOption.CREATE,
                                StandardOpenOption.WRITE);
                FileLock running = folder.lock()) {
            down = CompletableFuture.supplyAsync(() -> run("down"));
            assertThat(down).failsWithin(Duration.ofMillis(300));
            assertThat(running.isValid()).isTrue();
        }
        assertThat(down).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(0);
        assertThat(asked).containsExactly("POST /shutdown {}");
    }

    @Test
    void whoForgotTheNameIsToldThoseThatStarted() throws IOException {
        Path other = Files.createDirectory(dir.resolve("bob"));
        Files.createDirectory(dir.resolve("idle"));
        Files.move(dir.resolve("rest.json"), other.resolve("rest.json"));
        assertThat(runAsIs("status", "--data=" + dir.resolve("main"))).isEqualTo(3);
        assertThat(err.toString()).contains("started were bob").doesNotContain("idle");
    }

    @Test
    void eachKindOfFailureHasItsExitCode() throws IOException {
        answer = "{\"error\":{\"code\":\"X\",\"message\":\"found a\",\"hint\":\"do b\"}}";
        status = 409;
        assertThat(run("status")).isEqualTo(1);
        assertThat(err.toString())
                .isEqualToNormalizingNewlines("parley: found a (X)\nparley: do b\n");
        status = 403;
        assertThat(run("status")).isEqualTo(4);
        status = 504;
        assertThat(run("status")).isEqualTo(5);
        assertThat(run("frob")).isEqualTo(2);
        assertThat(run("call", "a", "b", "{")).isEqualTo(2);
        Files.delete(dir.resolve("rest.json"));
        assertThat(run("status")).isEqualTo(3);
    }
}
