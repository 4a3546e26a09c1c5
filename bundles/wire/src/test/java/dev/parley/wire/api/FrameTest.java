package dev.parley.wire.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class FrameTest {
    @Property
    void framesComeBackHoweverTheBytesArrive(
            @ForAll @Size(max = 8) List<@IntRange(max = 70_000) Integer> sizes, @ForAll long seed)
            throws MalformedException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < sizes.size(); i++) {
            all.writeBytes(new Frame(i, new byte[sizes.get(i)]).encode());
        }
        byte[] bytes = all.toByteArray();
        FrameReader reader = new FrameReader(1 << 20);
        List<Frame> frames = new ArrayList<>();
        Random random = new Random(seed);
        for (int at = 0; at < bytes.length; ) {
            int count = Math.min(bytes.length - at, 1 + random.nextInt(30_000));
            frames.addAll(reader.feed(Arrays.copyOfRange(bytes, at, at + count)));
            at += count;
        }
        assertThat(frames).hasSize(sizes.size());
        for (int i = 0; i < sizes.size(); i++) {
            assertThat(frames.get(i).type()).isEqualTo(i);
            assertThat(frames.get(i).body()).hasSize(sizes.get(i));
        }
        assertThat(reader.pending()).isZero();
    }

    @Property
    void aVarintComesBackAndHasOneForm(@ForAll @LongRange(max = Varint.MAX) long value)
            throws MalformedException {
        byte[] bytes = new ByteWriter().varint(value).toByteArray();
        ByteReader in = new ByteReader(bytes, "test");
        assertThat(in.varint()).isEqualTo(value);
        in.end();
        assertThat(bytes).hasSize(Varint.length(value));
    }

    @Test
    void aVarintThatIsLongerThanItNeedsToBeIsRefused() {
        assertThatThrownBy(() -> new ByteReader(HexFormat.of().parseHex("4001"), "test").varint())
                .isInstanceOf(MalformedException.class);
    }

    @Test
    void aLargeFrameInPiecesOfOneByteCostsLittle() {
        byte[] bytes = new Frame(7, new byte[1 << 20]).encode();
        FrameReader reader = new FrameReader(2 << 20);
        List<Frame> frames = new ArrayList<>();
        assertTimeoutPreemptively(
                Duration.ofSeconds(10),
                () -> {
                    for (byte piece : bytes) {
                        frames.addAll(reader.feed(new byte[] {piece}));
                    }
                });
        assertThat(frames).hasSize(1);
        assertThat(reader.pending()).isZero();
    }

    @Test
    void aFrameLongerThanTheLimitIsRefusedByItsLengthAlone() {
        FrameReader reader = new FrameReader(100);
        byte[] header = new ByteWriter().varint(101).toByteArray();
        assertThatThrownBy(() -> reader.feed(header)).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> new FrameReader(100).feed(new byte[] {0}))
                .isInstanceOf(MalformedException.class);
    }

    @Test
    void whatIsNoFrameOnAPipeIsFoundOutByItsFirstBytes() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PipeFrames.write(out, Value.map().put("kind", "ping").build());
        assertThat(PipeFrames.read(new ByteArrayInputStream(out.toByteArray())).get("kind"))
                .contains(Value.of("ping"));
        assertThatThrownBy(
                        () ->
                                PipeFrames.read(
                                        new ByteArrayInputStream("Terminating due to".getBytes())))
                .isInstanceOf(MalformedException.class);
        byte[] huge = HexFormat.of().parseHex("504c59317fffffff");
        assertThatThrownBy(() -> PipeFrames.read(new ByteArrayInputStream(huge)))
                .isInstanceOf(MalformedException.class);
    }

    @Test
    void jsonIsReadStrictlyAndWrittenBack() throws MalformedException {
        String text = "{\"a\":[1,2.5,\"x\",true,null],\"b\":{}}";
        assertThat(Json.write(Json.parse(text, 1000))).isEqualTo(text);
        for (String bad :
                List.of(
                        "",
                        "{",
                        "[1,]",
                        "{\"a\":1,\"a\":2}",
                        "1 2",
                        "99999999999999999999",
                        "[".repeat(99))) {
            assertThatThrownBy(() -> Json.parse(bad, 1000))
                    .as(bad)
                    .isInstanceOf(MalformedException.class);
        }
        assertThatThrownBy(() -> Json.parse(text, 10)).isInstanceOf(MalformedException.class);
    }
}
