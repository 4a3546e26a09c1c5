package dev.parley.stores.internal;

import static dev.parley.stores.internal.Nodes.await;
import static dev.parley.stores.internal.Nodes.connect;
import static dev.parley.stores.internal.Nodes.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.api.SignedChange;
import dev.parley.crdt.api.Snapshot;
import dev.parley.crdt.api.StoreInfo;
import dev.parley.direct.api.Caller;
import dev.parley.direct.api.RequestException;
import dev.parley.direct.api.RequestHandler;
import dev.parley.stores.api.Compaction;
import dev.parley.stores.api.StoreLink;
import dev.parley.stores.api.StoreStatus;
import dev.parley.stores.internal.Nodes.Node;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A newcomer begins with a text's state and gets the ids of its 20,000 changes later. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class IdsBehindTest {
    private static final Path TEXT = Path.ROOT.at("text", ObjectType.TEXT);
    private static final Path NOTE = Path.ROOT.at("note", ObjectType.REGISTER);
    private static final int CHANGES = 20_000;
    private static final long THEN = 1_760_000_000_000L;

    @TempDir private java.nio.file.Path dir;
    private Nodes nodes = new Nodes(java.nio.file.Path.of("."));
    private Node alice;
    private Node bob;
    private Served served;
    private Replica replica;
    private StoreInfo info;

    /** Answers as a container that has compacted, and gives ids away as long as it may. */
    private static final class Served implements RequestHandler {
        private final CheckpointFile file;
        private final byte[] bytes;
        private final int beginning;
        private volatile SignedChange above;
        private volatile int idsLeft;
        private volatile boolean lies;

        /** By how much its file is longer before the ids than the one that was given. */
        private volatile int longer;

        volatile int beginningGiven;
        volatile int idsGiven;

        Served(CheckpointFile file, int idsApart, SignedChange above) {
            this.file = file;
            this.bytes = file.encode();
            this.beginning = bytes.length - idsApart;
            this.above = above;
        }

        @Override
        public String method() {
            return SyncServer.METHOD;
        }

        @Override
        public CompletionStage<byte[]> handle(Caller caller, byte[] body) {
            try {
                SyncMessage question = SyncMessage.decode(body);
                if (question instanceof SyncMessage.Compare) {
                    return answer(
                            new SyncMessage.Compared(List.of(SyncMessage.Comparison.DIFFERENT)));
                } else if (question instanceof SyncMessage.Pull it) {
                    return answer(
                            it.summary().tips().isEmpty()
                                    ? new SyncMessage.Checkpointed(
                                            file.checkpoint(), file.approvals(), bytes.length)
                                    : new SyncMessage.Batch(false, List.of(above)));
                } else if (question instanceof SyncMessage.AskPart it) {
                    return part(it.offset());
                }
                return CompletableFuture.failedStage(new RequestException("MALFORMED", "no"));
            } catch (dev.parley.wire.api.MalformedException e) {
                return CompletableFuture.failedStage(new RequestException("MALFORMED", "no"));
            }
        }

        private CompletionStage<byte[]> part(int asked) {
            if (asked >= bytes.length + longer) {
                return CompletableFuture.failedStage(new RequestException("MALFORMED", "no"));
            }
            int offset = Math.max(0, asked - longer);
            boolean isIds = offset >= beginning;
            int most =
                    isIds
                            ? Math.min(SyncMessage.MAX_IDS_BYTES, bytes.length - offset)
                            : Math.min(SyncMessage.MAX_PIECE_BYTES, beginning - offset);
            if (isIds && idsLeft < most) {
                return CompletableFuture.failedStage(new RequestException("BUSY", "later"));
            }
            byte[] part = Arrays.copyOfRange(bytes, offset, offset + most);
            if (isIds) {
                idsLeft -= most;
                idsGiven += most;
                part[0] ^= (byte) (lies ? 1 : 0);
            } else {
                beginningGiven += most;
            }
            return answer(new SyncMessage.Part(bytes.length + longer, beginning + longer, part));
        }

        private static CompletionStage<byte[]> answer(SyncMessage message) {
            return CompletableFuture.completedStage(message.encode());
        }
    }

    @BeforeEach
    void open() throws Exception {
        nodes = new Nodes(dir);
        alice = nodes.up("alice");
        bob = nodes.up("bob");
        info = get(alice.stores().create("text", StoreInfo.Mode.OPEN, false));
        replica = Replica.create(info);
        Replica early = Replica.create(info);
        for (int i = 0; i < CHANGES; i++) {
            int at = i;
            SignedChange made =
                    replica.transact(
                            alice.agent(),
                            THEN + at,
                            id -> new byte[0],
                            it -> it.text(TEXT).insert(at, "x"));
            if (i < CHANGES / 2) {
                early.receive(made, THEN);
            }
        }
        Snapshot snapshot = replica.snapshot(replica.heads(""), false);
        SignedChange late =
                early.transact(
                        bob.agent(),
                        THEN,
                        id ->
                                ChangeSeal.encode(
                                        Optional.of(bob.identity().agentKey()),
                                        bob.identity().signAsAgent(ChangeSeal.CONTEXT, id.bytes())),
                        it -> it.set(NOTE, Scalar.of("from half way")));
        Seal seal =
                Seal.of(
                        alice.identity(),
                        CheckpointFile.CONTEXT,
                        snapshot.checkpoint().id().bytes());
        CheckpointFile file =
                new CheckpointFile(
                        snapshot.checkpoint(), List.of(seal), List.of(), snapshot.file());
        served = new Served(file, snapshot.idsApart().length, late);
        alice.direct().addHandler(served);
        nodes.down(bob);
        bob = nodes.up("carol");
        connect(bob, alice);
        get(bob.stores().join(StoreLink.of(info)));
        await(20, () -> status().changes() == CHANGES && status().waiting() == 1);
    }

    @AfterEach
    void close() throws Exception {
        nodes.close();
    }

    private StoreStatus status() throws Exception {
        return get(bob.stores().list()).get(0);
    }

    private int length() throws Exception {
        return get(bob.stores().read(info.id(), view -> view.state().textLength(TEXT)));
    }

    private Optional<Scalar> note() throws Exception {
        return get(bob.stores().read(info.id(), view -> view.state().register(NOTE)));
    }

    private void restart() throws Exception {
        nodes.down(bob);
        await(10, () -> alice.network().peers().isEmpty());
        bob = nodes.up("carol");
    }

    private void reconnect() throws Exception {
        for (var peer : bob.network().peers()) {
            peer.disconnect("a test");
        }
        await(10, () -> bob.network().peers().isEmpty() && alice.network().peers().isEmpty());
        connect(bob, alice);
    }

    private List<String> files(String folder) throws Exception {
        try (Stream<java.nio.file.Path> files = Files.walk(dir.resolve("carol").resolve(folder))) {
            return files.filter(Files::isRegularFile)
                    .map(it -> it.getFileName().toString())
                    .toList();
        } catch (UncheckedIOException e) {
            // One of them went meanwhile.
            return files(folder);
        }
    }

    private long partialBytes() throws Exception {
        long bytes = 0;
        for (String name : files("partial")) {
            java.nio.file.Path file = dir.resolve("carol").resolve("partial").resolve(name);
            bytes += name.endsWith(".map") ? 0 : Files.size(file);
        }
        return bytes;
    }

    @Test
    void theStateIsThereAtOnceAndTheIdsComeInPartsOverARestart() throws Exception {
        int ids = (CHANGES - 2) * Id.BYTES;
        assertThat(served.beginningGiven).isLessThan(20_000);
        assertThat(served.idsGiven).isZero();
        assertThat(length()).isEqualTo(CHANGES);
        assertThat(note()).isEmpty();
        assertThat(status().obstacle()).contains("ids of 19998 older changes");
        // It works, and says what it cannot do yet.
        get(bob.stores().write(info.id(), it -> it.text(TEXT).insert(0, "mine ")));
        Compaction compaction = get(bob.stores().compact(info.id()));
        assertThat(compaction.done()).isFalse();
        assertThat(compaction.why()).contains("ids");
        int logged = get(bob.stores().read(info.id(), view -> view.log(10).size()));
        assertThat(logged).isEqualTo(1);
        restart();
        assertThat(status().damage()).isEmpty();
        assertThat(length()).isEqualTo(CHANGES + 5);
        served.idsLeft = 2 * SyncMessage.MAX_IDS_BYTES;
        connect(bob, alice);
        await(20, () -> partialBytes() == 2 * SyncMessage.MAX_IDS_BYTES);
        restart();
        assertThat(status().obstacle()).contains("ids of");
        served.idsLeft = 10 * SyncMessage.MAX_IDS_BYTES;
        connect(bob, alice);
        await(20, () -> status().obstacle().isEmpty());
        // None of them was asked for twice.
        assertThat(served.idsGiven).isEqualTo(ids);
        await(20, () -> note().equals(Optional.of(Scalar.of("from half way"))));
        assertThat(status().waiting()).isZero();
        assertThat(status().changes()).isEqualTo(CHANGES + 2);
        assertThat(files("partial")).isEmpty();
        restart();
        assertThat(status().damage()).isEmpty();
        assertThat(note()).contains(Scalar.of("from half way"));
        assertThat(length()).isEqualTo(CHANGES + 5);
        assertThat(files("blobs")).hasSizeLessThanOrEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1984, 1984})
    void theyComeFromWhoHasOtherKeysInItsFileToo(int longer) throws Exception {
        served.longer = longer;
        served.idsLeft = 2 * CHANGES * Id.BYTES;
        reconnect();
        await(20, () -> status().obstacle().isEmpty());
        await(20, () -> note().equals(Optional.of(Scalar.of("from half way"))));
    }

    private boolean comesAfterConnecting() throws Exception {
        reconnect();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        while (System.nanoTime() < end && !status().obstacle().isEmpty()) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        return status().obstacle().isEmpty();
    }

    @Test
    void otherIdsThanTheSnapshotNamesAreNotTaken() throws Exception {
        served.lies = true;
        // More than there are: a part that was asked for before may be asked for again.
        served.idsLeft = 10 * CHANGES * Id.BYTES;
        reconnect();
        await(20, () -> served.idsGiven >= (CHANGES - 2) * Id.BYTES);
        assertThat(status().obstacle()).contains("ids of");
        served.lies = false;
        // A part that was given before may still be on its way, and spoils what comes beside it.
        await(60, this::comesAfterConnecting);
        assertThat(status().damage()).isEmpty();
    }

    @Test
    void whoLeavesMeanwhileLeavesNoFile() throws Exception {
        served.idsLeft = SyncMessage.MAX_IDS_BYTES;
        reconnect();
        await(20, () -> served.idsGiven > 0 && !files("partial").isEmpty());
        served.idsLeft = 0;
        get(bob.stores().leave(info.id()));
        await(20, () -> files("partial").isEmpty() && files("blobs").isEmpty());
    }
}
