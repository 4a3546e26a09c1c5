package dev.parley.mls.internal.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.Randomness;
import dev.parley.mls.internal.codec.Bytes;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is no signature does not verify, whatever it is. */
class EcDsaTest {
    private static final byte[] CONTENT = {1, 2, 3};

    private final Random random = new Random(5);
    private final Randomness source =
            length -> {
                byte[] bytes = new byte[length];
                random.nextBytes(bytes);
                return bytes;
            };

    @Test
    void anyNoiseIsNoSignature() throws MlsException {
        for (Sig sig : new Sig[] {EcDsa.P256, EcDsa.P384, EcDsa.P521}) {
            KeyPair key = sig.generateKeyPair(source);
            byte[] good = sig.sign(key.privateKey(), CONTENT, source);
            assertThat(sig.verify(key.publicKey(), CONTENT, Bytes.wrap(good))).isTrue();
            for (int i = 0; i < 20_000; i++) {
                byte[] noise = good.clone();
                for (int j = random.nextInt(3); j >= 0; j--) {
                    noise[random.nextInt(random.nextBoolean() ? 6 : noise.length)] =
                            (byte) random.nextInt();
                }
                assertThat(
                                Arrays.equals(noise, good)
                                        || !sig.verify(key.publicKey(), CONTENT, Bytes.wrap(noise)))
                        .isTrue();
            }
        }
    }

    @Test
    void otherStructuresAreNoSignature() {
        KeyPair key = EcDsa.P256.generateKeyPair(source);
        for (String hex :
                new String[] {
                    "",
                    "30",
                    "3000",
                    "0500",
                    "3080",
                    "3004a0000201",
                    "3005a003020101",
                    "300602010102010100",
                    "3006a10302010102",
                    "30060101ff0101ff",
                    "a006020101020101",
                    "3006810101820101"
                }) {
            assertThat(
                            EcDsa.P256.verify(
                                    key.publicKey(),
                                    CONTENT,
                                    Bytes.wrap(HexFormat.of().parseHex(hex))))
                    .as(hex)
                    .isFalse();
        }
    }

    @Test
    void aDeepOneIsRefusedWithoutReadingIt() {
        KeyPair key = EcDsa.P256.generateKeyPair(source);
        byte[] deep = new byte[1 << 20];
        for (int i = 0; i < deep.length; i += 2) {
            deep[i] = 0x30;
            deep[i + 1] = (byte) 0x80;
        }
        assertThat(EcDsa.P256.verify(key.publicKey(), CONTENT, Bytes.wrap(deep))).isFalse();
    }
}
