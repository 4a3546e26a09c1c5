package dev.parley.groups.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.direct.api.Caller;
import dev.parley.groups.api.GroupEvent;
import dev.parley.groups.api.GroupId;
import dev.parley.groups.api.GroupInfo;
import dev.parley.groups.api.GroupMessage;
import dev.parley.groups.api.GroupStatus;
import dev.parley.groups.internal.core.Effect;
import dev.parley.groups.internal.core.GroupCore;
import dev.parley.groups.internal.core.Setup;
import dev.parley.groups.internal.format.InviteLink;
import dev.parley.groups.internal.format.Item;
import dev.parley.groups.internal.format.LeafCertificate;
import dev.parley.groups.internal.format.SyncMessage;
import dev.parley.identity.api.AgentId;
import dev.parley.identity.api.NetworkId;
import dev.parley.identity.internal.IdentityComponent;
import dev.parley.storage.api.Hash;
import dev.parley.storage.internal.StorageComponent;
import dev.parley.trust.nodes.ChildProcess;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that talks to a group and changes it, killed at random moments. Ten times, or as often
 * as {@code -Dparley.kills} says.
 */
class KillTest {
    private static final int KILLS = Integer.getInteger("parley.kills", 10);
    private static final int UNDER_WAY = 16;

    @TempDir private Path dir;

    /**
     * The child: says numbers for ever and makes new keys now and then. Prints what left (with a
     * P), and each number once it was acknowledged.
     */
    public static void main(String[] words) throws Exception {
        Path dir = Path.of(words[0]);
        PrintStream out = System.out;
        GroupsComponent groups =
                Offline.open(
                        dir,
                        new StorageComponent(dir),
                        payload -> out.println("P" + HexFormat.of().formatHex(payload)));
        GroupId group = Nodes.get(groups.find("crash")).id();
        Semaphore room = new Semaphore(UNDER_WAY);
        for (long next = Long.parseLong(words[1]); true; next++) {
            long number = next;
            room.acquire();
            if (number % 40 == 0) {
                groups.refresh(group);
            }
            groups.send(
                            group,
                            GroupMessage.TEXT,
                            Long.toString(number).getBytes(StandardCharsets.US_ASCII))
                    .whenComplete(
                            (message, failure) -> {
                                if (failure != null) {
                                    Runtime.getRuntime().halt(3);
                                }
                                out.println(number);
                                room.release();
                            });
        }
    }

