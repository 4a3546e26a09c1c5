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
import dev.parley.stores.api.StoreException.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Of two stores the disk fails for one. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FailingDiskTest {
    private static final Path COUNT = Path.ROOT.at("count", ObjectType.COUNTER);

    @TempDir private java.nio.file.Path dir;

    private static Id write(StoresComponent stores, Id store) throws Exception {
        return get(stores.write(store, it -> it.increment(COUNT, 1)));
    }

    private static long counted(StoresComponent stores, Id store) throws Exception {
        return get(stores.read(store, view -> view.state().counter(COUNT)));
    }

    private List<String> logs() throws IOException {
        try (Stream<java.nio.file.Path> logs = Files.list(dir.resolve("log"))) {
            return logs.map(it -> it.getFileName().toString()).toList();
        }
    }

    private StorageComponent storage;
    private CountingStorage disk;
    private StoresComponent stores;
    private Id bad;
    private Id good;

    @BeforeEach
    void fail() throws Exception {
        storage = new StorageComponent(dir);
        disk = new CountingStorage(storage);
        stores = Offline.open(dir, disk);
        bad = get(stores.create("bad", StoreInfo.Mode.OPEN, false)).id();
        good = get(stores.create("good", StoreInfo.Mode.OPEN, false)).id();
        write(stores, bad);
        disk.failing = bad.hex();
        assertThatThrownBy(() -> write(stores, bad))
                .hasMessageContaining("before the container is started again: the disk fails")
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.code()).isEqualTo(Code.DISK));
    }

    @Test
    void theOtherOneIsWrittenAndClosedAndBothAreThereAfterwards() throws Exception {
        write(stores, good);
        stores.close();
        StoresComponent again = Offline.open(dir, storage);
        write(again, bad);
        assertThat(counted(again, bad)).isEqualTo(2);
        assertThat(counted(again, good)).isEqualTo(1);
        assertThat(get(again.list())).allMatch(it -> it.forked().isEmpty());
        again.close();
        storage.close();
    }

    @Test
    void itCanBeLeftAndIsGone() throws Exception {
        get(stores.leave(bad));
        assertThat(logs()).containsExactly(good.hex());
        write(stores, good);
        stores.close();
        storage.close();
    }
}
