package dev.parley.host.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.groups.api.GroupEvent;
import dev.parley.groups.api.GroupId;
import dev.parley.groups.api.GroupStatus;
import dev.parley.wire.api.Json;
import dev.parley.wire.api.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SharedGroupsTest {
    private final FakeGroups groups = new FakeGroups();
    private final List<String> told = new ArrayList<>();
    private GroupId team = GroupId.of(new byte[32]);

    @BeforeEach
    void groups() {
        team = groups.add("work/team", GroupStatus.ACTIVE);
        groups.add("family", GroupStatus.ACTIVE);
    }

    private SharedGroups of(String... granted) {
        return new SharedGroups(Set.of(granted), groups, "ab".repeat(32));
    }

    private String ask(SharedGroups shared, String operation, Value.MapBuilder arguments) {
        return Json.write(
                shared.ask(
                                "group." + operation,
                                arguments.build(),
                                (id, said) -> told.add(id + " " + Json.write(said)))
                        .toCompletableFuture()
                        .join()
                        .build());
    }

    private static Value.MapBuilder in(String group) {
        return Value.map()
                .put("group", group)
                .put("type", "text/plain")
                .put("payload", Value.of(new byte[] {1}))
                .put("after", 0)
                .put("limit", 10);
    }

    @Test
    void onlyAGroupThatIsGrantedCanBeUsedWhateverIsAsked() {
        for (SharedGroups shared :
                List.of(of(), of("groups:family"), of("stores:work/team"), of("groups:work"))) {
            for (String operation : List.of("send", "since", "listen", "explode")) {
                assertThat(ask(shared, operation, in("work/team")))
                        .contains("PERMISSION_DENIED", "groups:work/team");
            }
        }
        assertThat(groups.sent).isEmpty();
        assertThat(groups.listeners()).isZero();
        assertThat(ask(of("groups:work/*"), "send", in("work/team"))).contains("\"sequence\":7");
        assertThat(ask(of("groups:family"), "send", in("family"))).contains("\"ours\":true");
    }

    @Test
    void whatIsSentIsReadAndWhoListensHearsOfItsGroupAlone() {
        SharedGroups shared = of("groups:work/team", "groups:family");
        assertThat(ask(shared, "listen", in("work/team"))).isEqualTo("{\"subscription\":1}");
        ask(shared, "send", in("family"));
        assertThat(told).isEmpty();
        ask(shared, "send", in("work/team"));
        assertThat(told).singleElement().asString().startsWith("1 {").contains("\"sequence\":7");
        assertThat(ask(shared, "since", in("work/team").put("after", 7)))
                .contains("\"sequence\":8", "\"ours\":false", "cd".repeat(32))
                .doesNotContain("\"sequence\":7");
        shared.close();
        assertThat(groups.listeners()).isZero();
        assertThat(ask(shared, "listen", in("work/team"))).contains("QUOTA");
    }

    @Test
    void whoseGroupGetsAnotherNameHearsNoMoreOfIt() {
        SharedGroups shared = of("groups:work/*");
        ask(shared, "listen", in("work/team"));
        groups.tell(new GroupEvent.Renamed(team, "work/others", ""));
        assertThat(groups.listeners()).isEqualTo(1);
        groups.tell(new GroupEvent.Renamed(team, "private", ""));
        assertThat(groups.listeners()).isZero();
        groups.tell(
                new GroupEvent.MessageReceived(FakeGroups.message(team, 9, false, new byte[1])));
        assertThat(told).isEmpty();
    }

    @Test
    void whatCannotBeDoneIsSaidWithItsCode() {
        SharedGroups shared = of("groups:work/*", "groups:gone", "groups:twice", "groups:no");
        groups.add("gone", GroupStatus.REMOVED);
        groups.add("twice", GroupStatus.ACTIVE);
        groups.add("twice", GroupStatus.CATCHING_UP);
        assertThat(ask(shared, "send", in("no"))).contains("NOT_FOUND");
        assertThat(ask(shared, "since", in("gone"))).contains("NOT_ACTIVE", "REMOVED");
        assertThat(ask(shared, "send", in("twice"))).contains("AMBIGUOUS");
        assertThat(ask(shared, "send", in("work/team").put("type", ""))).contains("INVALID");
        for (int limit : new int[] {0, -1, 1001}) {
            assertThat(ask(shared, "since", in("work/team").put("limit", limit)))
                    .contains("INVALID", "1 to 1000");
        }
        assertThat(ask(shared, "explode", in("work/team"))).contains("UNSUPPORTED");
        for (int i = 0; i < 32; i++) {
            assertThat(ask(shared, "listen", in("work/team"))).contains("subscription");
        }
        assertThat(ask(shared, "listen", in("work/team"))).contains("QUOTA");
    }

    @Test
    void aFrameGetsNoMoreMessagesThanItHolds() {
        SharedGroups shared = of("groups:work/team");
        for (int i = 0; i < 40; i++) {
            ask(shared, "send", in("work/team").put("payload", Value.of(new byte[32_768])));
        }
        String answer = ask(shared, "since", in("work/team").put("limit", 1000));
        assertThat(answer.split("\"sequence\"", -1)).hasSize(16 + 1);
    }
}
