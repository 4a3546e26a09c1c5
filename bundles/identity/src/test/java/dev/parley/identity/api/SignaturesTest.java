package dev.parley.identity.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.wire.api.MalformedException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SignaturesTest {
    private static final NetworkId NETWORK = new NetworkId("parley.test");
    private static final SecretKey AGENT = SecretKey.generate(new SecureRandom());
    private static final SecretKey MACHINE = SecretKey.generate(new SecureRandom());
    private static final byte[] BODY = "a body".getBytes(StandardCharsets.UTF_8);

    @Test
    void bothHalvesMustVerify() throws MalformedException {
        byte[] good = AGENT.sign(NETWORK, "test.v1", BODY).encode();
        assertThat(verify(good)).isTrue();
        for (int at : new int[] {0, 63, 64, Signature.BYTES - 1}) {
            byte[] bad = good.clone();
            bad[at] ^= 1;
            assertThat(verify(bad)).as("byte %d flipped", at).isFalse();
        }
        byte[] noClassical = good.clone();
        Arrays.fill(noClassical, 0, Signature.ED25519_BYTES, (byte) 0);
        assertThat(verify(noClassical)).isFalse();
        byte[] noPostQuantum = good.clone();
        Arrays.fill(noPostQuantum, Signature.ED25519_BYTES, Signature.BYTES, (byte) 0);
        assertThat(verify(noPostQuantum)).isFalse();
    }

    private static boolean verify(byte[] signature) throws MalformedException {
        return Signatures.verify(
                AGENT.publicKey(), NETWORK, "test.v1", BODY, Signature.decode(signature));
    }

    @Test
    void aSignatureHoldsInItsNetworkAndContextOnly() {
        Signature signature = AGENT.sign(NETWORK, "test.v1", BODY);
        PublicKey key = AGENT.publicKey();
        assertThat(Signatures.verify(key, NETWORK, "test.v1", BODY, signature)).isTrue();
        assertThat(Signatures.verify(key, NETWORK, "test.v2", BODY, signature)).isFalse();
        assertThat(Signatures.verify(key, new NetworkId("other"), "test.v1", BODY, signature))
                .isFalse();
    }

    @Test
    void theSameKeyHasDifferentIdsAsAgentAndAsMachine() {
        PublicKey key = AGENT.publicKey();
        assertThat(key.agentId().hex()).isNotEqualTo(key.machineId().hex());
        assertThat(key.agentId().words()).matches("([a-z]{5}-){3}[a-z]{5}");
    }

    @Test
    void aKeyIsTheSameAgainFromItsSeeds() {
        assertThat(SecretKey.of(AGENT.seeds()).publicKey()).isEqualTo(AGENT.publicKey());
        assertThat(AGENT.toString()).isEqualTo("SecretKey[hidden]");
    }

    @Test
    void aCardComesThroughItsTextAndFailsWhenAnyPartIsChanged() throws MalformedException {
        AgentCard card =
                AgentCard.sign(AGENT, MACHINE, NETWORK, "alice", List.of("127.0.0.1:4433"));
        AgentCard read = AgentCard.parse(card.text());
        assertThat(read.verify(NETWORK)).isTrue();
        assertThat(read.name()).isEqualTo("alice");
        assertThat(read.addresses()).containsExactly("127.0.0.1:4433");
        assertThat(read.agent()).isEqualTo(AGENT.publicKey().agentId());
        assertThat(read.machine()).isEqualTo(MACHINE.publicKey().machineId());
        byte[] changed = card.encode();
        changed[changed.length - 1] ^= 1;
        assertThat(AgentCard.decode(changed).verify(NETWORK)).isFalse();
        assertThatThrownBy(() -> AgentCard.parse("parley://card/?"))
                .isInstanceOf(MalformedException.class);
    }

    @Test
    void aSessionKeySignsForAnHourAtMost() throws MalformedException {
        Instant now = Instant.now();
        SessionSigner session =
                SessionCertificate.newSession(AGENT, NETWORK, MACHINE.publicKey().machineId(), now);
        SessionCertificate certificate = SessionCertificate.decode(session.certificate().encode());
        byte[] digest = new byte[32];
        assertThat(certificate.verify(NETWORK)).isTrue();
        assertThat(certificate.verifyDigest(digest, session.sign(digest))).isTrue();
        digest[0] = 1;
        assertThat(certificate.verifyDigest(digest, session.sign(new byte[32]))).isFalse();
        assertThat(certificate.validAt(now)).isTrue();
        assertThat(certificate.validAt(now.plusSeconds(3600))).isFalse();
        assertThat(certificate.agent()).isEqualTo(AGENT.publicKey().agentId());
    }

    @Test
    void everyPrefixOfARecordAndAnythingAppendedIsMalformed() throws MalformedException {
        byte[] record =
                new SignedRecord(BODY, AGENT.publicKey(), AGENT.sign(NETWORK, "test.v1", BODY))
                        .encode();
        assertThat(SignedRecord.decode(record).verify(NETWORK, "test.v1")).isTrue();
        for (int length = 0; length < record.length; length += 7) {
            byte[] prefix = Arrays.copyOf(record, length);
            assertThatThrownBy(() -> SignedRecord.decode(prefix))
                    .isInstanceOf(MalformedException.class);
        }
        assertThatThrownBy(() -> SignedRecord.decode(Arrays.copyOf(record, record.length + 1)))
                .isInstanceOf(MalformedException.class);
    }
}
