package dev.parley.mls.internal.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.mls.api.MlsException;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Decoder;
import dev.parley.mls.internal.codec.Secret;
import dev.parley.mls.internal.codec.Vectors;
import dev.parley.mls.internal.framing.AuthenticatedContent;
import dev.parley.mls.internal.framing.Transcript;
import dev.parley.mls.internal.node.Extensions;
import dev.parley.mls.internal.proposal.PreSharedKeyId;
import dev.parley.mls.internal.suite.CipherSuite;
import dev.parley.mls.internal.suite.CipherSuites;
import dev.parley.mls.internal.welcome.GroupContext;
import dev.parley.wire.api.MalformedException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The official vectors of the key schedule and the secret tree. */
class ScheduleVectorsTest {
    private static final CipherSuites SUITES = CipherSuites.standard();

    private static CipherSuite suite(Vectors.Case each) throws MlsException {
        return SUITES.require((int) each.number("cipher_suite"));
    }

    private static Secret secret(Vectors.Case each, String name) {
        return Secret.wrap(each.hex(name));
    }

    @Test
    void keySchedule() throws MlsException {
        for (Vectors.Case each : Vectors.read("key-schedule")) {
            CipherSuite suite = suite(each);
            Secret init = secret(each, "initial_init_secret");
            long epoch = 0;
            for (Vectors.Case one : each.list("epochs")) {
                byte[] context =
                        new GroupContext(
                                        GroupContext.MLS10,
                                        suite.id(),
                                        Bytes.wrap(each.hex("group_id")),
                                        epoch++,
                                        Bytes.wrap(one.hex("tree_hash")),
                                        Bytes.wrap(one.hex("confirmed_transcript_hash")),
                                        Extensions.NONE)
                                .encode();
                assertThat(context).isEqualTo(one.hex("group_context"));
                Secret joiner =
                        KeySchedule.joiner(suite, init, secret(one, "commit_secret"), context);
                assertThat(joiner).isEqualTo(secret(one, "joiner_secret"));
                Secret psk = secret(one, "psk_secret");
                assertThat(KeySchedule.welcome(suite, joiner, psk))
                        .isEqualTo(secret(one, "welcome_secret"));
                EpochSecrets secrets = KeySchedule.epoch(suite, joiner, psk, context);
                assertThat(secrets)
                        .isEqualTo(
                                new EpochSecrets(
                                        secret(one, "sender_data_secret"),
                                        secret(one, "encryption_secret"),
                                        secret(one, "exporter_secret"),
                                        secret(one, "external_secret"),
                                        secret(one, "confirmation_key"),
                                        secret(one, "membership_key"),
                                        secret(one, "resumption_psk"),
                                        secret(one, "epoch_authenticator"),
                                        secret(one, "init_secret")));
                assertThat(secrets.externalKeyPair(suite).publicKey().array())
                        .isEqualTo(one.hex("external_pub"));
                Vectors.Case exporter = one.object("exporter");
                assertThat(
                                secrets.export(
                                        suite,
                                        exporter.string("label"),
                                        exporter.hex("context"),
                                        (int) exporter.number("length")))
                        .isEqualTo(secret(exporter, "secret"));
                init = secrets.init();
            }
        }
    }

    @Test
    void pskSecret() throws MlsException {
        for (Vectors.Case each : Vectors.read("psk_secret")) {
            List<Psks.Psk> psks =
                    each.list("psks").stream()
                            .map(
                                    one ->
                                            new Psks.Psk(
                                                    new PreSharedKeyId.External(
                                                            Bytes.wrap(one.hex("psk_id")),
                                                            Bytes.wrap(one.hex("psk_nonce"))),
                                                    secret(one, "psk")))
                            .toList();
            assertThat(Psks.combine(suite(each), psks)).isEqualTo(secret(each, "psk_secret"));
        }
    }

