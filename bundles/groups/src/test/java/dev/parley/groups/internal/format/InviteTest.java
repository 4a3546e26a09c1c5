package dev.parley.groups.internal.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.groups.api.GroupException;
import dev.parley.groups.api.GroupId;
import dev.parley.identity.api.AgentId;
import dev.parley.identity.api.NetworkId;
import dev.parley.identity.api.PublicKey;
import dev.parley.identity.api.SecretKey;
import dev.parley.identity.api.Signature;
import dev.parley.mls.api.MlsCredential;
import dev.parley.wire.api.MalformedException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class InviteTest {
    private static final NetworkId NETWORK = new NetworkId("parley.test");
    private final SecureRandom random = new SecureRandom();
    private final SecretKey secret = SecretKey.generate(random);
    private final GroupId group = GroupId.of(new byte[32]);
    private final AgentId agent = secret.publicKey().agentId();
    private final byte[] id = new byte[16];

    private LeafCertificate.Certifier certifier() {
        return new LeafCertificate.Certifier() {
            @Override
            public PublicKey key() {
                return secret.publicKey();
            }

            @Override
            public Signature sign(String context, byte[] body) {
                return secret.sign(NETWORK, context, body);
            }
        };
    }

    @Test
    void aLinkComesBackAndADamagedOneIsRefused() throws GroupException {
        InviteKey key = InviteKey.generate(random);
        InviteLink link =
                new InviteLink(
                        "parley.test",
                        group,
                        List.of(agent),
                        id,
                        key.privateKey(),
                        Instant.ofEpochSecond(7));
        InviteLink back = InviteLink.parse("  " + link.text() + "\n");
        assertThat(back.text()).isEqualTo(link.text());
        assertThat(link.text().length()).isLessThan(400);
        assertThat(link.toString()).doesNotContain(link.text().substring(20));
        for (String bad :
                List.of(
                        "",
                        "parley://card/xx",
                        InviteLink.PREFIX,
                        link.text().substring(0, 100),
                        link.text() + "AAAA",
                        link.text().replace('A', '!'))) {
            assertThatThrownBy(() -> InviteLink.parse(bad))
                    .as(bad)
                    .isInstanceOfSatisfying(
                            GroupException.class,
                            it -> assertThat(it.reason()).isEqualTo(GroupException.Reason.INVALID));
        }
    }

    @Test
    void aProofIsForOneAgentAndOneKeyPackageOnly() {
        InviteKey key = InviteKey.generate(random);
        byte[] keyPackage = {1, 2, 3};
        byte[] proof = InviteKey.prove(key.privateKey(), group, id, agent, keyPackage);
        assertThat(InviteKey.verify(key.publicKey(), proof, group, id, agent, keyPackage)).isTrue();
        AgentId other = SecretKey.generate(random).publicKey().agentId();
        assertThat(InviteKey.verify(key.publicKey(), proof, group, id, other, keyPackage))
                .isFalse();
        assertThat(InviteKey.verify(key.publicKey(), proof, group, id, agent, new byte[] {4}))
                .isFalse();
        assertThat(InviteKey.verify(key.publicKey(), new byte[64], group, id, agent, keyPackage))
                .isFalse();
        assertThat(InviteKey.verify(new byte[44], proof, group, id, agent, keyPackage)).isFalse();
    }

    @Test
    void aRecordHoldsInItsNetworkOnly() throws MalformedException {
        InviteRecord record =
                new InviteRecord(
                        group,
                        id,
                        InviteKey.generate(random).publicKey(),
                        Instant.ofEpochSecond(9));
        byte[] signed = record.sign(certifier()).encode();
        assertThat(InviteRecord.decode(signed).inviter()).isEqualTo(agent);
        assertThat(InviteRecord.verified(signed, NETWORK)).isTrue();
        assertThat(InviteRecord.verified(signed, new NetworkId("parley.other"))).isFalse();
        signed[signed.length - 1] ^= 1;
        assertThat(InviteRecord.verified(signed, NETWORK)).isFalse();
    }

    @Test
    void aLeafCertificateIsForOneKeyOfOneGroupOfOneNetwork() throws MalformedException {
        byte[] leaf = new byte[32];
        MlsCredential credential = LeafCertificate.issue(certifier(), group, 0xF001, leaf);
        assertThat(credential.body()).hasSize(5358);
        assertThat(LeafCertificate.verify(credential, NETWORK, group, 0xF001, leaf))
                .isEqualTo(agent);
        byte[] otherLeaf = new byte[32];
        otherLeaf[0] = 1;
        GroupId otherGroup = GroupId.of(otherLeaf);
        refused(credential, NETWORK, group, 0xF001, otherLeaf);
        refused(credential, NETWORK, otherGroup, 0xF001, leaf);
        refused(credential, NETWORK, group, 0xF002, leaf);
        refused(credential, new NetworkId("parley.other"), group, 0xF001, leaf);
        refused(new MlsCredential(1, credential.body()), NETWORK, group, 0xF001, leaf);
        for (int place : new int[] {0, 1, 2000, 2100, 5357}) {
            byte[] changed = credential.body().clone();
            changed[place] ^= 1;
            refused(
                    new MlsCredential(LeafCertificate.CREDENTIAL_TYPE, changed),
                    NETWORK,
                    group,
                    0xF001,
                    leaf);
        }
    }

    private static void refused(
            MlsCredential credential, NetworkId network, GroupId group, int suite, byte[] leaf) {
        assertThatThrownBy(() -> LeafCertificate.verify(credential, network, group, suite, leaf))
                .isInstanceOf(MalformedException.class);
    }
}
