package dev.parley.groups.internal.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.groups.api.GroupEvent;
import dev.parley.groups.api.GroupId;
import dev.parley.groups.api.GroupMessage;
import dev.parley.groups.api.GroupStatus;
import dev.parley.groups.api.Groups;
import dev.parley.groups.internal.format.InviteLink;
import dev.parley.groups.internal.format.Item;
import dev.parley.groups.internal.format.SyncMessage;
import dev.parley.identity.api.AgentId;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A group of as many as there may be: one admin takes them in, and the last one stays to talk. */
class FullGroupTest {
    private final Random dice = new Random(11);
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final GroupId id = GroupId.of(new byte[32]);

    private record Asking(GroupCore core, AgentId agent, SyncMessage.Join question) {}

    private Setup setup(Sim.Key key) {
        return Setup.of(id, Sim.NETWORK, key, new SecureRandom());
    }

    private Asking ask(GroupCore admin, AgentId adminId) throws Exception {
        Sim.Key key = new Sim.Key(dice);
        String link = admin.invite(Duration.ofDays(7), now).link();
        admin.drain();
        GroupCore core = GroupCore.join(setup(key), InviteLink.parse(link), now);
        core.connected(adminId, now);
        SyncMessage.Join question =
                core.drain().stream()
                        .filter(Effect.Ask.class::isInstance)
                        .map(it -> (SyncMessage.Join) ((Effect.Ask) it).question())
                        .findFirst()
                        .orElseThrow();
        return new Asking(core, key.key().agentId(), question);
    }

    @Test
    void twoHundredAreInAndTheNextOneIsRefused() throws Exception {
        Sim.Key key = new Sim.Key(dice);
        AgentId adminId = key.key().agentId();
        GroupCore admin = GroupCore.create(setup(key), "many", "", now);
        Asking last = ask(admin, adminId);
        SyncMessage answer = last.question();
        for (int members = 1; members < Groups.MAX_MEMBERS; members++) {
            last = members == 1 ? last : ask(admin, adminId);
            answer = admin.answer(last.agent(), last.question(), now);
            admin.drain();
            now = now.plusSeconds(10);
        }
        assertThat(admin.members()).hasSize(Groups.MAX_MEMBERS);

        byte[] welcome = answer.encode();
        assertThat(welcome).hasSizeGreaterThan(SyncMessage.MAX_WHOLE_BYTES);
        last.core().answered(adminId, last.question(), SyncMessage.decode(welcome), now);
        last.core().drain();
        assertThat(last.core().info().status()).isEqualTo(GroupStatus.ACTIVE);
        assertThat(last.core().info().head()).isEqualTo(admin.info().head());
        assertThat(last.core().members()).hasSize(Groups.MAX_MEMBERS);

        Asking oneMore = ask(admin, adminId);
        assertThatThrownBy(() -> admin.answer(oneMore.agent(), oneMore.question(), now))
                .isInstanceOfSatisfying(
                        RefusalException.class,
                        it -> assertThat(it.code()).isEqualTo(RefusalException.Code.FULL));

        admin.drain();
        admin.send(GroupMessage.TEXT, "hello".getBytes(StandardCharsets.US_ASCII), now);
        assertThat(heard(admin, adminId, last.core(), last.agent())).containsExactly("hello");
        last.core().refresh(now);
        assertThat(heard(last.core(), last.agent(), admin, adminId)).isEmpty();
        assertThat(admin.info().head()).isEqualTo(last.core().info().head());
        last.core().send(GroupMessage.TEXT, "hi".getBytes(StandardCharsets.US_ASCII), now);
        assertThat(heard(last.core(), last.agent(), admin, adminId)).containsExactly("hi");
    }

    /** What the other one reads of what this one publishes, or lets it fetch. */
    private List<String> heard(GroupCore from, AgentId author, GroupCore to, AgentId reader)
            throws Exception {
        to.connected(author, now);
        for (Effect effect : from.drain()) {
            if (effect instanceof Effect.Publish it) {
                to.heard(author, Item.decode(it.payload()), now);
            }
        }
        List<String> read = new ArrayList<>();
        List<Effect> effects = to.drain();
        while (!effects.isEmpty()) {
            for (Effect effect : effects) {
                if (effect instanceof Effect.Ask it) {
                    to.answered(
                            author, it.question(), from.answer(reader, it.question(), now), now);
                } else if (effect instanceof Effect.Tell it
                        && it.event() instanceof GroupEvent.MessageReceived message) {
                    read.add(new String(message.message().content(), StandardCharsets.US_ASCII));
                }
            }
            effects = to.drain();
        }
        return read;
    }
}