    @Test
    void transcriptHashes() throws MlsException, MalformedException {
        for (Vectors.Case each : Vectors.read("transcript-hashes")) {
            CipherSuite suite = suite(each);
            AuthenticatedContent commit =
                    Decoder.decode(
                            AuthenticatedContent::read,
                            each.hex("authenticated_content"),
                            "content");
            Bytes confirmed =
                    Transcript.confirmed(
                            suite,
                            Bytes.wrap(each.hex("interim_transcript_hash_before")),
                            commit.wireFormat(),
                            commit.content(),
                            commit.auth().signature());
            assertThat(confirmed.array()).isEqualTo(each.hex("confirmed_transcript_hash_after"));
            Bytes tag = commit.auth().confirmationTag().orElseThrow();
            assertThat(suite.mac(secret(each, "confirmation_key"), confirmed.array()))
                    .isEqualTo(tag);
            assertThat(Transcript.interim(suite, confirmed, tag).array())
                    .isEqualTo(each.hex("interim_transcript_hash_after"));
        }
    }

    @Test
    void secretTree() throws MlsException {
        AtomicInteger checked = new AtomicInteger();
        for (Vectors.Case each : Vectors.read("secret-tree")) {
            CipherSuite suite = suite(each);
            List<dev.parley.wire.api.Value> leaves = each.values("leaves");
            EpochKeys keys =
                    new EpochKeys(
                            suite,
                            secret(each, "encryption_secret"),
                            leaves.size(),
                            EpochKeys.Limits.DEFAULT);
            for (int leaf = 0; leaf < leaves.size(); leaf++) {
                for (dev.parley.wire.api.Value value :
                        ((dev.parley.wire.api.Value.List) leaves.get(leaf)).items()) {
                    Vectors.Case one = new Vectors.Case((dev.parley.wire.api.Value.Map) value);
                    for (EpochKeys.Kind kind : EpochKeys.Kind.values()) {
                        String name =
                                kind == EpochKeys.Kind.HANDSHAKE ? "handshake" : "application";
                        keys.open(
                                leaf,
                                kind,
                                one.number("generation"),
                                key -> {
                                    assertThat(key.key()).isEqualTo(secret(one, name + "_key"));
                                    assertThat(key.nonce()).isEqualTo(secret(one, name + "_nonce"));
                                    return checked.incrementAndGet();
                                });
                    }
                }
            }
            Vectors.Case data = each.object("sender_data");
            byte[] sample =
                    java.util.Arrays.copyOf(
                            data.hex("ciphertext"),
                            Math.min(suite.secretLength(), data.hex("ciphertext").length));
            Secret senderData = secret(data, "sender_data_secret");
            assertThat(suite.expandWithLabel(senderData, "key", sample, suite.aead().keyLength()))
                    .isEqualTo(secret(data, "key"));
            assertThat(
                            suite.expandWithLabel(
                                    senderData, "nonce", sample, suite.aead().nonceLength()))
                    .isEqualTo(secret(data, "nonce"));
        }
        assertThat(checked.get()).isGreaterThan(100);
    }

    /** B8: trying one commit leaves everything that its rival needs. */
    @Test
    void b8RivalCommitsOfOneEpochCanBothBeTried() throws MlsException {
        CipherSuite suite = SUITES.require(1);
        EpochSecrets epoch = EpochSecrets.of(suite, Secret.zeros(32));
        byte[] context = new byte[3];
        Secret one = KeySchedule.joiner(suite, epoch.init(), Secret.zeros(32), context);
        EpochSecrets first = KeySchedule.epoch(suite, one, Secret.zeros(32), context);
        first.destroy();
        Secret two = KeySchedule.joiner(suite, epoch.init(), Secret.zeros(32), context);
        assertThat(two).isEqualTo(one);
        assertThat(KeySchedule.epoch(suite, two, Secret.zeros(32), context).membership())
                .isNotEqualTo(first.membership());
        assertThat(epoch).isEqualTo(EpochSecrets.of(suite, Secret.zeros(32)));
    }

    @Test
    void theExternalInitSecretIsTheSameForBoth() throws MlsException {
        CipherSuite suite = SUITES.require(1);
        EpochSecrets secrets =
                EpochSecrets.of(
                        suite, Secret.wrap("x".repeat(32).getBytes(StandardCharsets.US_ASCII)));
        dev.parley.mls.internal.suite.KeyPair external = secrets.externalKeyPair(suite);
        dev.parley.mls.internal.suite.Hpke.Export sent =
                KeySchedule.externalInit(suite, external.publicKey(), length -> new byte[length]);
        assertThat(KeySchedule.externalInit(suite, external, sent.kemOutput()))
                .isEqualTo(sent.secret());
    }
}
