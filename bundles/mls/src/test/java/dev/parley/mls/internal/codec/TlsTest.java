package dev.parley.mls.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.mls.internal.framing.MlsMessage;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.MalformedException.Reason;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class TlsTest {
    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    private static void refused(String text, Reason reason) {
        assertThatThrownBy(() -> Decoder.decode(TlsReader::opaque, hex(text), "test"))
                .isInstanceOfSatisfying(
                        MalformedException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }

    @Test
    void theOfficialLengthsAreRead() throws MalformedException {
        for (Vectors.Case each : Vectors.read("deserialization")) {
            byte[] header = each.hex("vlbytes_header");
            TlsReader in = TlsReader.of(header, "header");
            assertThat(in.length()).isEqualTo((int) each.number("length"));
            in.end();
            assertThat(new TlsWriter().length((int) each.number("length")).toByteArray())
                    .isEqualTo(header);
        }
    }

    @Property
    void everyLengthComesBack(@ForAll @IntRange(max = (1 << 30) - 1) int length)
            throws MalformedException {
        TlsReader in = TlsReader.of(new TlsWriter().length(length).toByteArray(), "length");
        assertThat(in.length()).isEqualTo(length);
        in.end();
    }

    /** B11: RFC 9420 section 2.1.2 demands the shortest form. */
    @Test
    void b11ALengthThatIsNotShortestIsRefused() {
        refused("4001aa", Reason.NOT_CANONICAL);
        refused("80000001aa", Reason.NOT_CANONICAL);
        refused("80003fff", Reason.NOT_CANONICAL);
        refused("c000000000000001aa", Reason.BAD_VALUE);
    }

    @Test
    void b11ATrailingByteIsRefused() {
        refused("01aabb", Reason.TRAILING_BYTES);
    }

    /** B13: eight bytes that announce a gigabyte. */
    @Test
    void b13AHugeLengthIsRefusedBeforeAnythingIsAllocated() {
        byte[] message = hex("00010001bfffffff");
        com.sun.management.ThreadMXBean threads =
                (com.sun.management.ThreadMXBean)
                        java.lang.management.ManagementFactory.getThreadMXBean();
        long id = Thread.currentThread().getId();
        assertThatThrownBy(() -> MlsMessage.decode(message)).isInstanceOf(MalformedException.class);
        long before = threads.getThreadAllocatedBytes(id);
        for (int i = 0; i < 100; i++) {
            try {
                MlsMessage.decode(message);
                throw new AssertionError("accepted");
            } catch (MalformedException expected) {
                assertThat(expected.reason()).isEqualTo(Reason.TRUNCATED);
            }
        }
        assertThat(threads.getThreadAllocatedBytes(id) - before).isLessThan(8 << 20);
    }

    @Test
    void anElementDoesNotReachBeyondItsVector() {
        assertThatThrownBy(
                        () -> Decoder.decode(in -> in.list(TlsReader::u16), hex("03000102"), "t"))
                .isInstanceOf(MalformedException.class);
        assertThatThrownBy(
                        () ->
                                Decoder.decode(
                                        in -> {
                                            List<Bytes> inner = in.list(TlsReader::opaque);
                                            in.u8();
                                            return inner;
                                        },
                                        hex("0202aabb"),
                                        "t"))
                .isInstanceOf(MalformedException.class);
    }

    @Test
    void aVectorOfTooManyElementsIsRefused() {
        List<Integer> items = Collections.nCopies(TlsReader.MAX_ITEMS + 1, 1);
        byte[] bytes = new TlsWriter().list(items, TlsWriter::u8).toByteArray();
        Decoder<List<Integer>> decoder = in -> in.list(TlsReader::u8);
        assertThatThrownBy(() -> Decoder.decode(decoder, bytes, "list"))
                .isInstanceOfSatisfying(
                        MalformedException.class,
                        e -> assertThat(e.reason()).isEqualTo(Reason.TOO_LONG));
    }

    @Property
    void aVectorOfAnySizeComesBack(@ForAll @IntRange(max = 20_000) int count)
            throws MalformedException {
        List<Integer> items = Collections.nCopies(count, 0xabcd);
        byte[] bytes = new TlsWriter().list(items, TlsWriter::u16).toByteArray();
        Decoder<List<Integer>> decoder = in -> in.list(TlsReader::u16);
        List<Integer> back = Decoder.decode(decoder, bytes, "list");
        assertThat(back).isEqualTo(items);
    }

    @Test
    void aSecretDoesNotPrintItselfAndIsGoneAfterItsEnd() {
        Secret secret = Secret.copyOf(hex("0102030405"));
        byte[] inside = secret.reveal();
        assertThat(secret.toString()).doesNotContain("01").doesNotContain("5");
        assertThat(secret).isEqualTo(Secret.copyOf(hex("0102030405")));
        secret.destroy();
        assertThat(inside).containsOnly(0);
        assertThatThrownBy(secret::reveal).isInstanceOf(IllegalStateException.class);
    }
}
