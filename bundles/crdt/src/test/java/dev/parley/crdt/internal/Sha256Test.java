package dev.parley.crdt.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.crdt.api.Id;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

final class Sha256Test {
    @Property
    void bytesThatBeginAlikeHaveTheHashesThatTheDigestGivesThem(@ForAll long seed)
            throws Exception {
        Random random = new Random(seed);
        byte[][] heads = {new byte[64], new byte[64]};
        random.nextBytes(heads[1]);
        for (int i = 0; i < 20; i++) {
            byte[] bytes = new byte[random.nextInt(5) == 0 ? random.nextInt(3000) : 130];
            random.nextBytes(bytes);
            byte[] head = heads[random.nextInt(2)];
            System.arraycopy(head, 0, bytes, 0, Math.min(head.length, bytes.length));

            Id expected = Id.of(MessageDigest.getInstance("SHA-256").digest(bytes));
            assertThat(Sha256.of(bytes)).isEqualTo(expected);
            int cut = random.nextInt(bytes.length + 1);
            assertThat(
                            Sha256.of(
                                    Arrays.copyOf(bytes, cut),
                                    Arrays.copyOfRange(bytes, cut, bytes.length)))
                    .isEqualTo(expected);
        }
    }
}
