package dev.parley.catalog.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.identity.api.AgentId;
import dev.parley.identity.api.NetworkId;
import dev.parley.identity.api.SecretKey;
import dev.parley.identity.api.SignedRecord;
import dev.parley.storage.api.Hash;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.Value;
import dev.parley.wire.vectors.Vectors;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class DescriptorTest {
    private static final Vectors VECTORS = Vectors.read("0008-plugin-descriptor.json");
    private static final Descriptor DESCRIPTOR =
            new Descriptor(
                    "org.example.hello",
                    "1.2.3",
                    AgentId.of(new byte[32]),
                    4242,
                    Hash.sha256(new byte[1]),
                    Hash.sha256(new byte[2]),
                    "org.example.Hello",
                    "hello",
                    "Hello",
                    "Greets.",
                    List.of(new Descriptor.Permission("storage:16", "why")),
                    List.of(Value.map().put("name", "greet").build()),
                    7,
                    Hash.sha256(new byte[3]),
                    Instant.ofEpochMilli(1_790_000_000_000L),
                    "1.0.0");

    @Test
    void aDescriptorComesBackTheSame() throws MalformedException {
        assertThat(Descriptor.decode(DESCRIPTOR.encode())).isEqualTo(DESCRIPTOR);
    }

    @Test
    void everyPrefixAndAnythingAppendedIsMalformed() {
        byte[] bytes = DESCRIPTOR.encode();
        for (int length = 0; length < bytes.length; length++) {
            byte[] prefix = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> Descriptor.decode(prefix))
                    .isInstanceOf(MalformedException.class);
        }
        assertThatThrownBy(() -> Descriptor.decode(Arrays.copyOf(bytes, bytes.length + 1)))
                .isInstanceOf(MalformedException.class);
    }

    @Test
    void changedBytesNeverSurprise() {
        Random random = new Random(5);
        byte[] bytes = DESCRIPTOR.encode();
        for (int i = 0; i < 20_000; i++) {
            byte[] changed = bytes.clone();
            changed[random.nextInt(changed.length)] ^= (byte) (1 + random.nextInt(255));
            try {
                assertThat(Descriptor.decode(changed)).isNotEqualTo(DESCRIPTOR);
            } catch (MalformedException e) {
                assertThat(e.reason()).isNotNull();
            }
        }
    }

    @Property
    void noiseNeverSurprises(@ForAll byte[] noise) {
        try {
            assertThat(Descriptor.decode(noise)).isNotNull();
        } catch (MalformedException e) {
            assertThat(e.reason()).isNotNull();
        }
    }

    private static Value.Map told(Descriptor descriptor) {
        List<Value> permissions =
                descriptor.permissions().stream()
                        .map(it -> (Value) Value.texts(List.of(it.permission(), it.reason())))
                        .toList();
        return Value.map()
                .put("bsn", descriptor.bsn())
                .put("version", descriptor.version())
                .put("publisher", descriptor.publisher().hex())
                .put("size", descriptor.size())
                .put("sha256", descriptor.sha256().hex())
                .put("merkleRoot", descriptor.merkleRoot().hex())
                .put("entryClass", descriptor.entryClass())
                .put("name", descriptor.name())
                .put("title", descriptor.title())
                .put("description", descriptor.description())
                .put("permissions", Value.list(permissions))
                .put("tools", Value.list(descriptor.tools()))
                .put("sequence", descriptor.sequence())
                .put("previous", descriptor.previous().hex())
                .put("created", descriptor.created().toEpochMilli())
                .put("api", descriptor.api())
                .build();
    }

    @Test
    void theSpecsVectorsMatch() throws MalformedException {
        for (Vectors.Good vector : VECTORS.good()) {
            Descriptor descriptor = Descriptor.decode(vector.bytes());
            assertThat(told(descriptor)).as(vector.name()).isEqualTo(vector.fields());
            assertThat(descriptor.encode()).as(vector.name()).isEqualTo(vector.bytes());
        }
        for (Vectors.Bad vector : VECTORS.bad()) {
            assertThatThrownBy(() -> Descriptor.decode(vector.bytes()))
                    .as(vector.name())
                    .isInstanceOfSatisfying(
                            MalformedException.class,
                            e -> assertThat(e.reason().name()).isEqualTo(vector.reason()))
                    .hasMessage(vector.text());
        }
    }

    @Test
    void theSpecsSignedDescriptorVerifies() throws MalformedException {
        byte[] bytes = VECTORS.givenBytes("signed");
        SecretKey agent = SecretKey.of(VECTORS.givenBytes("agentSeeds"));
        NetworkId network = new NetworkId(VECTORS.given("network"));
        SignedRecord signed = SignedRecord.decode(bytes);
        assertThat(signed.body()).isEqualTo(VECTORS.good().get(0).bytes());
        assertThat(signed.signer()).isEqualTo(agent.publicKey());
        assertThat(signed.signer().agentId())
                .isEqualTo(Descriptor.decode(signed.body()).publisher());
        assertThat(signed.verify(network, Descriptor.CONTEXT)).isTrue();
        assertThat(signed.verify(network, "parley.card.v1")).isFalse();
        assertThat(signed.signature().ed25519())
                .isEqualTo(agent.sign(network, Descriptor.CONTEXT, signed.body()).ed25519());
        assertThat(signed.encode()).isEqualTo(bytes);
        assertThat(Hash.sha256(bytes).hex()).isEqualTo(VECTORS.given("hash"));
        bytes[10] ^= 1;
        assertThat(SignedRecord.decode(bytes).verify(network, Descriptor.CONTEXT)).isFalse();
    }
}
