package dev.parley.groups.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.groups.api.GroupId;
import dev.parley.storage.internal.StorageComponent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VaultTest {
    private static final GroupId GROUP = GroupId.of(new byte[32]);

    @TempDir private Path dir;

    private static Map<String, Optional<byte[]>> change(String key, String value) {
        return Map.of(key, Optional.of(value.getBytes(StandardCharsets.US_ASCII)));
    }

    private boolean onDisk(String secret) throws IOException {
        try (Stream<Path> files = Files.walk(dir)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String text = Files.readString(file, StandardCharsets.ISO_8859_1);
                if (text.contains(secret)) {
                    return true;
                }
            }
        }
        return false;
    }

    @Test
    void whatIsDeletedLeavesTheDiskWhenTheLogIsWrittenAnew() throws Exception {
        StorageComponent storage = new StorageComponent(dir);
        Vault vault = Vault.open(storage, storage.keyValue("groups"), GROUP, new TreeMap<>());
        vault.write(change("n/1", "a-secret-to-forget"));
        vault.write(change("n/2", "a-secret-to-keep"));
        vault.write(Map.of("n/1", Optional.empty()));
        assertThat(vault.deleted()).isTrue();
        assertThat(onDisk("a-secret-to-forget")).isTrue();
        vault.rewrite();
        assertThat(onDisk("a-secret-to-forget")).isFalse();
        assertThat(onDisk("a-secret-to-keep")).isTrue();
        vault.write(change("n/3", "written later"));
        vault.rewrite();
        vault.close();
        storage.close();

        StorageComponent again = new StorageComponent(dir);
        Map<String, byte[]> values = new TreeMap<>();
        Vault opened = Vault.open(again, again.keyValue("groups"), GROUP, values);
        assertThat(values.keySet()).containsExactly("n/2", "n/3");
        assertThat(opened.read("n/3").map(it -> new String(it, StandardCharsets.US_ASCII)))
                .contains("written later");
        assertThat(opened.keys("n/2", "n/")).isEqualTo(List.of("n/3"));
        opened.delete();
        assertThat(onDisk("a-secret-to-keep")).isFalse();
        again.close();
    }

    @Test
    void aLogThatWasWrittenAnewAndNotYetNamedIsForgotten() throws Exception {
        StorageComponent storage = new StorageComponent(dir);
        Vault vault = Vault.open(storage, storage.keyValue("groups"), GROUP, new TreeMap<>());
        vault.write(change("n/1", "one"));
        vault.close();
        // A crash between writing the next log and naming it.
        storage.log("group-" + GROUP.hex().substring(0, 40) + "-2", (place, record) -> {}).close();
        storage.close();
        StorageComponent again = new StorageComponent(dir);
        Map<String, byte[]> values = new TreeMap<>();
        Vault opened = Vault.open(again, again.keyValue("groups"), GROUP, values);
        assertThat(values.keySet()).containsExactly("n/1");
        opened.rewrite();
        assertThat(opened.read("n/1")).isPresent();
        opened.close();
        again.close();
    }
}
