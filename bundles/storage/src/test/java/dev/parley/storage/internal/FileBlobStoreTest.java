package dev.parley.storage.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.storage.api.Hash;
import dev.parley.storage.api.PartialBlob;
import dev.parley.storage.api.StorageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileBlobStoreTest {
    @TempDir private Path dir;

    private final byte[] content = new byte[PartialBlob.CHUNK_BYTES * 2 + 100];

    FileBlobStoreTest() {
        new Random(1).nextBytes(content);
    }

    private byte[] chunk(int n) {
        int at = n * PartialBlob.CHUNK_BYTES;
        return Arrays.copyOfRange(
                content, at, Math.min(content.length, at + PartialBlob.CHUNK_BYTES));
    }

    @Test
    void chunksArriveInAnyOrderAndAcrossRestarts() throws Exception {
        Hash hash = Hash.sha256(content);
        try (PartialBlob blob = new FileBlobStore(dir).partial(hash, content.length)) {
            blob.write(2, chunk(2));
            blob.write(0, chunk(0));
        }
        FileBlobStore store = new FileBlobStore(dir);
        PartialBlob blob = store.partial(hash, content.length);
        assertThat(blob.present().toString()).isEqualTo("{0, 2}");
        blob.write(1, chunk(1));
        Path path = blob.commit();
        assertThat(Files.readAllBytes(path)).isEqualTo(content);
        assertThat(store.path(hash)).contains(path);
    }

    @Test
    void aWrongChunkIsFoundOutAtTheEndAndNothingRemains() throws Exception {
        FileBlobStore store = new FileBlobStore(dir);
        PartialBlob blob = store.partial(Hash.sha256(content), content.length);
        byte[] bad = chunk(1);
        bad[5] ^= 1;
        blob.write(0, chunk(0));
        blob.write(1, bad);
        blob.write(2, chunk(2));
        assertThatThrownBy(blob::commit)
                .isInstanceOfSatisfying(
                        StorageException.class,
                        e ->
                                assertThat(e.reason())
                                        .isEqualTo(StorageException.Reason.HASH_MISMATCH));
        try (Stream<Path> files = Files.walk(dir)) {
            assertThat(files.filter(Files::isRegularFile)).isEmpty();
        }
    }
}
