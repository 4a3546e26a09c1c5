package dev.parley.stores.internal;

import static dev.parley.stores.internal.Nodes.await;
import static dev.parley.stores.internal.Nodes.connect;
import static dev.parley.stores.internal.Nodes.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.StoreInfo;
import dev.parley.stores.api.StoreException;
import dev.parley.stores.api.StoreException.Code;
import dev.parley.stores.api.StoreLink;
import dev.parley.stores.api.StoreStatus;
import dev.parley.stores.internal.Nodes.Node;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A disk that changes a byte of a log must not make its agent number its changes anew. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DamagedLogTest {
    private static final Path COUNT = Path.ROOT.at("count", ObjectType.COUNTER);
    private static final int CHANGES = 10;

    @TempDir private java.nio.file.Path dir;
    private Nodes nodes = new Nodes(java.nio.file.Path.of("."));
    private Node bob;
    private StoreInfo info;

    /** Alice wrote, and bob has it all; alice is down. */
    @BeforeEach
    void written() throws Exception {
        nodes = new Nodes(dir);
        Node alice = nodes.up("alice");
        bob = nodes.up("bob");
        info = get(alice.stores().create("notes", StoreInfo.Mode.OPEN, false));
        get(bob.stores().join(StoreLink.of(info)));
        for (int i = 0; i < CHANGES; i++) {
            count(alice);
        }
        connect(bob, alice);
        await(10, () -> counted(bob) == CHANGES);
        nodes.down(alice);
    }

    @AfterEach
    void close() throws Exception {
        nodes.close();
    }

    private Id count(Node node) throws Exception {
        return get(node.stores().write(info.id(), it -> it.increment(COUNT, 1)));
    }

    private long counted(Node node) throws Exception {
        return get(node.stores().read(info.id(), view -> view.state().counter(COUNT)));
    }

    private static StoreStatus status(Node node) throws Exception {
        return get(node.stores().list()).get(0);
    }

    private void refused(Node node, Code code) {
        assertThatThrownBy(() -> count(node))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private java.nio.file.Path segment() {
        return dir.resolve("alice/log").resolve(info.id().hex()).resolve("000000000001.seg");
    }

    /** Changes a byte of a record, by its number from 0. */
    private void damage(int record) throws IOException {
        byte[] log = Files.readAllBytes(segment());
        int at = 0;
        for (int i = 0; i < record; i++) {
            at += 8 + ByteBuffer.wrap(log).getInt(at);
        }
        log[at + 100] ^= 1;
        Files.write(segment(), log);
    }

    /** After a damage she gets all of it back before she writes, and nobody sees a fork. */
    private void comesBackWithoutAFork(Node alice, int before) throws Exception {
        assertThat(counted(alice)).isEqualTo(before);
        refused(alice, Code.NOT_SYNCED);
        connect(bob, alice);
        await(10, () -> counted(alice) == CHANGES);
        await(10, () -> !alice.network().peers().isEmpty() && isWritten(alice));
        await(10, () -> counted(bob) == CHANGES + 1);
        assertThat(status(bob).forked()).isEmpty();
        assertThat(status(alice).forked()).isEmpty();
        nodes.down(alice);
        Node again = nodes.up("alice");
        assertThat(counted(again)).isEqualTo(CHANGES + 1);
        count(again);
        assertThat(status(again).forked()).isEmpty();
        List<Id> heads = status(again).heads();
        connect(bob, again);
        await(10, () -> status(bob).heads().equals(heads));
        assertThat(status(bob).forked()).isEmpty();
    }

    private boolean isWritten(Node alice) throws Exception {
        try {
            count(alice);
            return true;
        } catch (StoreException e) {
            assertThat(e.code()).isEqualTo(Code.NOT_SYNCED);
            return false;
        }
    }

    @Test
    void whatWasWrittenBehindTheDamageComesBackBeforeAnythingIsWritten() throws Exception {
        damage(4);
        comesBackWithoutAFork(nodes.up("alice"), 4);
    }

    @Test
    void thatIsStillSoAfterAnotherStart() throws Exception {
        damage(4);
        nodes.down(nodes.up("alice"));
        comesBackWithoutAFork(nodes.up("alice"), 4);
    }

    @Test
    void whoLeavesAStoreThatCannotBeOpenedGetsItsOwnBackToo() throws Exception {
        damage(4);
        Files.createFile(segment().resolveSibling("000000000002.seg"));
        Node alice = nodes.up("alice");
        assertThat(status(alice).damage()).contains("damaged record", "join it again");
        refused(alice, Code.DISK);
        get(alice.stores().leave(info.id()));
        get(alice.stores().join(StoreLink.of(info)));
        comesBackWithoutAFork(alice, 0);
    }
}
