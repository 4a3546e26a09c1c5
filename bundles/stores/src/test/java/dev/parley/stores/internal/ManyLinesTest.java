package dev.parley.stores.internal;

import static dev.parley.stores.internal.Nodes.await;
import static dev.parley.stores.internal.Nodes.connect;
import static dev.parley.stores.internal.Nodes.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.StoreInfo;
import dev.parley.crdt.api.Summary;
import dev.parley.direct.api.Caller;
import dev.parley.direct.api.RequestHandler;
import dev.parley.stores.api.StoreLink;
import dev.parley.stores.internal.Nodes.Node;
import dev.parley.wire.api.MalformedException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Stores with more lines than a summary can name ({@code 0011-store-sync}). */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ManyLinesTest {
    private static final Path COUNT = Path.ROOT.at("count", ObjectType.COUNTER);

    /** Some 25 lines. */
    private static final Limits FEW = new Limits(4096, 2_000);

    private static final int LINES = 120;

    @TempDir private java.nio.file.Path dir;
    private Nodes nodes = new Nodes(java.nio.file.Path.of("."));

    @AfterEach
    void close() throws Exception {
        nodes.close();
    }

    /** Answers as the room does, and keeps what it was asked and how much it gave. */
    private static final class Recording implements RequestHandler {
        private final RequestHandler room;
        private final List<Summary> summaries = new CopyOnWriteArrayList<>();
        private final AtomicInteger given = new AtomicInteger();

        Recording(Node node) {
            room = node.stores().handler();
            node.direct().addHandler(this);
        }

        @Override
        public String method() {
            return room.method();
        }

        @Override
        public CompletionStage<byte[]> handle(Caller caller, byte[] body) {
            if (read(body) instanceof SyncMessage.Pull pull) {
                summaries.add(pull.summary());
            }
            return room.handle(caller, body)
                    .thenApply(
                            answer -> {
                                if (read(answer) instanceof SyncMessage.Batch batch) {
                                    given.addAndGet(batch.changes().size());
                                }
                                return answer;
                            });
        }

        private static SyncMessage read(byte[] bytes) {
            try {
                return SyncMessage.decode(bytes);
            } catch (MalformedException e) {
                throw new AssertionError(e);
            }
        }
    }

    private static void commit(Node node, Id store, String branch) throws Exception {
        get(node.stores().commit(store, branch, "", it -> it.increment(COUNT, 1)));
    }

    private static void commit(Node node, Id store, int from, int to) throws Exception {
        List<CompletionStage<Id>> all = new ArrayList<>();
        for (int i = from; i < to; i++) {
            all.add(node.stores().commit(store, "b" + i, "", it -> it.increment(COUNT, 1)));
        }
        for (CompletionStage<Id> each : all) {
            get(each);
        }
    }

    private static Set<Id> heads(Node node) throws Exception {
        return new HashSet<>(get(node.stores().list()).get(0).heads());
    }

    @Test
    void whatIsMissedOnBothSidesArrivesThoughTheSummariesCannotNameAllThatIsThere()
            throws Exception {
        nodes = new Nodes(dir);
        Node alice = nodes.up("alice", FEW);
        StoreInfo info = get(alice.stores().create("lines", StoreInfo.Mode.OPEN, false));
        Id store = info.id();
        commit(alice, store, "");
        commit(alice, store, 0, LINES);
        Node bob = nodes.up("bob", FEW);
        connect(bob, alice);
        get(bob.stores().join(StoreLink.of(info)));
        await(30, () -> heads(bob).equals(heads(alice)));
        nodes.down(alice);
        await(20, () -> bob.network().peers().isEmpty());

        commit(bob, store, "");
        commit(bob, store, LINES, LINES + 20);
        Node again = nodes.up("alice", FEW);
        commit(again, store, "b3");
        commit(again, store, "b100");
        commit(again, store, LINES + 20, LINES + 40);
        assertThat(heads(again)).isNotEqualTo(heads(bob));
        Recording ofAlice = new Recording(again);
        Recording ofBob = new Recording(bob);
        connect(again, bob);
        await(30, () -> heads(bob).equals(heads(again)));

        assertThat(get(bob.stores().list()).get(0).changes()).isEqualTo(1 + LINES + 21 + 22);
        assertThat(get(again.stores().list()).get(0).changes()).isEqualTo(1 + LINES + 21 + 22);
        for (Recording each : List.of(ofAlice, ofBob)) {
            assertThat(each.summaries).isNotEmpty();
            for (Summary summary : each.summaries) {
                assertThat(summary.encode().length).isLessThanOrEqualTo(FEW.summaryBytes());
                assertThat(summary.tips()).hasSizeBetween(10, LINES / 2);
            }
            // What no summary named may be given again, once for each; what was written last may
            // have come as gossip.
            assertThat(each.given.get()).isLessThanOrEqualTo(each.summaries.size() * (LINES + 50));
        }
    }

    @Test
    void aLineThatBuildsOnAllOthersSaysSoForThem() throws Exception {
        nodes = new Nodes(dir);
        Node alice = nodes.up("alice", FEW);
        StoreInfo info = get(alice.stores().create("lines", StoreInfo.Mode.OPEN, false));
        Id store = info.id();
        commit(alice, store, "");
        commit(alice, store, 0, LINES);
        for (int i = 0; i < LINES; i++) {
            get(alice.stores().merge(store, "b" + i, "", ""));
        }
        Node bob = nodes.up("bob", FEW);
        connect(bob, alice);
        get(bob.stores().join(StoreLink.of(info)));
        await(30, () -> heads(bob).equals(heads(alice)));
        nodes.down(alice);
        await(20, () -> bob.network().peers().isEmpty());
        Node again = nodes.up("alice", FEW);
        commit(again, store, "");
        Recording ofAlice = new Recording(again);
        connect(again, bob);
        await(30, () -> heads(bob).equals(heads(again)));
        assertThat(ofAlice.summaries).isNotEmpty();
        assertThat(ofAlice.given.get()).isLessThanOrEqualTo(ofAlice.summaries.size());
    }
}
