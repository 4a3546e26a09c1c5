package dev.parley.direct.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.network.api.PeerStream;
import dev.parley.storage.api.Hash;
import dev.parley.storage.api.PartialBlob;
import dev.parley.wire.api.Frame;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.MalformedException.Reason;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class BlobFrameTest {
    @Provide
    Arbitrary<BlobFrame> frames() {
        Arbitrary<Hash> hashes =
                Arbitraries.bytes().array(byte[].class).ofSize(Hash.BYTES).map(Hash::of);
        Arbitrary<Integer> indexes =
                Arbitraries.integers().between(0, BlobFrame.MAX_CHUNK_INDEX - 1);
        return Arbitraries.oneOf(
                Combinators.combine(hashes, indexes).as(BlobFrame.Get::new),
                Combinators.combine(
                                indexes,
                                hashes.list().ofMaxSize(BlobFrame.MAX_PROOF),
                                Arbitraries.bytes().array(byte[].class).ofMaxSize(300))
                        .as(BlobFrame.Chunk::new),
                Arbitraries.just(new BlobFrame.NotHere()));
    }

    /** What a frame says, with its content as something that can be compared. */
    private static List<Object> told(BlobFrame frame) {
        return frame instanceof BlobFrame.Chunk it
                ? List.of(it.chunk(), it.proof(), HexFormat.of().formatHex(it.content()))
                : List.of(frame);
    }

    @Property
    void everyFrameComesBack(@ForAll("frames") BlobFrame frame) throws MalformedException {
        BlobFrame back = BlobFrame.decode(frame.encode());
        assertThat(told(back)).isEqualTo(told(frame));
        assertThat(back.encode().encode()).isEqualTo(frame.encode().encode());
    }

    @Property
    void everyProperPrefixIsMalformed(
            @ForAll("frames") BlobFrame frame, @ForAll @IntRange(max = 99) int percent) {
        Frame whole = frame.encode();
        if (whole.body().length > 0) {
            int length = whole.body().length * percent / 100;
            Frame prefix = new Frame(whole.type(), Arrays.copyOf(whole.body(), length));
            assertThatThrownBy(() -> BlobFrame.decode(prefix))
                    .isInstanceOf(MalformedException.class);
        }
    }

    @Property
    void anythingAppendedIsMalformed(@ForAll("frames") BlobFrame frame, @ForAll byte more) {
        Frame whole = frame.encode();
        byte[] longer = Arrays.copyOf(whole.body(), whole.body().length + 1);
        longer[longer.length - 1] = more;
        assertThat(refused(new Frame(whole.type(), longer))).isEqualTo(Reason.TRAILING_BYTES);
    }

    private static Reason refused(Frame frame) {
        try {
            BlobFrame.decode(frame);
        } catch (MalformedException e) {
            return e.reason();
        }
        throw new AssertionError("a frame of type " + frame.type() + " was accepted");
    }

    @Property(tries = 5000)
    void noiseNeverSurprises(@ForAll @IntRange(max = 5) int type, @ForAll byte[] noise) {
        read(new Frame(type, noise));
    }

    @Property(tries = 5000)
    void changedBytesNeverSurprise(
            @ForAll("frames") BlobFrame frame,
            @ForAll @IntRange(max = 1000) int at,
            @ForAll @IntRange(min = 1, max = 255) int change) {
        Frame whole = frame.encode();
        byte[] body = whole.body().clone();
        if (body.length > 0) {
            body[at % body.length] ^= (byte) change;
        }
        read(new Frame(whole.type(), body));
    }

    /** Either malformed, or the one encoding of what it says. */
    private static void read(Frame frame) {
        try {
            assertThat(BlobFrame.decode(frame).encode().encode()).isEqualTo(frame.encode());
        } catch (MalformedException e) {
            assertThat(e.reason()).isNotNull();
        }
    }

    @Test
    void theLargestChunkFitsIntoAFrame() throws MalformedException {
        Frame frame =
                new BlobFrame.Chunk(
                                BlobFrame.MAX_CHUNK_INDEX - 1,
                                Collections.nCopies(BlobFrame.MAX_PROOF, Hash.of(new byte[32])),
                                new byte[PartialBlob.CHUNK_BYTES])
                        .encode();
        assertThat(frame.body().length + 1).isLessThan(PeerStream.MAX_FRAME_BYTES);
        assertThat(BlobFrame.decode(frame)).isInstanceOf(BlobFrame.Chunk.class);
    }

    private static Frame frame(int type, String hex) {
        return new Frame(type, HexFormat.of().parseHex(hex));
    }

    @Test
    void theSpecsVectorsMatch() throws MalformedException {
        Hash blob = Hash.of("01".repeat(32));
        assertThat(HexFormat.of().formatHex(new BlobFrame.Get(blob, 300).encode().encode()))
                .isEqualTo("2301" + "01".repeat(32) + "412c");
        assertThat(
                        HexFormat.of()
                                .formatHex(
                                        new BlobFrame.Chunk(2, List.of(blob), new byte[] {7, 8, 9})
                                                .encode()
                                                .encode()))
                .isEqualTo("2702" + "02" + "01" + "01".repeat(32) + "03070809");
        assertThat(HexFormat.of().formatHex(new BlobFrame.NotHere().encode().encode()))
                .isEqualTo("0103");
        assertThat(BlobFrame.decode(frame(1, "01".repeat(32) + "412c")))
                .isEqualTo(new BlobFrame.Get(blob, 300));
        assertThat(refused(frame(1, "01".repeat(31)))).isEqualTo(Reason.TRUNCATED);
        assertThat(refused(frame(1, "01".repeat(32) + "80008000"))).isEqualTo(Reason.BAD_VALUE);
        assertThat(refused(frame(1, "01".repeat(32) + "4001"))).isEqualTo(Reason.NOT_CANONICAL);
        assertThat(refused(frame(2, "0011"))).isEqualTo(Reason.TOO_LONG);
        assertThat(refused(frame(2, "000080010001"))).isEqualTo(Reason.TOO_LONG);
        assertThat(refused(frame(3, "00"))).isEqualTo(Reason.TRAILING_BYTES);
        assertThat(refused(frame(4, ""))).isEqualTo(Reason.UNSUPPORTED);
    }
}
