package dev.parley.host.internal;

import static org.assertj.core.api.Assertions.assertThat;

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
        return ask(new SharedStores(granted, stores), operation, arguments);
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
        SharedStores shared = new SharedStores(Set.of("stores:board/*"), stores);
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
}
