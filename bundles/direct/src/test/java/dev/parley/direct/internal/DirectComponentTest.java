package dev.parley.direct.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.direct.api.BlobRequest;
import dev.parley.direct.api.Caller;
import dev.parley.direct.api.Direct;
import dev.parley.direct.api.MerkleTree;
import dev.parley.direct.api.RequestException;
import dev.parley.direct.api.RequestHandler;
import dev.parley.identity.api.MachineId;
import dev.parley.identity.api.NetworkId;
import dev.parley.identity.internal.IdentityComponent;
import dev.parley.network.internal.NetworkComponent;
import dev.parley.storage.api.Hash;
import dev.parley.storage.internal.StorageComponent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectComponentTest {
    @TempDir private Path dir;

    private final List<Node> nodes = new ArrayList<>();

    private record Node(
            IdentityComponent identity,
            NetworkComponent network,
            StorageComponent storage,
            DirectComponent direct) {
        MachineId machine() {
            return identity.machine();
        }
    }

    private Node node(String name) throws Exception {
        IdentityComponent identity =
                new IdentityComponent(dir.resolve(name), new NetworkId("parley.test"), name);
        NetworkComponent network =
                new NetworkComponent("127.0.0.1:0", List.of(), dir.toString(), identity);
        StorageComponent storage = new StorageComponent(dir.resolve(name));
        DirectComponent direct = new DirectComponent(network, storage);
        direct.protocols().forEach(network::addHandler);
        Node node = new Node(identity, network, storage, direct);
        nodes.add(node);
        return node;
    }

    private static void connect(Node from, Node to) throws Exception {
        from.network()
                .connect(to.network().listenAddress())
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
    }

    @AfterEach
    void close() throws IOException {
        for (Node node : nodes) {
            node.direct().close();
            node.network().close();
            node.storage().close();
        }
    }

    private static RequestException failure(CompletionStage<?> stage) {
        try {
            stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            return java.util.Objects.requireNonNull((RequestException) e.getCause());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        throw new AssertionError("it succeeded, expected a failure");
    }

    private static RequestHandler handler(
            String method,
            java.util.function.BiFunction<Caller, byte[], CompletionStage<byte[]>> body) {
        return new RequestHandler() {
            @Override
            public String method() {
                return method;
            }

            @Override
            public CompletionStage<byte[]> handle(Caller caller, byte[] bytes) {
                return body.apply(caller, bytes);
            }
        };
    }

    @Test
    void aRequestIsAnsweredAndFailuresHaveTheirCodes() throws Exception {
        Node a = node("alice");
        Node b = node("bob");
        connect(b, a);
        a.direct()
                .addHandler(
                        handler(
                                "test.who",
                                (caller, body) ->
                                        CompletableFuture.completedFuture(
                                                (caller.agent().hex() + body.length)
                                                        .getBytes(StandardCharsets.UTF_8))));
        a.direct()
                .addHandler(
                        handler(
                                "test.no",
                                (caller, body) ->
                                        CompletableFuture.failedFuture(
                                                new RequestException("NO", "not this"))));
        a.direct().addHandler(handler("test.never", (caller, body) -> new CompletableFuture<>()));
        Duration second = Duration.ofSeconds(5);
        byte[] answer =
                b.direct()
                        .request(a.machine(), "test.who", new byte[500_000], second)
                        .toCompletableFuture()
                        .get(10, TimeUnit.SECONDS);
        assertThat(new String(answer, StandardCharsets.UTF_8))
                .isEqualTo(b.identity().agent().hex() + "500000");
        assertThat(failure(b.direct().request(a.machine(), "test.no", new byte[0], second)).code())
                .isEqualTo("NO");
        assertThat(
                        failure(b.direct().request(a.machine(), "test.what", new byte[0], second))
                                .code())
                .isEqualTo("NO_SUCH_METHOD");
        assertThat(
                        failure(
                                        b.direct()
                                                .request(
                                                        a.machine(),
                                                        "test.never",
                                                        new byte[0],
                                                        Duration.ofMillis(300)))
                                .code())
                .isEqualTo("TIMEOUT");
        assertThat(
                        failure(
                                        b.direct()
                                                .request(
                                                        MachineId.of(new byte[32]),
                                                        "test.who",
                                                        new byte[0],
                                                        second))
                                .code())
                .isEqualTo("NOT_CONNECTED");
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    private static BlobRequest hold(Node node, byte[] content) throws Exception {
        Hash hash = node.storage().blobs().put(content);
        node.direct().offer(hash);
        Path path = node.storage().blobs().path(hash).orElseThrow();
        return new BlobRequest(hash, content.length, MerkleTree.of(path).root());
    }

    @Test
    void aBlobComesFromTwoHoldersThoughOneStopsInTheMiddle() throws Exception {
        Node a = node("alice");
        Node b = node("bob");
        Node c = node("carol");
        connect(c, a);
        connect(c, b);
        byte[] content = random(12_000_123);
        BlobRequest blob = hold(a, content);
        hold(b, content);
        CompletableFuture<Long> half = new CompletableFuture<>();
        CompletionStage<Path> fetch =
                c.direct()
                        .fetch(
                                blob,
                                List.of(a.machine(), b.machine()),
                                bytes -> {
                                    if (bytes > content.length / 3) {
                                        half.complete(bytes);
                                    }
                                });
        half.get(20, TimeUnit.SECONDS);
        b.network().close();
        Path path = fetch.toCompletableFuture().get(30, TimeUnit.SECONDS);
        assertThat(Files.mismatch(path, a.storage().blobs().path(blob.sha256()).orElseThrow()))
                .isEqualTo(-1);
    }

    @Test
    void theOnlyHolderIsAskedAgainWhenItsConnectionIsBack() throws Exception {
        Node a = node("alice");
        Node c = node("carol");
        connect(c, a);
        byte[] content = random(12_000_123);
        BlobRequest blob = hold(a, content);
        CompletableFuture<Long> third = new CompletableFuture<>();
        CompletionStage<Path> fetch =
                c.direct()
                        .fetch(
                                blob,
                                List.of(a.machine()),
                                bytes -> {
                                    if (bytes > content.length / 3) {
                                        third.complete(bytes);
                                    }
                                });
        assertThat(third.get(20, TimeUnit.SECONDS)).isLessThan(content.length);
        c.network().peer(a.machine()).orElseThrow().disconnect("lost");
        c.network().keepConnected(a.network().listenAddress());
        Path path = fetch.toCompletableFuture().get(30, TimeUnit.SECONDS);
        assertThat(Files.mismatch(path, a.storage().blobs().path(blob.sha256()).orElseThrow()))
                .isEqualTo(-1);
    }

    @Test
    void aHolderWithATamperedChunkIsLetGoAndTheOtherServes() throws Exception {
        Node a = node("alice");
        Node b = node("bob");
        Node c = node("carol");
        connect(c, b);
        byte[] content = random(700_000);
        BlobRequest blob = hold(a, content);
        hold(b, content);
        byte[] tampered = content.clone();
        tampered[7 * 65_536 + 5] ^= 1;
        Files.write(b.storage().blobs().path(blob.sha256()).orElseThrow(), tampered);
        RequestException refused =
                failure(c.direct().fetch(blob, List.of(b.machine()), bytes -> {}));
        assertThat(refused.code()).isEqualTo("FETCH_BAD_CHUNK");
        assertThat(refused)
                .hasMessageContaining("chunk 7")
                .hasMessageContaining(b.machine().words());
        assertThat(c.storage().blobs().path(blob.sha256())).isEmpty();
        connect(c, a);
        Path path =
                c.direct()
                        .fetch(blob, List.of(b.machine(), a.machine()), bytes -> {})
                        .toCompletableFuture()
                        .get(20, TimeUnit.SECONDS);
        assertThat(Files.readAllBytes(path)).isEqualTo(content);
    }

    @Test
    void whatNobodyHoldsIsSaidPlainly() throws Exception {
        Node a = node("alice");
        Node b = node("bob");
        connect(b, a);
        byte[] content = random(1000);
        BlobRequest blob =
                new BlobRequest(Hash.sha256(content), content.length, Hash.sha256(content));
        assertThat(failure(b.direct().fetch(blob, List.of(a.machine()), bytes -> {})).code())
                .isEqualTo("FETCH_NO_HOLDER");
        assertThat(failure(b.direct().fetch(blob, List.of(), bytes -> {})).code())
                .isEqualTo("FETCH_NO_HOLDER");
        assertThatThrownBy(
                        () ->
                                new BlobRequest(
                                        Hash.sha256(content),
                                        BlobRequest.MAX_BYTES + 1,
                                        Hash.sha256(content)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void everyChunkOfEverySizeIsProvedAtItsPlaceOnly() throws Exception {
        for (int size : new int[] {1, 65_536, 65_537, 5 * 65_536, 7 * 65_536 + 3}) {
            Path file = Files.write(dir.resolve("merkle"), random(size));
            MerkleTree tree = MerkleTree.of(file);
            byte[] all = Files.readAllBytes(file);
            for (int chunk = 0; chunk < tree.chunks(); chunk++) {
                int at = chunk * 65_536;
                byte[] content = java.util.Arrays.copyOfRange(all, at, Math.min(size, at + 65_536));
                assertThat(
                                MerkleTree.proves(
                                        tree.root(),
                                        tree.chunks(),
                                        chunk,
                                        content,
                                        tree.proof(chunk)))
                        .isTrue();
                assertThat(
                                MerkleTree.proves(
                                        tree.root(),
                                        tree.chunks(),
                                        chunk + 1,
                                        content,
                                        tree.proof(chunk)))
                        .isFalse();
                content[0] ^= 1;
                assertThat(
                                MerkleTree.proves(
                                        tree.root(),
                                        tree.chunks(),
                                        chunk,
                                        content,
                                        tree.proof(chunk)))
                        .isFalse();
            }
        }
    }

    @Test
    void theLargestBodyGoesThroughBothWaysAndALargerAnswerIsRefusedByName() throws Exception {
        Node a = node("alice");
        Node b = node("bob");
        connect(b, a);
        String longest = "m".repeat(64);
        a.direct()
                .addHandler(
                        handler(longest, (who, body) -> CompletableFuture.completedFuture(body)));
        a.direct()
                .addHandler(
                        handler(
                                "test.large",
                                (who, body) ->
                                        CompletableFuture.completedFuture(
                                                new byte[Direct.MAX_BODY_BYTES + 1])));
        Duration limit = Duration.ofSeconds(10);
        assertThat(
                        b.direct()
                                .request(
                                        a.machine(),
                                        longest,
                                        new byte[Direct.MAX_BODY_BYTES],
                                        limit)
                                .toCompletableFuture()
                                .get(20, TimeUnit.SECONDS))
                .hasSize(Direct.MAX_BODY_BYTES);
        assertThat(
                        failure(b.direct().request(a.machine(), "test.large", new byte[0], limit))
                                .code())
                .isEqualTo("TOO_LARGE");
    }

    @Test
    void requestsThatWaitAreLimitedPerPeer() throws Exception {
        Node a = node("alice");
        Node b = node("bob");
        connect(b, a);
        a.direct().addHandler(handler("test.never", (who, body) -> new CompletableFuture<>()));
        List<CompletionStage<byte[]>> all = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            all.add(
                    b.direct()
                            .request(
                                    a.machine(), "test.never", new byte[0], Duration.ofSeconds(3)));
        }
        long refused = all.stream().filter(stage -> failure(stage).code().equals("BUSY")).count();
        assertThat(refused).isEqualTo(300 - 64);
        a.direct()
                .addHandler(
                        handler(
                                "test.echo",
                                (who, body) -> CompletableFuture.completedFuture(body)));
        // The other end ends its own count of them a moment later or earlier.
        byte[] answer = new byte[0];
        for (long end = System.nanoTime() + 10_000_000_000L;
                answer.length == 0 && System.nanoTime() < end; ) {
            answer =
                    b.direct()
                            .request(
                                    a.machine(), "test.echo", new byte[] {7}, Duration.ofSeconds(5))
                            .exceptionally(busy -> new byte[0])
                            .toCompletableFuture()
                            .get(10, TimeUnit.SECONDS);
        }
        assertThat(answer).containsExactly(7);
    }

    @Test
    void aWrongRecordOfABlobDoesNotSpoilTheRightOne() throws Exception {
        Node a = node("alice");
        Node b = node("bob");
        connect(b, a);
        byte[] content = random(3_000_000);
        BlobRequest right = hold(a, content);
        BlobRequest wrong = new BlobRequest(right.sha256(), right.size(), Hash.sha256(new byte[1]));
        CompletionStage<Path> first = b.direct().fetch(wrong, List.of(a.machine()), bytes -> {});
        CompletionStage<Path> second = b.direct().fetch(right, List.of(a.machine()), bytes -> {});
        assertThat(failure(first).code()).isEqualTo("FETCH_BAD_CHUNK");
        assertThat(Files.readAllBytes(second.toCompletableFuture().get(20, TimeUnit.SECONDS)))
                .isEqualTo(content);
    }

    @Test
    void aFetchUnderWayEndsWhenTheRoomCloses() throws Exception {
        Node a = node("alice");
        Node b = node("bob");
        connect(b, a);
        BlobRequest blob = hold(a, random(30_000_000));
        CompletionStage<Path> fetch = b.direct().fetch(blob, List.of(a.machine()), bytes -> {});
        b.direct().close();
        assertThat(failure(fetch).code()).isEqualTo("CLOSED");
    }
}
