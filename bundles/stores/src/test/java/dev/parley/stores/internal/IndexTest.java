package dev.parley.stores.internal;

import static dev.parley.stores.internal.Nodes.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.StoreInfo;
import dev.parley.storage.internal.StorageComponent;
import dev.parley.stores.api.StoreException;
import dev.parley.stores.api.StoreStatus;
import dev.parley.trust.nodes.ChildProcess;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A start with an index, without one, and with a wrong one. */
class IndexTest {
    private static final Path COUNT = Path.ROOT.at("count", ObjectType.COUNTER);
    private static final int CHANGES = 300;

    @TempDir private java.nio.file.Path dir;

    /** Each is a change of its own. */
    private static void count(StoresComponent stores, Id store, int times) throws Exception {
        for (int i = 0; i < times; i++) {
            get(stores.write(store, it -> it.increment(COUNT, 1)));
        }
    }

    private static long counted(StoresComponent stores, Id store) throws Exception {
        return get(stores.read(store, view -> view.state().counter(COUNT)));
    }

    private Id made() throws Exception {
        StorageComponent storage = new StorageComponent(dir);
        StoresComponent stores = Offline.open(dir, storage, 64);
        Id store = get(stores.create("indexed", StoreInfo.Mode.OPEN, false)).id();
        count(stores, store, CHANGES);
        get(stores.commit(store, "draft", "", it -> it.increment(COUNT, 1000)));
        stores.close();
        storage.close();
        return store;
    }

