package dev.parley.host.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.catalog.api.Descriptor;
import dev.parley.catalog.api.Entry;
import dev.parley.catalog.api.ReasonCode;
import dev.parley.catalog.api.RefusedException;
import dev.parley.host.api.Plugins.Consent;
import dev.parley.host.api.ToolException;
import dev.parley.identity.api.NetworkId;
import dev.parley.identity.api.SecretKey;
import dev.parley.identity.api.Signature;
import dev.parley.identity.api.SignedRecord;
import dev.parley.storage.api.Hash;
import dev.parley.storage.internal.StorageComponent;
import dev.parley.trust.api.TrustLevel;
import dev.parley.trust.internal.TrustComponent;
import dev.parley.wire.api.Json;
import dev.parley.wire.api.Value;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdmissionTest {
    private static final NetworkId NETWORK = new NetworkId("parley.test");
    private static final SecretKey PUBLISHER = SecretKey.generate(new SecureRandom());
    private static final Hash ZERO = Hash.of(new byte[32]);

    @TempDir private Path dir;

    private TrustComponent trust;
    private Ledger ledger;
    private Admission admission;

    @BeforeEach
    void open() throws Exception {
        trust = new TrustComponent(dir.resolve("trust"));
        ledger = new Ledger(new StorageComponent(dir.resolve("storage")).keyValue("plugins"));
        admission = new Admission(NETWORK, trust, ledger);
    }

    private static Descriptor descriptor(long sequence, Hash previous, String description) {
        return descriptor(sequence, previous, description, "storage:16");
    }

    private static Descriptor descriptor(
            long sequence, Hash previous, String description, String permission) {
        return new Descriptor(
                "org.example.x",
                "1.0.0",
                PUBLISHER.publicKey().agentId(),
                1000,
                Hash.sha256(new byte[1]),
                Hash.sha256(new byte[2]),
                "org.example.X",
                "x",
                "X",
                description,
                List.of(new Descriptor.Permission(permission, "to remember")),
                List.of(),
                sequence,
                previous,
                Instant.now(),
                "1.0.0");
    }

    private static SignedRecord sign(Descriptor descriptor) {
        byte[] body = descriptor.encode();
        return new SignedRecord(
                body, PUBLISHER.publicKey(), PUBLISHER.sign(NETWORK, Descriptor.CONTEXT, body));
    }

    private static Entry entry(SignedRecord signed) {
        return new Entry(
                Hash.sha256(signed.encode()),
                "org.example.x",
                "1.0.0",
                "x",
                "X",
                PUBLISHER.publicKey().agentId(),
                1000,
                1,
                "plugins/test",
                Map.of());
    }

    private ReasonCode refusal(SignedRecord signed) {
        try {
            admission.descriptor(entry(signed), signed, Instant.now());
        } catch (RefusedException e) {
            return e.code();
        }
        throw new AssertionError("it was admitted");
    }

    @Test
    void bothSignaturesMustHold() throws Exception {
        SignedRecord good = sign(descriptor(1, ZERO, "d"));
        assertThat(admission.descriptor(entry(good), good, Instant.now()).name()).isEqualTo("x");
        for (int from : new int[] {0, Signature.ED25519_BYTES}) {
            byte[] signature = good.signature().encode();
            Arrays.fill(signature, from, from + 60, (byte) 0);
            assertThat(
                            refusal(
                                    new SignedRecord(
                                            good.body(),
                                            good.signer(),
                                            Signature.decode(signature))))
                    .isEqualTo(ReasonCode.BAD_SIGNATURE);
        }
        SecretKey other = SecretKey.generate(new SecureRandom());
        assertThat(
                        refusal(
                                new SignedRecord(
                                        good.body(),
                                        other.publicKey(),
                                        other.sign(NETWORK, Descriptor.CONTEXT, good.body()))))
                .isEqualTo(ReasonCode.BAD_SIGNATURE);
    }

    @Test
    void aDescriptorThatIsNotCanonicalIsRefused() throws Exception {
        byte[] body = descriptor(1, ZERO, "d").encode();
        byte[] longer = Arrays.copyOf(body, body.length + 1);
        assertThat(
                        refusal(
                                new SignedRecord(
                                        longer,
                                        PUBLISHER.publicKey(),
                                        PUBLISHER.sign(NETWORK, Descriptor.CONTEXT, longer))))
                .isEqualTo(ReasonCode.MALFORMED);
    }

    @Test
    void aPermissionThatCannotBeGrantedIsRefused() throws Exception {
        for (String good :
                List.of(
                        "storage:1",
                        "storage:65536",
                        "gossip.publish:a/b",
                        "gossip.subscribe:a/*",
                        "tool.call:hello")) {
            SignedRecord signed = sign(descriptor(1, ZERO, "d", good));
            assertThat(admission.descriptor(entry(signed), signed, Instant.now()).permissions())
                    .extracting(Descriptor.Permission::permission)
                    .containsExactly(good);
        }
        for (String bad :
                List.of(
                        "storage",
                        "storage:abc",
                        "storage:0",
                        "storage:65537",
                        "gossip.publish:A b",
                        "gossip.subscribe:",
                        "tool.call:../hello",
                        "tool.call:parley.stores",
                        "network:any")) {
            assertThat(refusal(sign(descriptor(1, ZERO, "d", bad))))
                    .as(bad)
                    .isEqualTo(ReasonCode.API_UNSUPPORTED);
        }
    }

    @Test
    void goingBackIsRefusedAlsoAfterUninstallAndRestart() throws Exception {
        SignedRecord second = sign(descriptor(2, ZERO, "second"));
        ledger.commit(
                new Ledger.Installed(
                        second, Descriptor.decode(second.body()), Set.of(), "plugins/test", true));
        ledger.remove("x");
        ledger = new Ledger(new StorageComponent(dir.resolve("storage")).keyValue("plugins"));
        admission = new Admission(NETWORK, trust, ledger);
        assertThat(ledger.installed()).isEmpty();
        assertThat(refusal(sign(descriptor(1, ZERO, "first")))).isEqualTo(ReasonCode.ROLLBACK);
        assertThat(refusal(sign(descriptor(2, ZERO, "another second"))))
                .isEqualTo(ReasonCode.EQUIVOCATION);
        assertThat(refusal(sign(descriptor(3, ZERO, "unlinked third"))))
                .isEqualTo(ReasonCode.EQUIVOCATION);
        SignedRecord third = sign(descriptor(3, Hash.sha256(second.encode()), "third"));
        assertThat(admission.descriptor(entry(third), third, Instant.now()).sequence())
                .isEqualTo(3);
    }

    @Test
    void aMarkStaysWhenAnOlderVersionIsWrittenAgain() throws Exception {
        SignedRecord first = sign(descriptor(1, ZERO, "first"));
        SignedRecord second = sign(descriptor(2, Hash.sha256(first.encode()), "second"));
        for (SignedRecord signed : List.of(first, second, first)) {
            ledger.commit(
                    new Ledger.Installed(
                            signed,
                            Descriptor.decode(signed.body()),
                            Set.of(),
                            "plugins/test",
                            false));
        }
        assertThat(ledger.installed()).extracting(it -> it.descriptor().sequence()).contains(1L);
        assertThat(refusal(first)).isEqualTo(ReasonCode.ROLLBACK);
    }

    @Test
    void anApiThatIsNewerThanOursIsRefusedBeforeAnythingIsFetched() throws Exception {
        Descriptor d = descriptor(1, ZERO, "d");
        for (String api : List.of("1.3.0", "2.0.0", "0.9.0", "1.0", "")) {
            Descriptor other =
                    new Descriptor(
                            d.bsn(),
                            d.version(),
                            d.publisher(),
                            d.size(),
                            d.sha256(),
                            d.merkleRoot(),
                            d.entryClass(),
                            d.name(),
                            d.title(),
                            d.description(),
                            d.permissions(),
                            d.tools(),
                            d.sequence(),
                            d.previous(),
                            d.created(),
                            api);
            assertThat(refusal(sign(other))).as(api).isEqualTo(ReasonCode.API_UNSUPPORTED);
        }
    }

    @Test
    void numbersAndChoicesOfEveryTypeAreHeldToTheirSchema() throws Exception {
        Value.Map schema =
                (Value.Map)
                        Json.parse(
                                "{\"type\":\"object\",\"properties\":{"
                                        + "\"x\":{\"type\":\"number\",\"minimum\":0,\"maximum\":1.5},"
                                        + "\"c\":{\"type\":\"integer\",\"enum\":[1,2]}}}",
                                1000);
        SchemaCheck.check(Json.parse("{\"x\":1.5,\"c\":2}", 100), schema);
        SchemaCheck.check(Json.parse("{\"x\":0}", 100), schema);
        for (String bad : List.of("{\"x\":1.6}", "{\"x\":-0.5}", "{\"x\":2}", "{\"c\":3}")) {
            assertThat(refusal(Json.parse(bad, 100), schema))
                    .as(bad)
                    .isEqualTo("ARGUMENTS_INVALID");
        }
        // JSON cannot say this, CBOR can.
        Value infinite = Value.map().put("x", Value.of(Double.POSITIVE_INFINITY)).build();
        assertThat(refusal(infinite, schema)).isEqualTo("ARGUMENTS_INVALID");
    }

    private static String refusal(Value arguments, Value.Map schema) {
        try {
            SchemaCheck.check(arguments, schema);
            return "";
        } catch (ToolException e) {
            return e.code();
        }
    }

    @Test
    void whoPublishesItAndWhatIsGrantedDecide() throws Exception {
        Descriptor descriptor = descriptor(1, ZERO, "d");
        Consent all = new Consent(true, Set.of());
        assertThat(consentRefusal(descriptor, all)).isEqualTo(ReasonCode.PUBLISHER_UNKNOWN);
        trust.set(descriptor.publisher(), TrustLevel.KNOWN, Optional.empty());
        assertThat(admission.consent(descriptor, all)).containsExactly("storage:16");
        assertThat(admission.consent(descriptor, new Consent(false, Set.of("none")))).isEmpty();
        assertThat(consentRefusal(descriptor, new Consent(false, Set.of("storage:1"))))
                .as("it does not ask for this, so it is a slip")
                .isEqualTo(ReasonCode.CONSENT_REQUIRED);
        assertThat(consentRefusal(descriptor, new Consent(false, Set.of())))
                .isEqualTo(ReasonCode.CONSENT_REQUIRED);
        trust.set(descriptor.publisher(), TrustLevel.BLOCKED, Optional.empty());
        assertThat(consentRefusal(descriptor, all)).isEqualTo(ReasonCode.PUBLISHER_BLOCKED);
    }

    private ReasonCode consentRefusal(Descriptor descriptor, Consent consent) {
        try {
            admission.consent(descriptor, consent);
        } catch (RefusedException e) {
            return e.code();
        }
        throw new AssertionError("it was allowed");
    }

    @Test
    void argumentsThatDoNotMatchAreNamed() throws Exception {
        Value.Map schema =
                (Value.Map)
                        Json.parse(
                                "{\"type\":\"object\",\"properties\":{\"n\":{\"type\":\"integer\",\"maximum\":9},"
                                        + "\"l\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}},"
                                        + "\"required\":[\"n\"],\"additionalProperties\":false}",
                                1000);
        SchemaCheck.check(Json.parse("{\"n\":3,\"l\":[\"a\"]}", 100), schema);
        for (String bad :
                List.of(
                        "{}",
                        "{\"n\":\"3\"}",
                        "{\"n\":10}",
                        "{\"n\":1,\"x\":1}",
                        "{\"n\":1,\"l\":[1]}",
                        "[]")) {
            try {
                SchemaCheck.check(Json.parse(bad, 100), schema);
            } catch (ToolException e) {
                assertThat(e.code()).isEqualTo("ARGUMENTS_INVALID");
                assertThat(e).hasMessageContaining("input");
                continue;
            }
            throw new AssertionError(bad + " was accepted");
        }
    }
}
