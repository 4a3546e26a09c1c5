package dev.parley.gossip.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.gossip.api.Gossip;
import dev.parley.gossip.api.Retention;
import dev.parley.gossip.api.Topic;
import dev.parley.identity.api.MachineId;
import dev.parley.identity.api.NetworkId;
import dev.parley.identity.api.PublicKey;
import dev.parley.identity.api.SecretKey;
import dev.parley.identity.api.SessionCertificate;
import dev.parley.identity.api.SessionSigner;
import dev.parley.identity.api.Signature;
import dev.parley.identity.api.SignedRecord;
import dev.parley.network.api.PeerStream;
import dev.parley.wire.api.Cbor;
import dev.parley.wire.api.Frame;
import dev.parley.wire.api.FrameReader;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.Value;
import dev.parley.wire.api.Varint;
import dev.parley.wire.vectors.Vectors;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class GossipCodecTest {
    private static final Vectors VECTORS = Vectors.read("0003-gossip.json");
    private static final NetworkId NETWORK = new NetworkId("parley.test");
    private static final SessionSigner SESSION = VectorSession.read();

    /** The session of the vectors, signed with by the JDK: a second opinion on Ed25519. */
    private record VectorSession(SessionCertificate certificate) implements SessionSigner {
        static VectorSession read() {
            try {
                GossipFrame first = decode(VECTORS.good().get(0).bytes());
                return new VectorSession(((GossipFrame.Certificate) first).certificate());
            } catch (MalformedException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public long nextSequence() {
            throw new UnsupportedOperationException("the test gives the sequence");
        }

        @Override
        public byte[] sign(byte[] digest) {
            var seed =
                    new EdECPrivateKeySpec(
                            NamedParameterSpec.ED25519, VECTORS.givenBytes("sessionSeed"));
            try {
                java.security.Signature signer = java.security.Signature.getInstance("Ed25519");
                signer.initSign(KeyFactory.getInstance("Ed25519").generatePrivate(seed));
                signer.update(digest);
                return signer.sign();
            } catch (GeneralSecurityException e) {
                throw new AssertionError(e);
            }
        }
    }

    @Provide
    Arbitrary<GossipFrame> frames() {
        Arbitrary<byte[]> ids = Arbitraries.bytes().array(byte[].class).ofSize(16);
        Arbitrary<List<MessageId>> lists =
                Combinators.combine(ids, Arbitraries.longs().between(0, Varint.MAX))
                        .as(MessageId::new)
                        .list()
                        .ofMaxSize(20);
        return Arbitraries.oneOf(
                Arbitraries.longs().map(GossipCodecTest::certificate),
                envelopes().map(GossipFrame.Message::new),
                lists.map(GossipFrame.Have::new),
                lists.map(GossipFrame.Want::new),
                ids.map(GossipFrame.WantCertificate::new));
    }

    private static Arbitrary<Envelope> envelopes() {
        Arbitrary<String> part =
                Arbitraries.strings().withChars("abyz09._-").ofMinLength(1).ofMaxLength(20);
        Arbitrary<String> topic = part.list().ofMinSize(1).ofMaxSize(6).map(it -> join(it));
        Arbitrary<Retention> retention =
                Combinators.combine(
                                Arbitraries.strings().ofMaxLength(21).map(GossipCodecTest::text),
                                Arbitraries.longs().between(0, Retention.MAX_TTL.toSeconds()))
                        .as((key, seconds) -> new Retention(key, Duration.ofSeconds(seconds)));
        return Combinators.combine(
                        Arbitraries.longs().between(0, Varint.MAX),
                        Arbitraries.longs().between(0, 1L << 48),
                        retention,
                        topic,
                        Arbitraries.bytes().array(byte[].class).ofMaxSize(300),
                        Arbitraries.bytes().array(byte[].class).ofSize(80))
                .as(
                        (sequence, millis, kept, on, payload, random) ->
                                Envelope.sign(
                                        new AnySession(random),
                                        NETWORK,
                                        sequence,
                                        Instant.ofEpochMilli(millis),
                                        kept,
                                        new Topic(on),
                                        payload));
    }

    private static String join(List<String> parts) {
        return String.join("/", parts);
    }

    /** Lone surrogates are no text and have no UTF-8. */
    private static String text(String any) {
        return any.replaceAll("[\\ud800-\\udfff]", "?");
    }

    /** A codec does not verify: any signature will do. */
    private record AnySession(byte[] random) implements SessionSigner {
        @Override
        public long nextSequence() {
            throw new UnsupportedOperationException("the test gives the sequence");
        }

        @Override
        public SessionCertificate certificate() {
            return GossipCodecTest.certificate(random[0]).certificate();
        }

        @Override
        public byte[] sign(byte[] digest) {
            return Arrays.copyOf(random, Envelope.SIGNATURE_BYTES);
        }
    }

    private static GossipFrame.Certificate certificate(long seed) {
        Random random = new Random(seed);
        long from = random.nextInt(1 << 30);
        byte[] body =
                Cbor.encode(
                        Value.map()
                                .put(0, Value.of(1))
                                .put(1, Value.of(bytes(random, MachineId.BYTES)))
                                .put(2, Value.of(bytes(random, 32)))
                                .put(3, Value.of(from))
                                .put(4, Value.of(from + 1 + random.nextInt(3_600_000)))
                                .build());
        try {
            SignedRecord record =
                    new SignedRecord(
                            body,
                            PublicKey.decode(bytes(random, PublicKey.BYTES)),
                            Signature.decode(bytes(random, Signature.BYTES)));
            return new GossipFrame.Certificate(SessionCertificate.decode(record.encode()));
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** All that a frame says, in the words of the vectors. */
    private static Value.Map told(GossipFrame frame) {
        Value.MapBuilder told = Value.map();
        HexFormat hex = HexFormat.of();
        if (frame instanceof GossipFrame.Certificate it) {
            told.put("frame", "certificate")
                    .put("id", hex.formatHex(it.certificate().id()))
                    .put("agent", it.certificate().agent().hex())
                    .put("machine", it.certificate().machine().hex())
                    .put("notBefore", it.certificate().notBefore().toEpochMilli())
                    .put("notAfter", it.certificate().notAfter().toEpochMilli());
        } else if (frame instanceof GossipFrame.Message it) {
            told.put("frame", "message")
                    .put("id", it.envelope().id().toString())
                    .put("time", it.envelope().time().toEpochMilli())
                    .put("ttl", it.envelope().retention().ttl().toSeconds())
                    .put("key", it.envelope().retention().key())
                    .put("topic", it.envelope().topic().name())
                    .put("payload", Value.of(it.envelope().payload()));
        } else if (frame instanceof GossipFrame.Have it) {
            told.put("frame", "have").put("ids", names(it.ids()));
        } else if (frame instanceof GossipFrame.Want it) {
            told.put("frame", "want").put("ids", names(it.ids()));
        } else if (frame instanceof GossipFrame.WantCertificate it) {
            told.put("frame", "wantCertificate").put("id", hex.formatHex(it.id()));
        }
        return told.build();
    }

    private static Value names(List<MessageId> ids) {
        return Value.texts(ids.stream().map(MessageId::toString).toList());
    }

    private static GossipFrame decode(byte[] bytes) throws MalformedException {
        List<Frame> frames = new FrameReader(PeerStream.MAX_FRAME_BYTES).feed(bytes);
        assertThat(frames).hasSize(1);
        return GossipFrame.decode(frames.get(0));
    }

    @Property
    void everyFrameComesBack(@ForAll("frames") GossipFrame frame) throws MalformedException {
        GossipFrame back = GossipFrame.decode(frame.encode());
        assertThat(told(back)).isEqualTo(told(frame));
        assertThat(back.encode().encode()).isEqualTo(frame.encode().encode());
    }

    @Property
    void everyProperPrefixIsMalformed(
            @ForAll("frames") GossipFrame frame, @ForAll @IntRange(max = 99) int percent) {
        Frame whole = frame.encode();
        for (int length :
                new int[] {whole.body().length * percent / 100, whole.body().length - 1}) {
            Frame prefix = new Frame(whole.type(), Arrays.copyOf(whole.body(), length));
            assertThatThrownBy(() -> GossipFrame.decode(prefix))
                    .isInstanceOf(MalformedException.class);
        }
    }

    @Property
    void anythingAppendedIsMalformed(@ForAll("frames") GossipFrame frame, @ForAll byte more) {
        Frame whole = frame.encode();
        byte[] longer = Arrays.copyOf(whole.body(), whole.body().length + 1);
        longer[longer.length - 1] = more;
        assertThatThrownBy(() -> GossipFrame.decode(new Frame(whole.type(), longer)))
                .isInstanceOf(MalformedException.class);
    }

    @Property(tries = 5000)
    void noiseNeverSurprises(@ForAll @IntRange(max = 7) int type, @ForAll byte[] noise) {
        read(new Frame(type, noise));
    }

    @Property(tries = 5000)
    void changedBytesNeverSurprise(
            @ForAll("frames") GossipFrame frame,
            @ForAll @IntRange(max = 7) int type,
            @ForAll @IntRange(max = 10_000) int at,
            @ForAll @IntRange(min = 1, max = 255) int change) {
        Frame whole = frame.encode();
        byte[] body = whole.body().clone();
        body[at % body.length] ^= (byte) change;
        read(new Frame(whole.type(), body));
        read(new Frame(type, whole.body()));
    }

    /** Either malformed, or the one encoding of what it says. */
    private static void read(Frame frame) {
        try {
            assertThat(GossipFrame.decode(frame).encode().encode()).isEqualTo(frame.encode());
        } catch (MalformedException e) {
            assertThat(e.reason()).isNotNull();
        }
    }

    @Property
    void everyRetentionThatCanBeMadeCanBeRead(@ForAll @StringLength(max = 70) String any)
            throws MalformedException {
        Retention retention;
        try {
            retention = new Retention(text(any), Duration.ofHours(1));
        } catch (IllegalArgumentException e) {
            assertThat(text(any).getBytes(StandardCharsets.UTF_8).length).isGreaterThan(64);
            return;
        }
        Envelope envelope =
                Envelope.sign(
                        SESSION, NETWORK, 0, Instant.EPOCH, retention, new Topic("a"), new byte[0]);
        assertThat(Envelope.decode(envelope.encoded()).retention()).isEqualTo(retention);
    }

    @Test
    void theLongestMessageIsWithinTheLimitOfAnEnvelope() throws MalformedException {
        Envelope longest =
                Envelope.sign(
                        SESSION,
                        NETWORK,
                        Varint.MAX,
                        Instant.ofEpochMilli(1L << 48),
                        new Retention("k".repeat(64), Retention.MAX_TTL),
                        new Topic("t".repeat(Topic.MAX_CHARS)),
                        new byte[Gossip.MAX_PAYLOAD_BYTES]);
        assertThat(Envelope.decode(longest.encoded()).payload()).hasSize(Gossip.MAX_PAYLOAD_BYTES);
    }

    @Test
    void theSpecsVectorsMatch() throws MalformedException {
        for (Vectors.Good vector : VECTORS.good()) {
            GossipFrame frame = decode(vector.bytes());
            Value.MapBuilder expected = Value.map();
            vector.fields()
                    .entries()
                    .forEach(
                            (key, value) -> {
                                String name = ((Value.Text) key).value();
                                expected.put(
                                        name,
                                        name.equals("payload")
                                                ? Value.of(VECTORS.bytes(value))
                                                : value);
                            });
            assertThat(told(frame)).as(vector.name()).isEqualTo(expected.build());
            assertThat(frame.encode().encode()).as(vector.name()).isEqualTo(vector.bytes());
        }
        for (Vectors.Bad vector : VECTORS.bad()) {
            assertThatThrownBy(() -> decode(vector.bytes()))
                    .as(vector.name())
                    .isInstanceOfSatisfying(
                            MalformedException.class,
                            e -> assertThat(e.reason().name()).isEqualTo(vector.reason()))
                    .hasMessage(vector.text());
        }
    }

    @Test
    void theSpecsMessagesAreSignedToTheSameBytesAndVerify() throws MalformedException {
        SessionCertificate certificate = SESSION.certificate();
        SecretKey agent = SecretKey.of(VECTORS.givenBytes("agentSeeds"));
        SecretKey machine = SecretKey.of(VECTORS.givenBytes("machineSeeds"));
        assertThat(certificate.verify(NETWORK)).isTrue();
        assertThat(certificate.verify(new NetworkId("other"))).isFalse();
        assertThat(certificate.agentKey()).isEqualTo(agent.publicKey());
        assertThat(certificate.machine()).isEqualTo(machine.publicKey().machineId());
        assertThat(certificate.id()).isEqualTo(VECTORS.givenBytes("certificateId"));
        int messages = 0;
        for (Vectors.Good vector : VECTORS.good()) {
            if (decode(vector.bytes()) instanceof GossipFrame.Message message) {
                Envelope read = message.envelope();
                assertThat(read.verify(certificate, NETWORK)).as(vector.name()).isTrue();
                assertThat(read.verify(certificate, new NetworkId("other"))).isFalse();
                Envelope made =
                        Envelope.sign(
                                SESSION,
                                NETWORK,
                                read.id().sequence(),
                                read.time(),
                                read.retention(),
                                read.topic(),
                                read.payload());
                assertThat(made.encoded()).as(vector.name()).isEqualTo(read.encoded());
                messages++;
            }
        }
        assertThat(messages).isEqualTo(5);
    }
}
