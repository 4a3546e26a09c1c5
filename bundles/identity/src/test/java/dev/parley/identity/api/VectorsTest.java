package dev.parley.identity.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** The vectors of {@code docs/protocols/0001-identity.md}. */
class VectorsTest {
    @Test
    void theSpecsVectorsMatch() {
        byte[] seeds = new byte[SecretKey.SEED_BYTES];
        for (int i = 0; i < seeds.length; i++) {
            seeds[i] = (byte) i;
        }
        SecretKey key = SecretKey.of(seeds);
        NetworkId network = new NetworkId("parley.test");
        byte[] body = "abc".getBytes(StandardCharsets.US_ASCII);
        HexFormat hex = HexFormat.of();
        assertThat(hex.formatHex(key.publicKey().ed25519()))
                .isEqualTo("29acbae141bccaf0b22e1a94d34d0bc7361e526d0bfe12c89794bc9322966dd7");
        assertThat(key.publicKey().agentId().hex())
                .isEqualTo("754de2a0e781e7374d8c04708daa1991b4865294904fc59823d232d0a4ed0839");
        assertThat(key.publicKey().agentId().words()).isEqualTo("lijat-vapob-vivad-visul");
        assertThat(key.publicKey().machineId().hex())
                .isEqualTo("70504346f5b75bfb0478ea205e3996887f15b3a3f9c79036068353ff7673c3b7");
        assertThat(hex.formatHex(Signatures.signedBytes(network, "test.v1", body)))
                .isEqualTo("07746573742e76310b7061726c65792e7465737403616263");
        assertThat(hex.formatHex(key.sign(network, "test.v1", body).ed25519()))
                .startsWith("e1b826599bb89a20fe208a539a0895d2900e01e7db5ea77bf9926ac1878dfc76");
    }
}
