package dev.parley.host.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.crdt.api.Id;
import dev.parley.wire.api.Json;
import dev.parley.wire.api.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SharedStoresTest {
    private final FakeStores stores = new FakeStores();
    private final List<String> told = new ArrayList<>();

    private String ask(Set<String> granted, String operation, Value.MapBuilder arguments) {
        return ask(
                new SharedStores(granted, stores, FakeStores.INFO.owner()), operation, arguments);
    }

    private String ask(SharedStores shared, String operation, Value.MapBuilder arguments) {
        return Json.write(
                shared.ask(
                                "shared." + operation,
                                arguments.build(),
                                (id, store, author, paths) ->
                                        told.add(id + " " + store + " " + paths))
                        .toCompletableFuture()
                        .join()
                        .build());
    }

    private static Value.MapBuilder at(String path) {
        return Value.map().put("store", "board/main").put("path", path);
    }

    @Test
    void aGrantIsANameOrItsFirstParts() {
        Set<String> granted = Set.of("stores:board/*", "stores:notes", "storage:64");
        assertThat(SharedStores.mayUse(granted, "board/main")).isTrue();
        assertThat(SharedStores.mayUse(granted, "notes")).isTrue();
        assertThat(SharedStores.mayUse(granted, "board")).isFalse();
        assertThat(SharedStores.mayUse(granted, "boards/main")).isFalse();
        assertThat(SharedStores.mayUse(granted, "notes/more")).isFalse();
        assertThat(SharedStores.mayUse(granted, "")).isFalse();
        assertThat(SharedStores.mayUse(granted, "64")).isFalse();
    }

    @Test
    void whatIsWrittenIsReadAndWhoListensIsTold() {
        SharedStores shared =
                new SharedStores(Set.of("stores:board/*"), stores, FakeStores.INFO.owner());
        assertThat(ask(shared, "listen", Value.map().put("store", "board/main")))
                .isEqualTo("{\"subscription\":-1}");
        assertThat(ask(shared, "put", at("/a~1b").put("json", "{\"x\":1,\"y\":\"z\"}")))
                .contains("\"change\"");
        assertThat(ask(shared, "increment", at("/n").put("by", 5))).contains("\"change\"");
        ask(shared, "add", at("/tags").put("json", "\"urgent\""));
        ask(shared, "add", at("/tags").put("json", "\"later\""));
        ask(shared, "remove", at("/tags").put("json", "\"later\""));
        assertThat(ask(shared, "get", at("/a~1b")))
                .isEqualTo("{\"json\":\"{\\\"x\\\":1,\\\"y\\\":\\\"z\\\"}\"}");
        assertThat(ask(shared, "get", at("/n"))).isEqualTo("{\"json\":\"5\"}");
        assertThat(ask(shared, "get", at("/tags"))).isEqualTo("{\"json\":\"[\\\"urgent\\\"]\"}");
        ask(shared, "delete", at("/n"));
        assertThat(ask(shared, "get", at("/n"))).isEqualTo("{}");
        assertThat(told).hasSize(6).last().isEqualTo("-1 board/main [/n]");
        shared.close();
        assertThat(stores.listeners()).isZero();
    }

    @Test
    void whatCannotBeDoneIsSaidWithItsCode() {
        Set<String> granted = Set.of("stores:board/*", "stores:other");
        assertThat(ask(Set.of(), "get", at("/")))
                .contains("PERMISSION_DENIED", "stores:board/main");
        assertThat(ask(granted, "get", Value.map().put("store", "other")))
                .contains("NO_SUCH_STORE");
        assertThat(ask(granted, "put", at("/a").put("json", "{"))).contains("INVALID");
        assertThat(ask(granted, "put", at("/a").put("json", "[1]"))).contains("INVALID");
        assertThat(ask(granted, "put", at("no slash").put("json", "1"))).contains("INVALID");
        assertThat(ask(granted, "delete", at("/nothing"))).contains("NOT_FOUND");
        assertThat(ask(granted, "explode", at("/"))).contains("UNSUPPORTED");
    }

    private static String field(String json, String key) {
        return json.replaceAll(".*\"" + key + "\":\"([^\"]*)\".*", "$1");
    }

    @Test
    void aTaskIsAddedClaimedGivenBackAndFinished() {
        SharedStores shared =
                new SharedStores(Set.of("stores:board/*"), stores, FakeStores.INFO.owner());
        assertThat(ask(shared, "tasks", at("/tasks"))).isEqualTo("{\"tasks\":[]}");
        String task = field(ask(shared, "tasks.add", at("/tasks").put("title", "dig")), "task");
        assertThat(ask(shared, "tasks", at("/tasks")))
                .isEqualTo(
                        "{\"tasks\":[{\"id\":\""
                                + task
                                + "\",\"title\":\"dig\",\"status\":\"OPEN\"}]}");
        for (int round = 0; round < 2; round++) {
            Value.MapBuilder claim = at("/tasks").put("task", task).put("lease", 60);
            assertThat(ask(shared, "tasks.claim", claim)).contains("\"change\"");
            assertThat(ask(shared, "tasks.claim", claim)).contains("WRONG_STATE");
            assertThat(ask(shared, "tasks", at("/tasks")))
                    .contains("CLAIMED", "\"fence\"", "\"ours\":true");
            if (round == 0) {
                ask(shared, "tasks.release", at("/tasks").put("task", task));
                assertThat(ask(shared, "tasks", at("/tasks"))).contains("OPEN");
            }
        }
        SharedStores ofAnother =
                new SharedStores(Set.of("stores:board/*"), stores, Id.parse("cd".repeat(32)));
        assertThat(ask(ofAnother, "tasks", at("/tasks"))).contains("\"ours\":false");
        assertThat(ask(ofAnother, "tasks.release", at("/tasks").put("task", task)))
                .contains("WRONG_STATE", "no claim");
        ask(shared, "tasks.finish", at("/tasks").put("task", task).put("json", "\"deep\""));
        assertThat(ask(shared, "tasks", at("/tasks")))
                .contains("DONE", "\"result\":\"\\\"deep\\\"\"");
    }

    @Test
    void whatCannotBeDoneWithATaskIsSaidWithItsCode() {
        Set<String> granted = Set.of("stores:board/*");
        String nobody = "00".repeat(31) + "ff.0";
        Value.MapBuilder unknown = at("/tasks").put("task", nobody).put("lease", 60);
        assertThat(ask(Set.of(), "tasks.claim", unknown)).contains("PERMISSION_DENIED");
        assertThat(ask(granted, "tasks.claim", unknown)).contains("NOT_FOUND");
        assertThat(ask(granted, "tasks.release", unknown)).contains("NOT_FOUND");
        assertThat(ask(granted, "tasks.finish", unknown.put("json", "1"))).contains("NOT_FOUND");
        assertThat(ask(granted, "tasks.finish", unknown.put("json", "[]"))).contains("INVALID");
        assertThat(ask(granted, "tasks.claim", unknown.put("lease", 0))).contains("INVALID");
        assertThat(ask(granted, "tasks.claim", unknown.put("lease", 31 * 86_400)))
                .contains("INVALID");
        assertThat(ask(granted, "tasks.claim", at("/tasks").put("task", "dig").put("lease", 60)))
                .contains("INVALID");
        assertThat(ask(granted, "tasks.claim", at("/tasks").put("task", "0".repeat(64) + ".x")))
                .contains("INVALID");
        assertThat(ask(granted, "tasks.add", at("/tasks"))).contains("TOO_LARGE");
        assertThat(ask(granted, "tasks", at("/"))).contains("INVALID");
        assertThat(ask(granted, "tasks.explode", at("/tasks"))).contains("UNSUPPORTED");
    }

    @Test
    void moreTasksThanAnAnswerHoldsAreRefused() {
        Set<String> granted = Set.of("stores:board/*");
        for (int i = 0; i < 300; i++) {
            ask(granted, "tasks.add", at("/tasks").put("title", i + "x".repeat(900)));
        }
        assertThat(ask(granted, "tasks", at("/tasks"))).contains("TOO_LARGE");
    }
}
