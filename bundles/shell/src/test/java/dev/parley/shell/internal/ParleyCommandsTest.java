package dev.parley.shell.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.gateway.api.Operation;
import dev.parley.gateway.api.OperationException;
import dev.parley.gateway.api.OperationException.Kind;
import dev.parley.gateway.api.Operations;
import dev.parley.wire.api.Json;
import dev.parley.wire.api.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ParleyCommandsTest {
    private final List<String> asked = new ArrayList<>();
    private final ParleyCommands commands =
            new ParleyCommands(
                    new Operations() {
                        @Override
                        public List<Operation> list() {
                            return List.of();
                        }

                        @Override
                        public Optional<Operation> find(String name) {
                            return Optional.empty();
                        }

                        @Override
                        public Value call(
                                String name, Value.Map arguments, Consumer<Value> progress)
                                throws OperationException {
                            asked.add(name + " " + Json.write(arguments));
                            if (name.equals("status")) {
                                throw new OperationException(
                                        Kind.FAILED, "INTERNAL", "it broke", "mend it");
                            }
                            return Value.TRUE;
                        }
                    });

    @Test
    void aVerbAsksTheOperationOfTheSameMeaning() {
        commands.plugins();
        commands.plugins("install", "hello", "all");
        commands.plugins("install", "hello", "storage:64", "tool.call:x");
        commands.plugins("install", "hello");
        commands.plugins("stop", "hello");
        commands.plugins("publish", "/a.jar");
        commands.plugins("publish", "/a.jar", "plugins/demo");
        commands.log("hello");
        commands.contacts("set", "bob", "blocked");
        commands.call("hello", "greet", "{\"name\":\"Ada\"}");
        assertThat(asked)
                .containsExactly(
                        "plugins.list {}",
                        "plugins.install {\"ref\":\"hello\",\"consent\":{\"permissions\":\"all\"}}",
                        "plugins.install {\"ref\":\"hello\",\"consent\":{\"permissions\":[\"storage:64\",\"tool.call:x\"]}}",
                        "plugins.install {\"ref\":\"hello\",\"consent\":{\"permissions\":[]}}",
                        "plugins.stop {\"id\":\"hello\"}",
                        "plugins.publish {\"path\":\"/a.jar\"}",
                        "plugins.publish {\"path\":\"/a.jar\",\"topic\":\"plugins/demo\"}",
                        "plugins.log {\"id\":\"hello\"}",
                        "contacts.set {\"agent\":\"bob\",\"level\":\"blocked\"}",
                        "tools.call {\"plugin\":\"hello\",\"tool\":\"greet\",\"arguments\":{\"name\":\"Ada\"}}");
    }

    @Test
    void aGroupVerbAsksTheOperationOfTheSameMeaning() {
        commands.group();
        commands.group("create", "team");
        commands.group("invite", "team", "3600");
        commands.group("join", "parley://group/x");
        commands.group("role", "team", "bob", "admin");
        commands.group("delete", "team");
        commands.group("send", "team", "12");
        commands.group("read", "team", "7");
        commands.group("watch", "team", "5");
        assertThat(commands.group("send", "team")).isEqualTo("usage: group send GROUP TEXT");
        assertThat(commands.group("explode")).startsWith("usage:").contains("members GROUP");
        assertThat(asked)
                .containsExactly(
                        "groups.list {}",
                        "groups.create {\"name\":\"team\"}",
                        "groups.invite {\"group\":\"team\",\"seconds\":3600}",
                        "groups.join {\"link\":\"parley://group/x\"}",
                        "groups.role {\"group\":\"team\",\"agent\":\"bob\",\"role\":\"admin\"}",
                        "groups.close {\"group\":\"team\"}",
                        "groups.send {\"group\":\"team\",\"text\":\"12\"}",
                        "groups.messages {\"group\":\"team\",\"after\":7}",
                        "groups.events {\"group\":\"team\",\"seconds\":5}");
    }

    @Test
    void aStoreVerbAsksTheOperationOfTheSameMeaning() {
        commands.store();
        commands.store("create", "notes", "open");
        commands.store("set", "notes", "/a", "{\"x\":1}");
        commands.store("add", "notes", "/tags", "urgent");
        commands.store("increment", "notes", "/n");
        commands.store("revoke", "notes", "bob");
        commands.store("move", "notes", "/l", "3", "0");
        commands.store("insert", "notes", "/l", "x");
        commands.tree("add", "notes", "/t", "Two", "One", "0");
        commands.store("diff", "notes", "v1");
        commands.doc("write", "notes", "/t", "hello");
        commands.task("claim", "team", "dig", "60");
        assertThat(commands.task("explode", "team")).startsWith("usage:");
        assertThat(commands.doc()).startsWith("usage:");
        assertThat(commands.store("explode")).startsWith("usage:").contains("merge");
        assertThat(commands.store("set", "notes", "/a"))
                .isEqualTo("usage: store set STORE PATH VALUE");
        assertThat(commands.task()).contains("list STORE", "| reopen STORE TASK");
        assertThat(commands.store("undo", "notes", "abcdef", "again")).startsWith("usage:");
        assertThat(commands.doc("edit", "notes", "/t")).contains("parley doc edit", "doc write");
        assertThat(asked)
                .containsExactly(
                        "stores.list {}",
                        "stores.create {\"name\":\"notes\",\"mode\":\"open\"}",
                        "stores.put {\"store\":\"notes\",\"path\":\"/a\",\"value\":{\"x\":1},\"undoable\":true}",
                        "stores.add {\"store\":\"notes\",\"path\":\"/tags\",\"value\":\"urgent\",\"undoable\":true}",
                        "stores.increment {\"store\":\"notes\",\"path\":\"/n\",\"undoable\":true}",
                        "stores.grant {\"store\":\"notes\",\"agent\":\"bob\",\"role\":\"none\"}",
                        "stores.move {\"store\":\"notes\",\"path\":\"/l\",\"element\":\"3\",\"to\":0,\"undoable\":true}",
                        "stores.insert {\"store\":\"notes\",\"path\":\"/l\",\"value\":\"x\",\"undoable\":true}",
                        "stores.tree.add {\"store\":\"notes\",\"path\":\"/t\",\"label\":\"Two\",\"parent\":\"One\",\"index\":0}",
                        "stores.diff {\"store\":\"notes\",\"from\":\"v1\"}",
                        "stores.text {\"store\":\"notes\",\"path\":\"/t\",\"text\":\"hello\",\"undoable\":true}",
                        "stores.tasks.do {\"store\":\"team\",\"task\":\"dig\",\"verb\":\"claim\",\"lease\":60}");
    }

    @Test
    void aFailureIsSaidWithItsCodeAndWhatToDo() {
        assertThat(commands.status()).isEqualTo("INTERNAL: it broke\nmend it");
    }

    @Test
    void wrongWordsGetTheUsageAndAskNothing() {
        assertThat(commands.plugins("explode")).startsWith("usage:");
        assertThat(commands.call("hello", "greet", "{")).startsWith("MALFORMED_JSON");
        assertThat(commands.call("hello")).startsWith("usage:");
        assertThat(commands.log()).startsWith("usage:");
        assertThat(asked).isEmpty();
    }
}
