package dev.parley.crdt.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.Replicas;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.api.SignedChange;
import dev.parley.crdt.api.StoreInfo;
import dev.parley.crdt.api.Summary;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ChangeCodecTest {
    private static final Id STORE = Replicas.open(0).info.id();
    private static final Id AUTHOR = Replicas.author(1);

    /** Changes with every operation, and references to other random ones. */
    private static Change change(long seed) {
        Random random = new Random(seed);
        List<SignedChange> known = new ArrayList<>();
        Noise noise = new Noise(random, known);
        for (int i = random.nextInt(6); i > 0; i--) {
            known.add(Forge.sign(noise.change(STORE, Replicas.author(random.nextInt(3)))));
        }
        return noise.change(STORE, AUTHOR);
    }

    private interface Decoder {
        byte[] again(byte[] bytes) throws MalformedException;
    }

    private static byte[] again(byte[] body) throws MalformedException {
        return ChangeCodec.encode(ChangeCodec.decode(body));
    }

    /** It is refused, or it is the one encoding of what it says. */
    private static boolean isStrict(Decoder decoder, byte[] bytes) {
        try {
            assertThat(decoder.again(bytes)).isEqualTo(bytes);
            return true;
        } catch (MalformedException e) {
            assertThat(e).hasNoCause();
            assertThat(e.getMessage()).isNotBlank();
            return false;
        }
    }

    @Property(tries = 3000)
    void everyChangeComesBack(@ForAll long seed) throws Exception {
        Change change = change(seed);
        byte[] body = ChangeCodec.encode(change);
        assertThat(ChangeCodec.decode(body)).isEqualTo(change);
        assertThat(again(body)).isEqualTo(body);
    }

    @Property(tries = 1000)
    void whereTheChangeBeforeIsNamedIsFoundWithoutReading(@ForAll long seed) {
        Change change = change(seed);
        byte[] body = ChangeCodec.encode(change);
        int at = ChangeCodec.prevAt(body);
        Id prev = change.prev();
        if (prev == null) {
            assertThat(at).isNegative();
        } else {
            assertThat(Id.of(body, at, Id.BYTES)).isEqualTo(prev);
        }
    }

    @Property(tries = 300)
    void everyProperPrefixIsMalformed(@ForAll long seed) {
        byte[] body = ChangeCodec.encode(change(seed));
        for (int length = 0; length < body.length; length++) {
            byte[] prefix = Arrays.copyOf(body, length);
            assertThatThrownBy(() -> ChangeCodec.decode(prefix))
                    .isInstanceOf(MalformedException.class);
        }
    }

    @Property(tries = 500)
    void anythingAppendedIsMalformed(@ForAll long seed, @ForAll byte more) {
        byte[] body = ChangeCodec.encode(change(seed));
        byte[] longer = Arrays.copyOf(body, body.length + 1);
        longer[body.length] = more;
        assertThatThrownBy(() -> ChangeCodec.decode(longer)).isInstanceOf(MalformedException.class);
    }

    @Property(tries = 3000)
    void whatIsChangedOnTheWayIsMalformedOrTheOneEncodingOfSomethingElse(@ForAll long seed) {
        Random random = new Random(seed);
        byte[] body = ChangeCodec.encode(change(seed));
        for (int i = 0; i < 20; i++) {
            isStrict(ChangeCodecTest::again, mutated(random, body));
        }
    }

    /** Bits, bytes in and out, pieces twice or elsewhere, and numbers written longer. */
    private static byte[] mutated(Random random, byte[] bytes) {
        byte[] out = bytes.clone();
        int header = 110 + random.nextInt(60);
        for (int i = random.nextInt(3); i >= 0; i--) {
            int at =
                    random.nextInt(3) == 0
                            ? random.nextInt(out.length)
                            : out.length
                                    - 1
                                    - random.nextInt(
                                            Math.max(
                                                    1,
                                                    Math.min(
                                                            out.length, out.length - header + 50)));
            at = Math.max(0, Math.min(at, out.length - 1));
            switch (random.nextInt(6)) {
                case 0 -> out[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> out[at] = (byte) random.nextInt(40);
                case 2 -> out = splice(out, at, at, new byte[] {(byte) random.nextInt(256)});
                case 3 ->
                        out =
                                splice(
                                        out,
                                        at,
                                        Math.min(out.length, at + 1 + random.nextInt(3)),
                                        new byte[0]);
                case 4 -> {
                    int to = Math.min(out.length, at + 1 + random.nextInt(40));
                    out = splice(out, at, at, Arrays.copyOfRange(out, at, to));
                }
                default -> out = splice(out, at, at + 1, new byte[] {(byte) (out[at] | 0x80), 0});
            }
            if (out.length == 0) {
                return out;
            }
        }
        return out;
    }

    private static byte[] splice(byte[] bytes, int from, int to, byte[] in) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(bytes, 0, from);
        out.writeBytes(in);
        out.write(bytes, to, bytes.length - to);
        return out.toByteArray();
    }

    @Property(tries = 2000)
    void noiseNeverSurprises(@ForAll long seed, @ForAll @IntRange(max = 300) int length) {
        byte[] noise = new byte[length];
        new Random(seed).nextBytes(noise);
        isStrict(ChangeCodecTest::again, noise);
        isStrict(bytes -> SignedChange.decode(bytes).encode(), noise);
        isStrict(bytes -> Summary.decode(bytes).encode(), noise);
        isStrict(bytes -> StoreInfo.decode(bytes).encode(), noise);
    }

    @Property(tries = 500)
    void theOtherFormatsAreStrictToo(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        Noise noise = new Noise(random, List.of());
        List<Summary.Tip> tips = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            tips.add(new Summary.Tip(noise.id(), "draft", 1 + random.nextInt(500), noise.id()));
        }
        byte[] nonce = new byte[StoreInfo.NONCE_BYTES];
        random.nextBytes(nonce);
        StoreInfo info =
                new StoreInfo(
                        "netz",
                        noise.id(),
                        StoreInfo.Mode.values()[random.nextInt(3)],
                        random.nextBoolean(),
                        "größe",
                        nonce);
        assertThat(Summary.decode(new Summary(tips).encode())).isEqualTo(new Summary(tips));
        assertThat(StoreInfo.decode(info.encode())).isEqualTo(info);
        SignedChange signed = Forge.sign(change(seed));
        assertThat(SignedChange.decode(signed.encode())).isEqualTo(signed);
        List<Decoder> decoders =
                List.of(
                        bytes -> Summary.decode(bytes).encode(),
                        bytes -> StoreInfo.decode(bytes).encode(),
                        bytes -> SignedChange.decode(bytes).encode());
        List<byte[]> good = List.of(new Summary(tips).encode(), info.encode(), signed.encode());
        for (int i = 0; i < decoders.size(); i++) {
            Decoder decoder = decoders.get(i);
            byte[] bytes = good.get(i);
            assertThat(isStrict(decoder, bytes)).isTrue();
            for (int length = 0; length < bytes.length; length++) {
                byte[] prefix = Arrays.copyOf(bytes, length);
                assertThatThrownBy(() -> decoder.again(prefix))
                        .isInstanceOf(MalformedException.class);
            }
            assertThatThrownBy(() -> decoder.again(Arrays.copyOf(bytes, bytes.length + 1)))
                    .isInstanceOf(MalformedException.class);
            for (int j = 0; j < 10; j++) {
                isStrict(decoder, mutated(random, bytes));
            }
        }
    }

    /** Each place of a change gets the largest numbers, as if it were a length. */
    @Property(tries = 100)
    void aHugeLengthIsRefusedBeforeAnythingIsAllocated(@ForAll long seed) {
        byte[] body = ChangeCodec.encode(change(seed));
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        byte[][] numbers = {
            {-1, -1, -1, -1, 7},
            {-128, -128, 64},
            {-128, -128, 4},
            {-1, -1, -1, -1, -1, -1, -1, -1, -1, 1},
            {-128, 32}
        };
        for (int at = 0; at < body.length; at++) {
            byte[] huge = splice(body, at, at + 1, numbers[at % numbers.length]);
            long before = threads.getCurrentThreadAllocatedBytes();
            isMalformed(huge);
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            assertThat(allocated).isLessThan(60_000 + 400L * huge.length);
        }
    }

    private static void isMalformed(byte[] bytes) {
        try {
            ChangeCodec.decode(bytes);
        } catch (MalformedException expected) {
            return;
        }
    }

    @Test
    void noChangeHasANegativeLength() {
        Path text = Path.ROOT.at("text", ObjectType.TEXT);
        Ref far = new Ref(new AgentName(Replicas.author(2), ""), null, Integer.MAX_VALUE);
        for (int run : new int[] {Integer.MIN_VALUE, Integer.MIN_VALUE + 1}) {
            byte[] body =
                    ChangeCodec.encode(
                            new Change(
                                    STORE,
                                    AUTHOR,
                                    1,
                                    null,
                                    0,
                                    List.of(),
                                    1,
                                    "",
                                    "",
                                    List.of(
                                            new Operation.Delete(text, far, run),
                                            new Operation.Note(Path.ROOT))));
            assertThatThrownBy(() -> ChangeCodec.decode(body))
                    .isInstanceOf(MalformedException.class);
        }
    }

    @Test
    void aChangeIsAtMostAMebibyte() {
        Path path = Path.ROOT.at("x", ObjectType.SET_ADD_WINS);
        List<Operation> operations = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            operations.add(new Operation.Add(path, new Scalar.Bytes(new byte[250_000])));
        }
        Change large = new Change(STORE, AUTHOR, 1, null, 0, List.of(), 1, "", "", operations);
        assertThatThrownBy(() -> ChangeCodec.encode(large))
                .isInstanceOf(IllegalArgumentException.class);
        try {
            ChangeCodec.decode(new byte[SignedChange.MAX_BODY_BYTES + 1]);
            fail("it was taken");
        } catch (MalformedException e) {
            assertThat(e).hasMessageContaining("1048577");
        }
    }
}
