package dev.parley.catalog.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.identity.api.AgentId;
import dev.parley.storage.api.Hash;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.Value;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DescriptorTest {
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
}
