package dev.parley.trust.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.identity.api.AgentId;
import dev.parley.identity.api.MachineId;
import dev.parley.trust.api.Decision;
import dev.parley.trust.api.TrustException;
import dev.parley.trust.api.TrustLevel;
import dev.parley.trust.api.TrustListener;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrustComponentTest {
    private static final AgentId AGENT = AgentId.of("11".repeat(32));
    private static final MachineId HOME = MachineId.of("22".repeat(32));
    private static final MachineId AWAY = MachineId.of("33".repeat(32));

    @TempDir private Path dir;

    private TrustComponent open() throws Exception {
        return new TrustComponent(dir);
    }

    @Test
    void everyRowOfTheDecisionTableHolds() throws Exception {
        TrustComponent trust = open();
        assertThat(trust.evaluate(AGENT, HOME)).isEqualTo(Decision.UNKNOWN);
        trust.set(AGENT, TrustLevel.UNKNOWN, Optional.empty());
        assertThat(trust.evaluate(AGENT, HOME)).isEqualTo(Decision.UNKNOWN);
        trust.set(AGENT, TrustLevel.KNOWN, Optional.empty());
        assertThat(trust.evaluate(AGENT, HOME)).isEqualTo(Decision.ACCEPT_WITH_FLAG);
        trust.set(AGENT, TrustLevel.TRUSTED, Optional.empty());
        assertThat(trust.evaluate(AGENT, HOME)).isEqualTo(Decision.ACCEPT);
        trust.pins(AGENT, Set.of(HOME));
        assertThat(trust.evaluate(AGENT, AWAY)).isEqualTo(Decision.REJECT_MACHINE_MISMATCH);
        trust.set(AGENT, TrustLevel.UNKNOWN, Optional.empty());
        assertThat(trust.evaluate(AGENT, HOME)).isEqualTo(Decision.ACCEPT);
        trust.set(AGENT, TrustLevel.BLOCKED, Optional.empty());
        assertThat(trust.evaluate(AGENT, HOME)).isEqualTo(Decision.REJECT_BLOCKED);
        assertThat(trust.refuse(AGENT, HOME)).isPresent();
        assertThat(trust.admit(AGENT, HOME)).isFalse();
    }

    @Test
    void aCardNeverLowersALevelNorLiftsABlock() throws Exception {
        TrustComponent trust = open();
        trust.introduce(AGENT, "alice");
        assertThat(trust.level(AGENT)).isEqualTo(TrustLevel.KNOWN);
        trust.set(AGENT, TrustLevel.TRUSTED, Optional.empty());
        trust.introduce(AGENT, "mallory");
        assertThat(trust.level(AGENT)).isEqualTo(TrustLevel.TRUSTED);
        assertThat(trust.contact(AGENT).orElseThrow().name()).isEqualTo("alice");
        trust.set(AGENT, TrustLevel.BLOCKED, Optional.empty());
        trust.introduce(AGENT, "alice");
        assertThat(trust.level(AGENT)).isEqualTo(TrustLevel.BLOCKED);
    }

    @Test
    void aListenerThatFailsKeepsNothingFromTheOthers() throws Exception {
        TrustComponent trust = open();
        java.util.List<TrustLevel> told = new java.util.ArrayList<>();
        trust.addListener(
                agent -> {
                    throw new IllegalStateException("a full queue, say");
                });
        trust.addListener(agent -> told.add(trust.level(agent)));
        trust.set(AGENT, TrustLevel.BLOCKED, Optional.empty());
        assertThat(told).containsExactly(TrustLevel.BLOCKED);
    }

    @Test
    void contactsSurviveARestart() throws Exception {
        TrustComponent trust = open();
        trust.set(AGENT, TrustLevel.BLOCKED, Optional.of("mallory"));
        trust.pins(AGENT, Set.of(HOME, AWAY));
        assertThat(open().contacts()).isEqualTo(trust.contacts());
        assertThat(open().damage()).isEmpty();
    }

    @Test
    void aDamagedFileIsKeptAsideAndSaidNeverSilentlyEmpty() throws Exception {
        open().set(AGENT, TrustLevel.BLOCKED, Optional.empty());
        Path file = dir.resolve("contacts");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] ^= 1;
        Files.write(file, bytes);
        TrustComponent trust = open();
        assertThat(trust.damage())
                .hasValueSatisfying(text -> assertThat(text).contains("damaged", "restore"));
        try (Stream<Path> files = Files.list(dir)) {
            Path aside =
                    files.filter(it -> it.toString().contains(".damaged-"))
                            .findFirst()
                            .orElseThrow();
            assertThat(Files.readAllBytes(aside)).isEqualTo(bytes);
            trust.set(AGENT, TrustLevel.KNOWN, Optional.empty());
            assertThat(open().damage()).as("said again after a restart").isPresent();
            Files.delete(aside);
            assertThat(open().damage()).isEmpty();
        }
    }

    @Test
    void aRevokedAgentStaysBlockedWhateverIsSetForItLater() throws Exception {
        TrustComponent trust = open();
        trust.revoke(AGENT);
        trust.set(AGENT, TrustLevel.TRUSTED, Optional.of("alice"));
        assertThat(trust.level(AGENT)).isEqualTo(TrustLevel.BLOCKED);
        trust.pins(AGENT, Set.of(HOME));
        assertThat(trust.evaluate(AGENT, HOME)).isEqualTo(Decision.REJECT_BLOCKED);
        trust.remove(AGENT);
        assertThat(trust.contact(AGENT)).isEmpty();
        assertThat(trust.evaluate(AGENT, HOME)).isEqualTo(Decision.REJECT_BLOCKED);
        trust.introduce(AGENT, "alice");
        TrustComponent later = open();
        assertThat(later.revoked(AGENT)).isTrue();
        assertThat(later.contact(AGENT).orElseThrow().level()).isEqualTo(TrustLevel.BLOCKED);
    }

    @Test
    void aBlockIsRefusedAtEveryWayInAndAPinMismatchToo() throws Exception {
        TrustComponent trust = open();
        for (TrustLevel level : TrustLevel.values()) {
            trust.set(AGENT, level, Optional.empty());
            boolean refused = trust.evaluate(AGENT, HOME).rejects();
            assertThat(refused).isEqualTo(level == TrustLevel.BLOCKED);
            assertThat(trust.refuse(AGENT, HOME).isPresent()).isEqualTo(refused);
            assertThat(trust.admit(AGENT, HOME)).isEqualTo(!refused);
        }
        trust.set(AGENT, TrustLevel.TRUSTED, Optional.empty());
        trust.pins(AGENT, Set.of(AWAY));
        assertThat(trust.refuse(AGENT, HOME)).isPresent();
        assertThat(trust.admit(AGENT, HOME)).isFalse();
        trust.pins(AGENT, Set.of());
        assertThat(trust.evaluate(AGENT, HOME)).isEqualTo(Decision.ACCEPT);
    }

    @Test
    void listenersHearOfEveryChangeAfterItHolds() throws Exception {
        TrustComponent trust = open();
        List<TrustLevel> heard = new ArrayList<>();
        TrustListener listener = agent -> heard.add(trust.level(agent));
        trust.addListener(listener);
        trust.set(AGENT, TrustLevel.TRUSTED, Optional.empty());
        trust.revoke(AGENT);
        trust.removeListener(listener);
        trust.remove(AGENT);
        assertThat(heard).containsExactly(TrustLevel.TRUSTED, TrustLevel.BLOCKED);
    }

    @Test
    void manyCardsAtOnceNeverUndoABlock() throws Exception {
        TrustComponent trust = open();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            for (int round = 0; round < 50; round++) {
                trust.set(AGENT, TrustLevel.UNKNOWN, Optional.empty());
                List<Callable<Boolean>> work = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    boolean blocks = i == 1;
                    work.add(
                            () -> {
                                if (blocks) {
                                    trust.set(AGENT, TrustLevel.BLOCKED, Optional.empty());
                                } else {
                                    trust.introduce(AGENT, "alice");
                                }
                                return blocks;
                            });
                }
                for (Future<Boolean> done : threads.invokeAll(work)) {
                    done.get();
                }
                assertThat(trust.level(AGENT)).isEqualTo(TrustLevel.BLOCKED);
            }
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void everyFileThatIsCutShortIsDamageAndNotAnEmptyStore() throws Exception {
        open().set(AGENT, TrustLevel.BLOCKED, Optional.of("mallory"));
        byte[] whole = Files.readAllBytes(dir.resolve("contacts"));
        for (int length = 0; length < whole.length; length++) {
            Path folder = Files.createDirectory(dir.resolve("cut-" + length));
            Files.write(folder.resolve("contacts"), Arrays.copyOf(whole, length));
            assertThat(new TrustComponent(folder).damage()).as("%d bytes", length).isPresent();
        }
    }

    @Test
    void aChangeThatCannotBeWrittenIsNotMade() throws Exception {
        TrustComponent trust = open();
        trust.set(AGENT, TrustLevel.KNOWN, Optional.empty());
        Files.createDirectory(dir.resolve("contacts.new"));
        assertThatThrownBy(() -> trust.set(AGENT, TrustLevel.TRUSTED, Optional.empty()))
                .isInstanceOf(TrustException.class)
                .hasMessageContaining("nothing was changed");
        assertThat(trust.level(AGENT)).isEqualTo(TrustLevel.KNOWN);
        assertThat(open().level(AGENT)).isEqualTo(TrustLevel.KNOWN);
    }

    @Test
    void aNameThatIsTooLongIsRefused() throws Exception {
        TrustComponent trust = open();
        assertThatThrownBy(() -> trust.introduce(AGENT, "a".repeat(65)))
                .isInstanceOf(TrustException.class)
                .hasMessageContaining("64");
        assertThat(trust.contacts()).isEmpty();
    }
}
