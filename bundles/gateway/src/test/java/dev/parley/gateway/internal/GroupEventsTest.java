package dev.parley.gateway.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.gateway.api.Arguments;
import dev.parley.gateway.api.Operation;
import dev.parley.gateway.api.OperationException;
import dev.parley.groups.api.GroupEvent;
import dev.parley.groups.api.GroupId;
import dev.parley.groups.api.GroupMessage;
import dev.parley.groups.api.GroupRole;
import dev.parley.groups.api.GroupStatus;
import dev.parley.identity.api.AgentId;
import dev.parley.trust.internal.TrustComponent;
import dev.parley.wire.api.Json;
import dev.parley.wire.api.Value;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a reader of a group's events hears; over which socket is the gateway's. */
@Timeout(60)
class GroupEventsTest {
    private static final Duration PING = Duration.ofMillis(200);
    private static final AgentId SELF = AgentId.of("a1".repeat(32));
    private static final AgentId BOB = AgentId.of("b0".repeat(32));

    @TempDir Path dir;
    private final FakeGroups groups = new FakeGroups(SELF);
    private final LinkedBlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private Operation events = Operation.get("", "", "", (arguments, progress) -> Value.NULL);

    @BeforeEach
    void start() throws Exception {
        groups.create("team", "");
        events =
                new GroupTalk(groups, new TrustComponent(dir.resolve("trust")), SELF, PING)
                        .operations().stream()
                                .filter(it -> it.name().equals("groups.events"))
                                .findFirst()
                                .orElseThrow();
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    private CompletableFuture<Value> watch(String since, int seconds, Consumer<Value> listener) {
        Value.MapBuilder given = Value.map().put("group", "team").put("seconds", seconds);
        Value.Map arguments = (since.isEmpty() ? given : given.put("since", since)).build();
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return events.handler()
                                .handle(Arguments.check(events, arguments), listener);
                    } catch (OperationException e) {
                        throw new IllegalStateException(e.code(), e);
                    }
                },
                threads);
    }

    private static boolean says(String event) {
        return !event.contains("\"ping\"");
    }

    private void say(String text) {
        groups.send(FakeGroups.ID, GroupMessage.TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    private String next() throws InterruptedException {
        String event = heard.poll(20, TimeUnit.SECONDS);
        return event == null ? "nothing" : event;
    }

    @Test
    void eachThingThatHappensIsToldOnceAndInOrder() throws Exception {
        say("before");
        CompletableFuture<Value> watching =
                watch(
                        "",
                        3,
                        it ->
                                Optional.of(Json.write(it))
                                        .filter(GroupEventsTest::says)
                                        .ifPresent(heard::add));
        assertThat(next()).isEqualTo("{\"event\":\"start\",\"id\":\"1\"}");
        say("one");
        groups.tell(new GroupEvent.MemberJoined(FakeGroups.ID, BOB));
        groups.tell(new GroupEvent.RoleChanged(FakeGroups.ID, BOB, GroupRole.ADMIN));
        groups.tell(
                new GroupEvent.MemberJoined(
                        GroupId.parse("00".repeat(32)), AgentId.of(new byte[32])));
        say("two");
        groups.tell(new GroupEvent.Renamed(FakeGroups.ID, "crew", "us"));
        groups.tell(new GroupEvent.Reordered(FakeGroups.ID, 2));
        groups.tell(new GroupEvent.MemberGone(FakeGroups.ID, BOB));
        groups.tell(new GroupEvent.StatusChanged(FakeGroups.ID, GroupStatus.CATCHING_UP));
        assertThat(next()).contains("\"text\":\"one\"", "\"id\":\"2\"", "\"event\":\"message\"");
        assertThat(next()).contains("\"event\":\"joined\"", BOB.hex(), BOB.words(), "\"id\":\"2\"");
        assertThat(next()).contains("\"event\":\"role\"", "\"role\":\"admin\"");
        assertThat(next()).contains("\"text\":\"two\"", "\"id\":\"3\"");
        assertThat(next()).contains("\"event\":\"renamed\"", "\"name\":\"crew\"");
        assertThat(next()).contains("\"event\":\"reordered\"", "\"undone\":2");
        assertThat(next()).contains("\"event\":\"gone\"", BOB.hex());
        assertThat(next()).contains("\"event\":\"status\"", "\"status\":\"catching-up\"");
        assertThat(Json.write(watching.get(20, TimeUnit.SECONDS))).isEqualTo("{\"since\":\"3\"}");
        assertThat(groups.listeners).isEmpty();
    }

    @Test
    void whoGoesOnHearsWhatWasSaidMeanwhile() throws Exception {
        for (int i = 1; i <= 250; i++) {
            say("message " + i);
        }
        watch("30", 1, it -> heard.add(Json.write(it)));
        assertThat(next()).isEqualTo("{\"event\":\"start\",\"id\":\"30\"}");
        for (int i = 31; i <= 250; i++) {
            assertThat(next()).contains("\"text\":\"message " + i + "\"", "\"id\":\"" + i + "\"");
        }
    }

    @Test
    void aReaderThatIsTooSlowIsToldHowMuchItLostAndStillHearsAllThatWasSaid() throws Exception {
        CountDownLatch slow = new CountDownLatch(1);
        List<String> all = new CopyOnWriteArrayList<>();
        CompletableFuture<Value> watching =
                watch(
                        "",
                        5,
                        it -> {
                            String event = Json.write(it);
                            if (event.contains("\"first\"")) {
                                heard.add("blocked");
                                waitFor(slow);
                            }
                            if (says(event)) {
                                all.add(event);
                            }
                            if (event.contains("\"last\"")) {
                                heard.add("done");
                            }
                        });
        while (groups.listeners.isEmpty()) {
            Thread.sleep(5);
        }
        say("first");
        assertThat(next()).isEqualTo("blocked");
        for (int i = 0; i < GroupEvents.MAX_WAITING; i++) {
            groups.tell(new GroupEvent.MemberJoined(FakeGroups.ID, BOB));
        }
        say("more");
        groups.tell(new GroupEvent.MemberGone(FakeGroups.ID, BOB));
        say("last");
        slow.countDown();
        assertThat(next()).isEqualTo("done");
        List<String> told = List.copyOf(all);
        assertThat(told.stream().filter(it -> it.contains("joined")))
                .hasSize(GroupEvents.MAX_WAITING);
        assertThat(told.subList(told.size() - 3, told.size()))
                .satisfiesExactly(
                        it -> assertThat(it).contains("\"event\":\"lost\"", "\"events\":3"),
                        it -> assertThat(it).contains("\"text\":\"more\""),
                        it -> assertThat(it).contains("\"text\":\"last\""));
        groups.tell(new GroupEvent.MemberJoined(FakeGroups.ID, BOB));
        watching.get(20, TimeUnit.SECONDS);
        assertThat(all.stream().filter(it -> it.contains("joined")))
                .hasSize(GroupEvents.MAX_WAITING + 1);
    }

    @Test
    void whoFollowsAGroupThatIsForgottenIsToldSo() throws Exception {
        CompletableFuture<Value> watching = watch("", 30, it -> heard.add(Json.write(it)));
        assertThat(next()).contains("start");
        assertThat(next()).contains("ping");
        groups.leave(FakeGroups.ID);
        groups.forget(FakeGroups.ID);
        assertThat(watching)
                .failsWithin(20, TimeUnit.SECONDS)
                .withThrowableOfType(ExecutionException.class)
                .withMessageContaining("NOT_FOUND");
        assertThat(groups.listeners).isEmpty();
    }

    private static void waitFor(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aReaderThatLeavesGivesItsPlaceToAnother() throws Exception {
        List<CompletableFuture<Value>> readers = new ArrayList<>();
        for (int i = 0; i < EventReaders.MAX_STREAMS; i++) {
            readers.add(
                    watch(
                            "",
                            30,
                            it -> {
                                if (Json.write(it).contains("start")) {
                                    heard.add("here");
                                }
                                if (Json.write(it).contains("leave")) {
                                    throw new IllegalStateException("left");
                                }
                            }));
            assertThat(next()).isEqualTo("here");
        }
        assertThat(watch("", 1, it -> {}))
                .failsWithin(20, TimeUnit.SECONDS)
                .withThrowableOfType(ExecutionException.class)
                .withMessageContaining("BUSY");
        say("leave");
        for (CompletableFuture<Value> reader : readers) {
            assertThat(reader).failsWithin(20, TimeUnit.SECONDS);
        }
        assertThat(groups.listeners).isEmpty();
        assertThat(watch("", 1, it -> {})).succeedsWithin(20, TimeUnit.SECONDS);
    }
}
