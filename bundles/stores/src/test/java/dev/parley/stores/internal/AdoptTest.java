package dev.parley.stores.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.api.SignedChange;
import dev.parley.crdt.api.Snapshot;
import dev.parley.crdt.api.StoreInfo;
import dev.parley.identity.api.NetworkId;
import dev.parley.identity.internal.IdentityComponent;
import dev.parley.storage.api.StorageException;
import dev.parley.storage.internal.StorageComponent;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One store that begins with somebody else's checkpoint, with nobody connected. */
class AdoptTest {
    private static final Path SECRET = Path.ROOT.at("secret", ObjectType.REGISTER);
    private static final Path NOTE = Path.ROOT.at("note", ObjectType.REGISTER);
    private static final Id OTHER = Id.parse("ab".repeat(32));
    private static final long NOW = 1_760_000_000_000L;

    @TempDir private java.nio.file.Path dir;
    private IdentityComponent identity;
    private StorageComponent storage;
    private StoreInfo info;
    private Replica others;
    private OpenStore store;

    @BeforeEach
    void open() throws Exception {
        identity = new IdentityComponent(dir, new NetworkId("parley.test"), "dave");
        storage = new StorageComponent(dir);
        info = new StoreInfo("parley.test", OTHER, StoreInfo.Mode.OPEN, false, "x", new byte[16]);
        others = Replica.create(info);
        store = start();
    }

    @AfterEach
    void close() throws Exception {
        store.close();
        storage.close();
    }

    private OpenStore start() throws Exception {
        return new OpenStore(identity, storage, storage.keyValue("stores"), info, Set.of());
    }

    private SignedChange write(Replica replica, Id author, Replica.Edit edit) throws Exception {
        return replica.transact(author, NOW, id -> new byte[0], edit);
    }

    private void writeHere(String branch, String text) throws Exception {
        Id self = Id.of(identity.agent().bytes());
        SignedChange change =
                store.replica()
                        .transact(
                                self,
                                branch,
                                "",
                                NOW,
                                id -> store.sign(branch, id),
                                it -> it.set(NOTE, Scalar.of(text)));
        store.wrote(branch, change);
    }

    private CheckpointFile file() throws Exception {
        Snapshot snapshot = others.snapshot(others.heads(""), false);
        Seal seal = Seal.of(identity, CheckpointFile.CONTEXT, snapshot.checkpoint().id().bytes());
        return new CheckpointFile(snapshot.checkpoint(), List.of(seal), List.of(), snapshot.file());
    }

    private void adopt(CheckpointFile file) throws Exception {
        Rebuild rebuild = Rebuild.of(store, file);
        rebuild.prepare();
        assertThat(rebuild.finish(NOW)).isTrue();
    }

    @Test
    void whatWasNotSentIsThereAboveItAndAfterARestart() throws Exception {
        SignedChange first = write(others, OTHER, it -> it.set(SECRET, Scalar.of("old")));
        store.receive(first, NOW);
        writeHere("", "mine");
        writeHere("draft", "drafted");
        write(others, OTHER, it -> it.clear(SECRET));
        adopt(file());
        for (int i = 0; i < 2; i++) {
            assertThat(store.replica().size()).isEqualTo(4);
            assertThat(store.replica().isForgotten(store.replica().indexOf(first.id()))).isTrue();
            assertThat(store.replica().state().register(SECRET)).isEmpty();
            assertThat(store.replica().state().register(NOTE)).contains(Scalar.of("mine"));
            assertThat(store.replica().heads("draft")).hasSize(1);
            assertThat(store.replica().forks()).isEmpty();
            store.close();
            store = start();
        }
        // A branch from below the cut cannot be shown any more, and can be merged.
        SignedChange merged =
                store.replica()
                        .merge(
                                Id.of(identity.agent().bytes()),
                                "draft",
                                "",
                                "",
                                NOW,
                                id -> store.sign("", id));
        store.wrote("", merged);
        // It goes on under its own numbers, and the same once more from above the first one.
        writeHere("", "mine too");
        write(others, OTHER, it -> it.set(SECRET, Scalar.of("new")));
        write(others, OTHER, it -> it.clear(SECRET));
        adopt(file());
        assertThat(store.replica().size()).isEqualTo(8);
        assertThat(store.replica().forks()).isEmpty();
        assertThat(store.replica().state().register(NOTE)).contains(Scalar.of("mine too"));
        assertThat(store.replica().state().register(SECRET)).isEmpty();
    }

