package dev.parley.trust.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.identity.api.AgentId;
import dev.parley.identity.api.MachineId;
import dev.parley.trust.api.Decision;
import dev.parley.trust.api.TrustLevel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
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
        }
    }
}
