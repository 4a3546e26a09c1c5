package dev.parley.network.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.identity.api.NetworkId;
import dev.parley.identity.api.PublicKey;
import dev.parley.identity.api.SecretKey;
import dev.parley.identity.api.Signature;
import dev.parley.network.api.NetworkException.Code;
import dev.parley.network.api.PeerStream;
import dev.parley.wire.api.Cbor;
import dev.parley.wire.api.Frame;
import dev.parley.wire.api.FrameReader;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.MalformedException.Reason;
import dev.parley.wire.api.Value;
import dev.parley.wire.vectors.Vectors;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class HelloTest {
    private static final Vectors VECTORS = Vectors.read("0002-network.json");

    @Provide
    Arbitrary<Hello> hellos() {
        return Combinators.combine(
                        Arbitraries.integers().between(1, 1000),
                        texts(64),
                        texts(80),
                        Arbitraries.longs())
                .as(HelloTest::hello);
    }

    @Provide
    Arbitrary<Refusal> refusals() {
        return Combinators.combine(Arbitraries.of(Code.values()), texts(512)).as(Refusal::new);
    }

    /** Keys and signatures are any bytes of the right length: a codec does not verify. */
    private static Hello hello(int version, String network, String address, long seed) {
        Random random = new Random(seed);
        try {
            return new Hello(
                    version,
                    network,
                    PublicKey.decode(bytes(random, PublicKey.BYTES)),
                    PublicKey.decode(bytes(random, PublicKey.BYTES)),
                    Signature.decode(bytes(random, Signature.BYTES)),
                    Signature.decode(bytes(random, Signature.BYTES)),
                    address);
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Lone surrogates are no text and have no UTF-8. */
    private static Arbitrary<String> texts(int maxChars) {
        return Arbitraries.strings()
                .ofMaxLength(maxChars)
                .map(any -> any.replaceAll("[\\ud800-\\udfff]", "?"));
    }

    /** Maps that are nearly a hello or a refusal: the right keys, often with the wrong values. */
    @Provide
    Arbitrary<byte[]> nearly() {
        Arbitrary<Value> values =
                Arbitraries.oneOf(
                        Arbitraries.longs().map(Value::of),
                        Arbitraries.integers().between(0, 2).map(it -> Value.of((long) it)),
                        texts(90).map(Value::of),
                        Arbitraries.of(0, 32, PublicKey.BYTES, Signature.BYTES)
                                .map(length -> Value.of(new byte[length])),
                        Arbitraries.of(Value.NULL, Value.TRUE, Value.list(List.of())));
        return Arbitraries.maps(Arbitraries.longs().between(-2, 8).map(Value::of), values)
                .ofMaxSize(9)
                .map(map -> Cbor.encode(new Value.Map(map)));
    }

    @Property(tries = 300)
    void everyHelloComesBack(@ForAll("hellos") Hello hello) throws MalformedException {
        byte[] bytes = hello.encode();
        assertThat(bytes.length).isLessThanOrEqualTo(Hello.MAX_BYTES);
        assertThat(Hello.decode(bytes)).isEqualTo(hello);
    }

    @Property(tries = 300)
    void everyProperPrefixIsMalformed(
            @ForAll("hellos") Hello hello, @ForAll @IntRange(max = 99) int percent) {
        byte[] bytes = hello.encode();
        refused(Arrays.copyOf(bytes, bytes.length * percent / 100));
        refused(Arrays.copyOf(bytes, bytes.length - 1));
    }

    @Property(tries = 300)
    void anythingAppendedIsMalformed(@ForAll("hellos") Hello hello, @ForAll byte more) {
        byte[] bytes = hello.encode();
        byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
        longer[bytes.length] = more;
        assertThat(refused(longer)).isEqualTo(Reason.TRAILING_BYTES);
    }

    private static Reason refused(byte[] bytes) {
        try {
            Hello.decode(bytes);
        } catch (MalformedException e) {
            return e.reason();
        }
        throw new AssertionError("a hello of " + bytes.length + " bytes was accepted");
    }

    @Property
    void noiseNeverSurprises(@ForAll byte[] noise) {
        read(noise);
    }

    @Property
    void whatIsNearlyAMessageNeverSurprises(@ForAll("nearly") byte[] bytes) {
        read(bytes);
    }

    @Property
    void changedBytesNeverSurprise(
            @ForAll("hellos") Hello hello,
            @ForAll @IntRange(max = 20_000) int at,
            @ForAll @IntRange(min = 1, max = 255) int change) {
        byte[] bytes = hello.encode();
        bytes[at % bytes.length] ^= (byte) change;
        read(bytes);
    }

    /** Either malformed, or something that comes back. */
    private static void read(byte[] bytes) {
        try {
            Hello hello = Hello.decode(bytes);
            assertThat(Hello.decode(hello.encode())).isEqualTo(hello);
        } catch (MalformedException e) {
            assertThat(e.reason()).isNotNull();
        }
        try {
            Refusal refusal = Refusal.decode(bytes);
            assertThat(Refusal.decode(refusal.encode())).isEqualTo(refusal);
        } catch (MalformedException e) {
            assertThat(e.reason()).isNotNull();
        }
    }

    @Property
    void everyRefusalComesBackAndNothingIsCutFromOrAddedToIt(
            @ForAll("refusals") Refusal refusal,
            @ForAll @IntRange(max = 99) int percent,
            @ForAll byte more)
            throws MalformedException {
        byte[] bytes = refusal.encode();
        assertThat(bytes.length).isLessThanOrEqualTo(Refusal.MAX_BYTES);
        assertThat(Refusal.decode(bytes)).isEqualTo(refusal);
        byte[] prefix = Arrays.copyOf(bytes, bytes.length * percent / 100);
        byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
        longer[bytes.length] = more;
        for (byte[] bad : List.of(prefix, longer)) {
            assertThatThrownBy(() -> Refusal.decode(bad)).isInstanceOf(MalformedException.class);
        }
    }

    @Test
    void aRefusalThatQuotesTooMuchIsCutToWhatTheOtherEndAccepts() throws MalformedException {
        for (String text : List.of("a".repeat(9000), "\u2600".repeat(9000), "a" + smiles(9000))) {
            Refusal read = Refusal.decode(new Refusal(Code.MALFORMED, text).encode());
            assertThat(text).startsWith(read.text());
            assertThat(read.text().length()).isBetween(511, 512);
        }
    }

    private static String smiles(int count) {
        return "\ud83d\ude42".repeat(count);
    }

    @Test
    void aCodeOfALaterVersionIsARefusal() throws MalformedException {
        byte[] bytes =
                Cbor.encode(
                        Value.map()
                                .put(0, Value.of("NOT_ON_SUNDAYS"))
                                .put(1, Value.of("closed"))
                                .build());
        assertThat(Refusal.decode(bytes)).isEqualTo(new Refusal(Code.REFUSED, "closed"));
    }

    private static Frame frame(byte[] bytes) throws MalformedException {
        List<Frame> frames = new FrameReader(PeerStream.MAX_FRAME_BYTES).feed(bytes);
        assertThat(frames).hasSize(1);
        return frames.get(0);
    }

    /** Decodes a frame, and encodes it again from what was found. */
    private static Frame again(Frame frame, Value.MapBuilder found) throws MalformedException {
        String text = new String(frame.body(), StandardCharsets.UTF_8);
        switch (frame.type()) {
            case Handshake.HELLO -> {
                Hello hello = Hello.decode(frame.body());
                found.put("frame", "hello")
                        .put("version", hello.version())
                        .put("network", hello.network())
                        .put("machine", hello.machine().machineId().hex())
                        .put("agent", hello.agent().agentId().hex())
                        .put("address", hello.address());
                return new Frame(Handshake.HELLO, hello.encode());
            }
            case Handshake.REFUSED -> {
                Refusal refusal = Refusal.decode(frame.body());
                found.put("frame", "refused")
                        .put("code", refusal.code().name())
                        .put("text", refusal.text());
                return new Frame(Handshake.REFUSED, refusal.encode());
            }
            case Handshake.PING -> found.put("frame", "ping");
            case Handshake.BYE -> found.put("frame", "bye").put("text", text);
            case NettyStream.PROTOCOL -> found.put("frame", "protocol").put("text", text);
            case NettyStream.END -> found.put("frame", "end");
            default -> throw new AssertionError("frame type " + frame.type());
        }
        return new Frame(frame.type(), frame.body());
    }

    @Test
    void theSpecsVectorsMatch() throws MalformedException {
        for (Vectors.Good vector : VECTORS.good()) {
            Value.MapBuilder found = Value.map();
            Frame again = again(frame(vector.bytes()), found);
            assertThat(found.build()).as(vector.name()).isEqualTo(vector.fields());
            assertThat(again.encode()).as(vector.name()).isEqualTo(vector.bytes());
        }
        for (Vectors.Bad vector : VECTORS.bad()) {
            assertThatThrownBy(() -> again(frame(vector.bytes()), Value.map()))
                    .as(vector.name())
                    .isInstanceOfSatisfying(
                            MalformedException.class,
                            e -> assertThat(e.reason().name()).isEqualTo(vector.reason()))
                    .hasMessage(vector.text());
        }
    }

    @Test
    void theSpecsProofsHoldForTheirConnectionOnly() throws MalformedException {
        SecretKey machine = SecretKey.of(VECTORS.givenBytes("machineSeeds"));
        SecretKey agent = SecretKey.of(VECTORS.givenBytes("agentSeeds"));
        NetworkId network = new NetworkId(VECTORS.given("network"));
        Hello hello = Hello.decode(frame(VECTORS.good().get(0).bytes()).body());
        byte[] exporter = VECTORS.givenBytes("exporter");
        byte[] client = VECTORS.givenBytes("clientCertificate");
        byte[] server = VECTORS.givenBytes("serverCertificate");
        Hello.Binding binding = new Hello.Binding(exporter, true, client, server);
        assertThat(hello.machine()).isEqualTo(machine.publicKey());
        assertThat(hello.agent()).isEqualTo(agent.publicKey());
        byte[] body = binding.body(hello.machine(), hello.agent());
        assertThat(body).isEqualTo(VECTORS.givenBytes("proofBody"));
        assertThat(hello.machineProof().ed25519())
                .isEqualTo(machine.sign(network, Hello.CONTEXT, body).ed25519());
        assertThat(hello.agentProof().ed25519())
                .isEqualTo(agent.sign(network, Hello.CONTEXT, body).ed25519());
        assertThat(hello.proves(network, binding)).isTrue();
        assertThat(hello.proves(new NetworkId("other"), binding)).isFalse();
        for (Hello.Binding other :
                List.of(
                        new Hello.Binding(new byte[64], true, client, server),
                        new Hello.Binding(exporter, false, client, server),
                        new Hello.Binding(exporter, true, server, client))) {
            assertThat(hello.proves(network, other)).isFalse();
        }
    }
}
