package dev.parley.identity.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.identity.api.KeyFileException;
import dev.parley.identity.api.NetworkId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyFileTest {
    @TempDir private Path dir;

    private IdentityComponent open() throws IOException, KeyFileException {
        return new IdentityComponent(dir, new NetworkId("parley.test"), "test");
    }

    @Test
    void theIdentityIsTheSameAfterARestartAndItsFilesAreTheOwnersOnly() throws Exception {
        IdentityComponent first = open();
        IdentityComponent second = open();
        assertThat(second.agent()).isEqualTo(first.agent());
        assertThat(second.machine()).isEqualTo(first.machine());
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(dir.resolve("agent.key"))))
                .isEqualTo("rw-------");
    }

    @Test
    void aKeyFileThatOthersCanReadIsRefused() throws Exception {
        open();
        Files.setPosixFilePermissions(
                dir.resolve("agent.key"), PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(this::open)
                .isInstanceOf(KeyFileException.class)
                .hasMessageContaining("rw-r--r--")
                .hasMessageContaining("chmod 600");
    }

    @Test
    void aDamagedKeyFileIsRefusedAndNeverReplaced() throws Exception {
        open();
        Path file = dir.resolve("machine.key");
        byte[] bytes = Files.readAllBytes(file);
        bytes[20] ^= 1;
        Files.write(file, bytes);
        assertThatThrownBy(this::open)
                .isInstanceOf(KeyFileException.class)
                .hasMessageContaining("check sum");
        assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
        Files.write(file, new byte[3]);
        assertThatThrownBy(this::open)
                .isInstanceOf(KeyFileException.class)
                .hasMessageContaining("3 bytes");
    }

    @Test
    void oneKindOfKeyDoesNotPassForAnother() throws Exception {
        open();
        Files.copy(
                dir.resolve("agent.key"),
                dir.resolve("machine.key"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING,
                java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
        assertThatThrownBy(this::open)
                .isInstanceOf(KeyFileException.class)
                .hasMessageContaining("MACHINE");
    }
}