    private static List<java.nio.file.Path> files(java.nio.file.Path folder) throws IOException {
        try (Stream<java.nio.file.Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    /** Opens, looks and writes; says how often the log was read to open it. */
    private int open(Id store, long expected) throws Exception {
        StorageComponent storage = new StorageComponent(dir);
        CountingStorage counting = new CountingStorage(storage);
        StoresComponent stores = Offline.open(dir, counting, 64);
        StoreStatus status = get(stores.list()).get(0);
        int reads = counting.reads.get();
        assertThat(status.damage()).isEmpty();
        assertThat(status.forked()).isEmpty();
        assertThat(counted(stores, store)).isEqualTo(expected);
        if (expected == CHANGES) {
            long drafted = get(stores.read(store, view -> view.state("draft").counter(COUNT)));
            assertThat(drafted).isEqualTo(CHANGES + 1000);
        }
        count(stores, store, 1);
        assertThat(get(stores.list()).get(0).forked()).isEmpty();
        stores.close();
        storage.close();
        return reads;
    }

    @Test
    void aStartReadsWhatCameAfterTheIndexOnly() throws Exception {
        Id store = made();
        assertThat(files(dir.resolve("blobs"))).hasSize(1);
        assertThat(open(store, CHANGES)).isLessThan(80);
        assertThat(files(dir.resolve("blobs"))).hasSize(1);
    }

    @Test
    void withoutAnIndexAllIsRead() throws Exception {
        Id store = made();
        for (java.nio.file.Path file : files(dir.resolve("blobs"))) {
            Files.delete(file);
        }
        assertThat(open(store, CHANGES)).isGreaterThanOrEqualTo(CHANGES);
        assertThat(open(store, CHANGES + 1)).isLessThan(80);
    }

    @Test
    void anIndexThatWasOfNoUseIsNotTakenForOneOfWhatTheLogBecomes() throws Exception {
        Id store = made();
        java.nio.file.Path segment = files(dir.resolve("log").resolve(store.hex())).get(0);
        try (FileChannel file = FileChannel.open(segment, StandardOpenOption.WRITE)) {
            file.truncate(file.size() / 2);
        }
        StorageComponent storage = new StorageComponent(dir);
        StoresComponent stores = Offline.open(dir, storage, 4096);
        get(stores.list());
        assertThat(files(dir.resolve("blobs"))).isEmpty();
        stores.close();
        storage.close();
    }

    @Test
    void aTornIndexIsNotBelieved() throws Exception {
        Id store = made();
        java.nio.file.Path index = files(dir.resolve("blobs")).get(0);
        try (FileChannel file = FileChannel.open(index, StandardOpenOption.WRITE)) {
            file.truncate(file.size() - 7);
        }
        assertThat(open(store, CHANGES)).isGreaterThanOrEqualTo(CHANGES);
    }

    @Test
    void anIndexWithAnotherByteIsNotBelieved() throws Exception {
        Id store = made();
        java.nio.file.Path index = files(dir.resolve("blobs")).get(0);
        byte[] bytes = Files.readAllBytes(index);
        bytes[bytes.length / 2] ^= 1;
        Files.write(index, bytes);
        assertThat(open(store, CHANGES)).isGreaterThanOrEqualTo(CHANGES);
    }

    @Test
    void anIndexOfMoreThanTheLogHasIsNotBelieved() throws Exception {
        Id store = made();
        java.nio.file.Path segment = files(dir.resolve("log").resolve(store.hex())).get(0);
        try (FileChannel file = FileChannel.open(segment, StandardOpenOption.WRITE)) {
            file.truncate(file.size() / 2);
        }
        StorageComponent storage = new StorageComponent(dir);
        StoresComponent stores = Offline.open(dir, storage);
        StoreStatus status = get(stores.list()).get(0);
        assertThat(status.damage()).isEmpty();
        assertThat(counted(stores, store)).isEqualTo(status.changes()).isBetween(100L, 200L);
        // What the log has lost may have been given to others, and must not be numbered anew.
        assertThatThrownBy(() -> count(stores, store, 1))
                .isInstanceOfSatisfying(
                        StoreException.class,
                        e -> assertThat(e.code()).isEqualTo(StoreException.Code.NOT_SYNCED));
        stores.close();
        storage.close();
    }

    @Test
    void leavingRemovesTheIndexToo() throws Exception {
        Id store = made();
        StorageComponent storage = new StorageComponent(dir);
        StoresComponent stores = Offline.open(dir, storage, 64);
        get(stores.leave(store));
        assertThat(files(dir.resolve("blobs"))).isEmpty();
        assertThat(files(dir.resolve("log"))).isEmpty();
        stores.close();
        storage.close();
    }

    /** The child: writes until a step that it must not live to see. */
    public static void main(String[] words) throws Exception {
        java.nio.file.Path dir = java.nio.file.Path.of(words[0]);
        CountingStorage storage =
                new CountingStorage(new StorageComponent(dir), Integer.parseInt(words[1]));
        StoresComponent stores = Offline.open(dir, storage, 16);
        Id store = get(stores.find("killed")).id();
        for (int i = 0; i < 1000; i++) {
            get(stores.write(store, it -> it.increment(COUNT, 1)));
            System.out.println(i);
        }
    }

    @Test
    @Timeout(300)
    void aKillBetweenAnyTwoStepsOfAnIndexLosesNothingAndLeavesNoFile() throws Exception {
        StorageComponent first = new StorageComponent(dir);
        StoresComponent made = Offline.open(dir, first);
        Id store = get(made.create("killed", StoreInfo.Mode.OPEN, false)).id();
        made.close();
        first.close();
        long counted = 0;
        for (int last = 1; last <= 9; last++) {
            java.nio.file.Path said = dir.resolve("said");
            Process child =
                    ChildProcess.of(IndexTest.class, dir, last)
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .redirectOutput(said.toFile())
                            .start();
            assertThat(child.waitFor()).as("after step %d", last).isEqualTo(9);
            counted += Files.readAllLines(said).size();
            StorageComponent storage = new StorageComponent(dir);
            StoresComponent stores = Offline.open(dir, storage);
            StoreStatus status = get(stores.list()).get(0);
            assertThat(status.damage()).isEmpty();
            assertThat(status.forked()).isEmpty();
            assertThat(counted(stores, store)).isBetween(counted, counted + last);
            counted = counted(stores, store);
            assertThat(files(dir.resolve("blobs"))).as("after step %d", last).hasSizeLessThan(2);
            stores.close();
            storage.close();
        }
        assertThat(counted).isGreaterThan(100);
    }
}
