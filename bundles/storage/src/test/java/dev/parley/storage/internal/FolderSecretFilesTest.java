package dev.parley.storage.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.storage.api.SecretFiles;
import dev.parley.storage.api.StorageException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderSecretFilesTest {
    private static final byte[] SECRET = "not for everybody".getBytes(StandardCharsets.US_ASCII);

    @TempDir private Path dir;

    private SecretFiles open() throws Exception {
        return new StorageComponent(dir).secrets("room");
    }

    @Test
    void aSecretIsKeptForItsOwnerOnlyUntilItIsDestroyed() throws Exception {
        SecretFiles secrets = open();
        assertThat(secrets.all()).isEmpty();
        secrets.put("one", SECRET);
        assertThatThrownBy(() -> secrets.put("one", new byte[] {1}))
                .isInstanceOf(IllegalStateException.class);
        secrets.put("two", new byte[] {2});
        Path file = dir.resolve("secrets/room/one");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())))
                .isEqualTo("rwx------");
        assertThat(open().all()).containsOnlyKeys("one", "two").containsEntry("one", SECRET);
        secrets.destroy("one");
        secrets.destroy("one");
        assertThat(open().all()).containsOnlyKeys("two");
        secrets.destroyAll();
        assertThat(file.getParent()).doesNotExist();
    }

    @Test
    void whoHoldsTheFileOpenFindsZerosInIt() throws Exception {
        SecretFiles secrets = open();
        secrets.put("one", SECRET);
        try (FileChannel held = FileChannel.open(dir.resolve("secrets/room/one"))) {
            secrets.destroy("one");
            java.nio.ByteBuffer found = java.nio.ByteBuffer.allocate(SECRET.length);
            held.read(found, 0);
            assertThat(found.array()).isEqualTo(new byte[SECRET.length]);
        }
    }

    @Test
    void whatACrashLeftUnfinishedIsDestroyed() throws Exception {
        open().put("one", SECRET);
        Path left = dir.resolve("secrets/room/.new-two");
        Files.write(left, SECRET);
        assertThat(open().all()).containsOnlyKeys("one");
        assertThat(left).doesNotExist();
    }

    @Test
    void aSecretThatIsTooLongOrHasNoNameIsRefused() throws Exception {
        SecretFiles secrets = open();
        assertThatThrownBy(() -> secrets.put("one", new byte[SecretFiles.MAX_BYTES + 1]))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("4097");
        assertThatThrownBy(() -> secrets.put("../one", SECRET))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(secrets.all()).isEmpty();
    }
}
