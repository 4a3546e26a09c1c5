package dev.parley.direct.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.direct.api.Caller;
import dev.parley.direct.api.Direct;
import dev.parley.direct.api.RequestException;
import dev.parley.direct.api.RequestHandler;
import dev.parley.identity.api.AgentId;
import dev.parley.identity.api.MachineId;
import dev.parley.network.api.Peer;
import dev.parley.network.api.PeerStream;
import dev.parley.wire.api.ByteWriter;
import dev.parley.wire.api.Frame;
import dev.parley.wire.api.FrameReader;
import dev.parley.wire.api.MalformedException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

/** The frames of {@code /parley/rpc/1}, at both ends, without a network. */
class RequestFramesTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    /** One end of a stream: what it sends is kept as bytes, what it is to receive is given. */
    private static final class FakeStream implements PeerStream {
        private final List<Frame> sent = new ArrayList<>();
        private Consumer<Frame> frames = frame -> {};

        @Override
        public void receive(Consumer<Frame> frames, Consumer<String> closed) {
            this.frames = frames;
        }

        @Override
        public boolean send(Frame frame) {
            try {
                sent.addAll(new FrameReader(MAX_FRAME_BYTES).feed(frame.encode()));
            } catch (MalformedException e) {
                throw new AssertionError("the other end ends the stream: " + e.getMessage());
            }
            return true;
        }

        @Override
        public CompletionStage<Void> drained() {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void finish() {}

        @Override
        public void reset() {}

        @Override
        public void pause() {}

        @Override
        public void resume() {}
    }

    private record FakePeer(PeerStream stream) implements Peer {
        @Override
        public MachineId machine() {
            return MachineId.of(new byte[MachineId.BYTES]);
        }

        @Override
        public AgentId agent() {
            return AgentId.of(new byte[AgentId.BYTES]);
        }

        @Override
        public String address() {
            return "192.0.2.7:4433";
        }

        @Override
        public boolean outbound() {
            return true;
        }

        @Override
        public CompletionStage<PeerStream> open(String protocol) {
            return CompletableFuture.completedFuture(stream);
        }

        @Override
        public void disconnect(String reason) {}
    }

    /** Runs at once, so that an answer is there when the request has been handed over. */
    private static final class AtOnce extends AbstractExecutorService {
        @Override
        public void execute(Runnable task) {
            task.run();
        }

        @Override
        public void shutdown() {}

        @Override
        public List<Runnable> shutdownNow() {
            return List.of();
        }

        @Override
        public boolean isShutdown() {
            return false;
        }

        @Override
        public boolean isTerminated() {
            return false;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return true;
        }
    }

    private final Map<String, RequestHandler> handlers = new HashMap<>();
    private final Requests requests = new Requests(handlers, new AtOnce());

    private void answer(String method, Function<byte[], CompletionStage<byte[]>> answer) {
        handlers.put(
                method,
                new RequestHandler() {
                    @Override
                    public String method() {
                        return method;
                    }

                    @Override
                    public CompletionStage<byte[]> handle(Caller caller, byte[] body) {
                        return answer.apply(body);
                    }
                });
    }

    private void echo(String method) {
        answer(method, CompletableFuture::completedFuture);
    }

    private void refuse(String method, String code, String message) {
        answer(method, body -> CompletableFuture.failedStage(new RequestException(code, message)));
    }

    /** What the answering end says to this frame. */
    private Frame reply(Frame request) {
        FakeStream stream = new FakeStream();
        requests.accept(new FakePeer(stream), stream);
        stream.frames.accept(request);
        assertThat(stream.sent).hasSize(1);
        return stream.sent.get(0);
    }

    /** What the asking end sends. */
    private Frame request(String method, byte[] body, Duration timeout) {
        FakeStream stream = new FakeStream();
        requests.send(new FakePeer(stream), method, body, timeout);
        assertThat(stream.sent).hasSize(1);
        return stream.sent.get(0);
    }

    /** What the asking end makes of this answer: the body, or a code and a message. */
    private Object outcome(Frame answer) {
        FakeStream stream = new FakeStream();
        CompletableFuture<byte[]> outcome =
                requests.send(new FakePeer(stream), "m", new byte[0], TIMEOUT)
                        .toCompletableFuture();
        stream.frames.accept(answer);
        assertThat(outcome).isDone();
        try {
            return outcome.join();
        } catch (CompletionException e) {
            assertThat(e.getCause()).isInstanceOf(RequestException.class);
            RequestException refused = (RequestException) e.getCause();
            return refused == null ? "" : refused.code() + ": " + refused.getMessage();
        }
    }

    private static Frame frame(int type, String hex) {
        return new Frame(type, HexFormat.of().parseHex(hex));
    }

    @Provide
    Arbitrary<byte[]> bodies() {
        return Arbitraries.bytes().array(byte[].class).ofMaxSize(300);
    }

    @Provide
    Arbitrary<String> methods() {
        return Arbitraries.strings().ascii().ofMinLength(1).ofMaxLength(64);
    }

    @Property
    void everyRequestArrivesAndItsAnswerComesBack(
            @ForAll("methods") String method,
            @ForAll("bodies") byte[] body,
            @ForAll @IntRange(min = 1, max = 120_000) int timeoutMillis) {
        echo(method);
        Frame request = request(method, body, Duration.ofMillis(timeoutMillis));
        assertThat(request.type()).isEqualTo(1);
        assertThat(outcome(reply(request))).isEqualTo(body);
    }

    @Property(tries = 200)
    void everyRefusalComesBack(
            @ForAll @StringLength(min = 1, max = 64) @CharRange(from = 'A', to = 'Z') String code,
            @ForAll @StringLength(max = 1200) String any) {
        String message = any.replaceAll("[\\ud800-\\udfff]", "?");
        refuse("m", code, message);
        String back = (String) outcome(reply(request("m", new byte[0], TIMEOUT)));
        assertThat(back).startsWith(code + ": ");
        assertThat(message.replaceAll("\\p{Cntrl}", " "))
                .startsWith(back.substring(code.length() + 2));
    }

    @Test
    void aLongRefusalArrivesInWhateverScript() {
        for (String letter : List.of("a", "\u00fc", "\u2600", "\ud83d\ude42")) {
            String message = letter.repeat(3000);
            refuse("m", "NO", message);
            String back = (String) outcome(reply(request("m", new byte[0], TIMEOUT)));
            assertThat(back).startsWith("NO: " + letter.repeat(300));
            assertThat("NO: " + message).startsWith(back);
        }
    }

    @Test
    void theLongestRequestAndAnswerFitIntoAFrame() {
        String method = "m".repeat(64);
        byte[] body = new byte[Direct.MAX_BODY_BYTES];
        echo(method);
        Frame request = request(method, body, Duration.ofDays(10_000));
        assertThat(outcome(reply(request))).isEqualTo(body);
    }

    @Property
    void everyPrefixOfARequestsHeadIsMalformed(
            @ForAll("methods") String method, @ForAll @IntRange(max = 99) int percent) {
        echo(method);
        byte[] head = request(method, new byte[0], TIMEOUT).body();
        byte[] prefix = Arrays.copyOf(head, head.length * percent / 100);
        assertThat((String) outcome(reply(new Frame(1, prefix))))
                .startsWith("MALFORMED: request: ");
    }

    @Property
    void everyPrefixOfARefusalIsMalformedAndSoIsAnythingAppended(
            @ForAll @StringLength(max = 100) @AlphaChars String message,
            @ForAll @IntRange(max = 99) int percent,
            @ForAll byte more) {
        byte[] whole = new ByteWriter().text("BUSY").text(message).toByteArray();
        assertThat(outcome(new Frame(3, whole))).isEqualTo("BUSY: " + message);
        byte[] prefix = Arrays.copyOf(whole, whole.length * percent / 100);
        byte[] longer = Arrays.copyOf(whole, whole.length + 1);
        longer[whole.length] = more;
        for (byte[] bad : List.of(prefix, longer)) {
            assertThat((String) outcome(new Frame(3, bad))).startsWith("MALFORMED: error answer: ");
        }
    }

    @Property
    void noiseNeverSurprises(@ForAll @IntRange(max = 255) int type, @ForAll byte[] noise) {
        echo("m");
        Frame frame = new Frame(type % 5, noise);
        assertThat(reply(frame).type()).isBetween(2, 3);
        Object outcome = outcome(frame);
        if (frame.type() == 2) {
            assertThat(outcome).isEqualTo(noise);
        } else {
            assertThat((String) outcome).matches("(?s)[A-Z0-9_]+: .*");
        }
    }

    @Property
    void changedBytesNeverSurprise(
            @ForAll("bodies") byte[] body,
            @ForAll @IntRange(max = 1000) int at,
            @ForAll @IntRange(min = 1, max = 255) int change) {
        echo("method");
        byte[] request = request("method", body, TIMEOUT).body().clone();
        request[at % request.length] ^= (byte) change;
        assertThat(reply(new Frame(1, request)).type()).isBetween(2, 3);
    }

    @Test
    void aFrameOfAnotherTypeIsNoRequestAndNoAnswer() {
        echo("m");
        byte[] request = request("m", new byte[0], TIMEOUT).body();
        assertThat(outcome(reply(new Frame(2, request))))
                .isEqualTo("MALFORMED: frame type 2, expected a request");
        byte[] refusal = new ByteWriter().text("BUSY").text("later").toByteArray();
        assertThat(outcome(new Frame(4, refusal)))
                .isEqualTo("MALFORMED: frame type 4 of 11 bytes, expected an answer");
    }

    @Test
    void theSpecsVectorsMatch() {
        answer("echo", body -> CompletableFuture.completedFuture(new byte[] {7, 8}));
        refuse("no", "NOT_HERE", "gone");
        HexFormat hex = HexFormat.of();
        assertThat(hex.formatHex(request("echo", new byte[] {1, 2, 3}, TIMEOUT).encode()))
                .isEqualTo("0b01" + "5388" + "046563686f" + "010203");
        assertThat(hex.formatHex(reply(frame(1, "5388046563686f010203")).encode()))
                .isEqualTo("0302" + "0708");
        assertThat(hex.formatHex(reply(frame(1, "5388026e6f")).encode()))
                .isEqualTo("0f03" + "084e4f545f48455245" + "04676f6e65");
        assertThat(outcome(frame(2, "0708"))).isEqualTo(new byte[] {7, 8});
        assertThat(outcome(frame(3, "084e4f545f4845524504676f6e65"))).isEqualTo("NOT_HERE: gone");
        assertThat(outcome(frame(3, "026e6f00"))).isEqualTo("MALFORMED: ");
        assertThat(outcome(reply(frame(1, ""))))
                .isEqualTo("MALFORMED: request: ends at byte 0, 1 more expected");
        assertThat(outcome(reply(frame(1, "4001016d"))))
                .isEqualTo("MALFORMED: request: the number 1 is written in 2 bytes");
        assertThat(outcome(reply(frame(1, "014041" + "6d".repeat(65)))))
                .isEqualTo("MALFORMED: request: method has 65 bytes, at most 64");
        assertThat(outcome(reply(frame(1, "0101ff"))))
                .isEqualTo("MALFORMED: request: method: not well-formed UTF-8");
        assertThat(outcome(frame(3, "00")))
                .isEqualTo("MALFORMED: error answer: ends at byte 1, 1 more expected");
        assertThat(new String(reply(frame(1, "01016d")).body(), StandardCharsets.UTF_8))
                .contains("NO_SUCH_METHOD");
    }
}
