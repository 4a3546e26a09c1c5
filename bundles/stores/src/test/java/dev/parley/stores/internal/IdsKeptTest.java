package dev.parley.stores.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.IdsApart;
import dev.parley.storage.api.Hash;
import dev.parley.storage.api.PartialBlob;
import dev.parley.storage.internal.StorageComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Parts of ids that come before and after the store lacks them no more. */
class IdsKeptTest {
    private static final byte[] IDS = new byte[3 * PartialBlob.CHUNK_BYTES];
    private static final byte[] FIRST = Arrays.copyOf(IDS, PartialBlob.CHUNK_BYTES);

    static {
        new Random(1).nextBytes(IDS);
        System.arraycopy(IDS, 0, FIRST, 0, FIRST.length);
    }

    private static final IdsApart APART = new IdsApart(Id.of(Hash.sha256(IDS).bytes()), IDS.length);

    @TempDir private Path dir;
    private StorageComponent storage;
    private IdsKept kept;

    @BeforeEach
    void open() throws Exception {
        storage = new StorageComponent(dir);
        Id store = Id.parse("ab".repeat(32));
        kept = new IdsKept(new StoreFiles(storage, storage.keyValue("stores"), store));
    }

    @AfterEach
    void close() throws Exception {
        storage.close();
    }

    private List<String> files() throws Exception {
        try (Stream<Path> files = Stream.of("partial", "blobs").map(dir::resolve)) {
            return files.filter(Files::exists).flatMap(IdsKeptTest::walk).toList();
        }
    }

    private static Stream<String> walk(Path folder) {
        try {
            return Files.walk(folder).filter(Files::isRegularFile).map(Path::toString);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void whatCameIsKeptUntilAllIsThere() throws Exception {
        kept.lacks(Optional.of(APART));
        assertThat(kept.keep(APART, 0, FIRST)).contains(1);
        assertThat(files()).isNotEmpty();
        kept.lacks(Optional.of(APART));
        assertThat(kept.keep(APART, 0, new byte[0])).contains(1);
        assertThat(kept.keep(APART, 1, Arrays.copyOfRange(IDS, FIRST.length, IDS.length)))
                .isEmpty();
        assertThat(files()).hasSize(1);
    }

    @Test
    void whatWasBegunBeforeKeepsNothingAfterwards() throws Exception {
        kept.lacks(Optional.of(APART));
        kept.keep(APART, 0, FIRST);
        kept.lacks(Optional.empty());
        assertThat(files()).isEmpty();
        assertThat(kept.keep(APART, 0, FIRST)).isEmpty();
        assertThat(files()).isEmpty();
    }

    @Test
    void whatOtherIdsBroughtIsRemovedWhenItLacksThese() throws Exception {
        byte[] others = new byte[FIRST.length * 2];
        IdsApart before = new IdsApart(Id.of(Hash.sha256(others).bytes()), others.length);
        kept.lacks(Optional.of(before));
        kept.keep(before, 0, new byte[FIRST.length]);
        kept.lacks(Optional.of(APART));
        assertThat(kept.keep(before, 0, new byte[FIRST.length])).isEmpty();
        assertThat(files()).isEmpty();
        assertThat(kept.keep(APART, 0, FIRST)).contains(1);
    }
}
