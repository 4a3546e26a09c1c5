package dev.parley.mls.internal.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.Randomness;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Secret;
import dev.parley.mls.internal.node.HpkeCiphertext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The vectors of docs/protocols/0006-mls.md for the suites with private code points. */
class OwnVectorsTest {
    private static final byte[] ABC = "abc".getBytes(StandardCharsets.US_ASCII);

    /** Counts: 00, 01, 02 and so on. */
    private static final class Counting implements Randomness {
        private int next;

        @Override
        public byte[] bytes(int length) {
            byte[] out = new byte[length];
            for (int i = 0; i < length; i++) {
                out[i] = (byte) next++;
            }
            return out;
        }
    }

    private static String hex(byte[] bytes) {
        HexFormat hex = HexFormat.of();
        return bytes.length <= 64 ? hex.formatHex(bytes) : hex.formatHex(Hash.SHA256.hash(bytes));
    }

    private static List<String> values(int id) throws MlsException {
        CipherSuite suite = CipherSuites.standard().require(id);
        Secret ikm = Secret.wrap(new Counting().bytes(suite.secretLength()));
        KeyPair kem = suite.kem().deriveKeyPair(ikm);
        HpkeCiphertext sealed =
                suite.encryptWithLabel(
                        kem.publicKey(), "test", ABC, Secret.copyOf(ABC), new Counting());
        assertThat(suite.decryptWithLabel(kem, "test", ABC, sealed).reveal()).isEqualTo(ABC);
        KeyPair sig = suite.sig().generateKeyPair(new Counting());
        byte[] signature = suite.signWithLabel(suite.signer(sig, new Counting()), "test", ABC);
        assertThat(suite.verifyWithLabel(sig.publicKey(), "test", ABC, Bytes.wrap(signature)))
                .isTrue();
        return List.of(
                hex(kem.privateKey().reveal()),
                hex(kem.publicKey().array()),
                hex(sealed.kemOutput().array()),
                hex(sealed.ciphertext().array()),
                hex(sig.publicKey().array()),
                hex(signature),
                hex(suite.expandWithLabel(ikm, "test", ABC, 32).reveal()),
                hex(suite.refHash("test", ABC).array()));
    }

    @Test
    void theVectorsOfThePageHold() throws MlsException, IOException {
        String page = Files.readString(Path.of("../../docs/protocols/0006-mls.md"));
        List<String> first = values(CipherSuites.XWING_ED25519);
        List<String> second = values(CipherSuites.XWING_MLDSA65);
        for (int i = 0; i < first.size(); i++) {
            assertThat(page).contains("| `" + first.get(i) + "` | `" + second.get(i) + "` |");
        }
    }
}