    @Test
    @Timeout(600)
    void aKilledProcessLosesNothingThatWasSaidAndUsesNoKeyTwice() throws Exception {
        StorageComponent first = new StorageComponent(dir);
        GroupsComponent made = Offline.open(dir, first, payload -> {});
        GroupId group = Nodes.get(made.create("crash", "")).id();
        Observer observer = new Observer(dir.resolve("observer"), made, group);
        made.close();
        first.close();
        Random random = new Random(7);
        long next = 1;
        Set<String> acknowledged = new HashSet<>();
        long epoch = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            for (String line : runAndKill(next, random.nextInt(400))) {
                if (line.startsWith("P")) {
                    observer.hears(line.substring(1));
                } else {
                    acknowledged.add(line);
                    next = Math.max(next, Long.parseLong(line) + 1);
                }
            }
            StorageComponent storage = new StorageComponent(dir);
            GroupsComponent groups = Offline.open(dir, storage, payload -> {});
            String when = "after kill " + kill;
            GroupInfo info = Nodes.get(groups.find("crash"));
            assertThat(info.status()).as(when).isEqualTo(GroupStatus.ACTIVE);
            assertThat(info.epoch()).as(when).isGreaterThanOrEqualTo(epoch);
            epoch = info.epoch();
            Set<String> kept = new HashSet<>();
            Set<String> ids = new HashSet<>();
            for (long after = 0; ; ) {
                List<GroupMessage> page = Nodes.get(groups.messages(group, after, 1000));
                if (page.isEmpty()) {
                    break;
                }
                for (GroupMessage message : page) {
                    kept.add(new String(message.content(), StandardCharsets.US_ASCII));
                    assertThat(ids.add(message.id())).as(when).isTrue();
                    assertThat(message.sequence()).as(when).isGreaterThan(after);
                    after = message.sequence();
                }
            }
            assertThat(kept).as(when).containsAll(acknowledged);
            // MLS opens nothing with a key that was used: so no key was used twice.
            observer.catchUp(groups);
            assertThat(observer.read).as(when).containsAll(observer.left).isSubsetOf(ids);
            assertThat(observer.said).as(when).hasSameSizeAs(observer.read).isSubsetOf(kept);
            next += UNDER_WAY;
            groups.close();
            storage.close();
        }
        assertThat(acknowledged).hasSizeGreaterThan(KILLS);
        assertThat(epoch).isGreaterThan(0);
        System.out.println(
                KILLS
                        + " kills, "
                        + acknowledged.size()
                        + " acknowledged messages, "
                        + observer.left.size()
                        + " that left, epoch "
                        + epoch);
    }

    /** Another member, which hears all that leaves. */
    private static final class Observer {
        /** Ids of messages. */
        final Set<String> left = new HashSet<>();

        final Set<String> read = new HashSet<>();

        /** What stood in them. */
        final Set<String> said = new HashSet<>();

        private final GroupCore core;
        private final AgentId author;
        private final Caller caller;

        Observer(Path dir, GroupsComponent groups, GroupId group) throws Exception {
            IdentityComponent identity =
                    new IdentityComponent(
                            Files.createDirectories(dir), new NetworkId("parley.test"), "observer");
            author = Nodes.get(groups.members(group)).get(0).agent();
            caller = new Caller(identity.agent(), identity.machine());
            Setup setup =
                    Setup.of(
                            group,
                            identity.network(),
                            LeafCertificate.Certifier.of(identity),
                            new SecureRandom());
            String link = Nodes.get(groups.invite(group, Duration.ofDays(1))).link();
            core = GroupCore.join(setup, InviteLink.parse(link), Instant.now());
            catchUp(groups);
            assertThat(core.info().status()).isEqualTo(GroupStatus.ACTIVE);
        }

        /** Meets the other one, and asks it for what did not leave before it was killed. */
        void catchUp(GroupsComponent groups) throws Exception {
            core.disconnected(author);
            core.connected(author, Instant.now());
            List<Effect> effects = core.drain();
            while (!effects.isEmpty()) {
                for (Effect effect : effects) {
                    if (effect instanceof Effect.Ask ask) {
                        byte[] answer =
                                Nodes.get(
                                        groups.questions().handle(caller, ask.question().encode()));
                        core.answered(
                                author, ask.question(), SyncMessage.decode(answer), Instant.now());
                    }
                }
                effects.forEach(this::note);
                effects = core.drain();
            }
        }

        void hears(String payload) throws Exception {
            Item item = Item.decode(HexFormat.of().parseHex(payload));
            if (item instanceof Item.Message it) {
                left.add(Hash.sha256(it.message()).hex());
            }
            core.heard(author, item, Instant.now());
            core.drain().forEach(this::note);
        }

        private void note(Effect effect) {
            if (effect instanceof Effect.Tell tell
                    && tell.event() instanceof GroupEvent.MessageReceived it) {
                assertThat(read.add(it.message().id())).isTrue();
                said.add(new String(it.message().content(), StandardCharsets.US_ASCII));
            }
        }
    }

    private List<String> runAndKill(long from, int millis) throws Exception {
        Path said = dir.resolve("said");
        Process child =
                ChildProcess.of(KillTest.class, dir, from)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .redirectOutput(said.toFile())
                        .start();
        while (Files.size(said) == 0 && child.isAlive()) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        TimeUnit.MILLISECONDS.sleep(millis);
        child.destroyForcibly().waitFor();
        String lines = Files.readString(said);
        assertThat(lines).as("what the child said").contains("\n");
        return lines.substring(0, lines.lastIndexOf('\n')).lines().toList();
    }
}