    @Test
    void whatWasWrittenAboveIdsThatAreNotHereYetIsNotGivenUp() throws Exception {
        SignedChange first = write(others, OTHER, it -> it.set(SECRET, Scalar.of("one")));
        SignedChange second = write(others, OTHER, it -> it.set(SECRET, Scalar.of("two")));
        write(others, OTHER, it -> it.set(SECRET, Scalar.of("three")));
        CheckpointFile whole = file();
        int apart = new Snapshot(whole.checkpoint(), whole.snapshot()).idsApart().length;
        assertThat(apart).isEqualTo(Id.BYTES);
        byte[] beginning = Arrays.copyOf(whole.snapshot(), whole.snapshot().length - apart);
        CheckpointFile file =
                new CheckpointFile(whole.checkpoint(), whole.approvals(), List.of(), beginning);
        Rebuild rebuild = Rebuild.of(store, file);
        rebuild.prepare();
        // Meanwhile somebody gives the history, and this agent builds on it.
        store.receive(first, NOW);
        store.receive(second, NOW);
        writeHere("", "mine");
        assertThat(rebuild.finish(NOW)).isFalse();
        assertThatThrownBy(() -> adopt(file)).isInstanceOf(MalformedException.class);
        store.close();
        store = start();
        assertThat(store.replica().state().register(NOTE)).contains(Scalar.of("mine"));
        adopt(whole);
        store.close();
        store = start();
        assertThat(store.replica().state().register(NOTE)).contains(Scalar.of("mine"));
        assertThat(store.replica().state().register(SECRET)).contains(Scalar.of("three"));
    }

    @Test
    void whoLeavesMeanwhileAndComesAgainKeepsItsFiles() throws Exception {
        write(others, OTHER, it -> it.set(SECRET, Scalar.of("one")));
        adopt(file());
        write(others, OTHER, it -> it.set(SECRET, Scalar.of("two")));
        CheckpointFile file = file();
        Rebuild left = Rebuild.of(store, file);
        left.prepare();
        store.close();
        store.delete();
        store = start();
        writeHere("", "mine");
        Rebuild next = Rebuild.of(store, file);
        next.prepare();
        assertThat(left.finish(NOW)).isFalse();
        assertThat(next.finish(NOW)).isTrue();
        store.close();
        store = start();
        assertThat(store.replica().state().register(SECRET)).contains(Scalar.of("two"));
        assertThat(store.replica().state().register(NOTE)).contains(Scalar.of("mine"));
        try (Stream<java.nio.file.Path> logs = Files.list(dir.resolve("log"))) {
            assertThat(logs).hasSize(1);
        }
    }

    @Test
    void aWorkerThatIsLateWritesNothingToAStoreThatWasOpenedAgain() throws Exception {
        write(others, OTHER, it -> it.set(SECRET, Scalar.of("one")));
        CheckpointFile file = file();
        Rebuild prepared = Rebuild.of(store, file);
        Rebuild late = Rebuild.of(store, file);
        prepared.prepare();
        store.close();
        store = start();
        assertThatThrownBy(late::prepare).isInstanceOf(StorageException.class);
        adopt(file);
        prepared.abandon();
        store.close();
        store = start();
        assertThat(store.replica().state().register(SECRET)).contains(Scalar.of("one"));
    }

    @Test
    void oneOfAnotherStoreOrBelowTheLastIsNotTaken() throws Exception {
        write(others, OTHER, it -> it.set(SECRET, Scalar.of("one")));
        CheckpointFile lower = file();
        write(others, OTHER, it -> it.set(SECRET, Scalar.of("two")));
        adopt(file());
        assertThatThrownBy(() -> adopt(lower)).isInstanceOf(MalformedException.class);
        others =
                Replica.create(
                        new StoreInfo(
                                "parley.test",
                                OTHER,
                                StoreInfo.Mode.OPEN,
                                false,
                                "y",
                                new byte[16]));
        write(others, OTHER, it -> it.set(SECRET, Scalar.of("three")));
        assertThatThrownBy(() -> adopt(file())).isInstanceOf(MalformedException.class);
        assertThat(store.damage()).isEmpty();
        assertThat(store.replica().state().register(SECRET)).contains(Scalar.of("two"));
    }

    @Test
    void whoTheLinkNamesCountsUntilTheHistorySaysMore() throws Exception {
        Id named = Id.parse("cd".repeat(32));
        assertThat(store.admins()).containsExactly(OTHER);
        store.vouched.name(List.of(named));
        writeHere("", "before anything came");
        assertThat(store.admins()).containsExactlyInAnyOrder(OTHER, named);
        store.close();
        store = start();
        assertThat(store.admins()).containsExactlyInAnyOrder(OTHER, named);
        store.receive(write(others, OTHER, it -> it.set(SECRET, Scalar.of("one"))), NOW);
        assertThat(store.admins()).containsExactly(OTHER);
        store.close();
        store = start();
        assertThat(store.admins()).containsExactly(OTHER);
    }

    @Test
    void whoTheLinkNamesCountsNoMoreAfterACheckpoint() throws Exception {
        store.vouched.name(List.of(Id.parse("cd".repeat(32))));
        write(others, Id.parse("ef".repeat(32)), it -> it.set(SECRET, Scalar.of("one")));
        adopt(file());
        assertThat(store.admins()).containsExactly(OTHER);
    }
}
