package dev.parley.storage.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.storage.api.AppendLog;
import dev.parley.storage.api.StorageException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AppendLogTest {
    @TempDir private Path dir;

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void recordsComeBackInOrderAndAreReadByTheirPlace() throws Exception {
        StorageComponent storage = new StorageComponent(dir);
        AppendLog log = storage.log("book", (place, record) -> {});
        List<Long> places = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            places.add(log.append(bytes("record " + i)));
            assertThat(log.read(places.get(i / 2))).isEqualTo(bytes("record " + i / 2));
        }
        log.force();
        log.close();
        List<Long> told = new ArrayList<>();
        List<String> found = new ArrayList<>();
        AppendLog again =
                storage.log(
                        "book",
                        (place, record) -> {
                            told.add(place);
                            found.add(new String(record, StandardCharsets.UTF_8));
                        });
        assertThat(told).isEqualTo(places);
        assertThat(found).hasSize(100).startsWith("record 0").endsWith("record 99");
        again.append(bytes("more"));
        assertThat(again.read(told.get(42))).isEqualTo(bytes("record 42"));
        again.close();
    }

    @Test
    void aLogOfSeveralSegmentsIsReadAcrossThem() throws Exception {
        StorageComponent storage = new StorageComponent(dir);
        AppendLog log = storage.log("large", (place, record) -> {});
        byte[] record = new byte[3 << 20];
        new Random(1).nextBytes(record);
        List<Long> places = new ArrayList<>();
        for (int i = 0; i < 14; i++) {
            record[0] = (byte) i;
            places.add(log.append(record));
        }
        for (int i = 0; i < 14; i++) {
            assertThat(log.read(places.get(i))[0]).isEqualTo((byte) i);
        }
        log.close();
        assertThat(Files.list(dir.resolve("log/large"))).hasSizeGreaterThan(2);
        int[] count = new int[1];
        storage.log("large", (place, body) -> assertThat(body[0]).isEqualTo((byte) count[0]++))
                .close();
        assertThat(count[0]).isEqualTo(14);
    }

    @Test
    void aTornTailIsCutOff() throws Exception {
        StorageComponent storage = new StorageComponent(dir);
        AppendLog log = storage.log("torn", (place, record) -> {});
        log.append(bytes("whole"));
        log.close();
        Path segment = dir.resolve("log/torn/000000000001.seg");
        Files.write(segment, new byte[] {0, 0, 1, 0, 1, 2}, StandardOpenOption.APPEND);
        List<String> found = new ArrayList<>();
        AppendLog again =
                storage.log(
                        "torn",
                        (place, record) -> found.add(new String(record, StandardCharsets.UTF_8)));
        assertThat(found).containsExactly("whole");
        assertThat(again.read(again.append(bytes("next")))).isEqualTo(bytes("next"));
        again.close();
    }

    @Test
    void whatIsBehindDamageIsToldAndNotInTheLogAnyMore() throws Exception {
        StorageComponent storage = new StorageComponent(dir);
        AppendLog log = storage.log("rot", (place, record) -> {});
        for (int i = 0; i < 6; i++) {
            log.append(bytes("record " + i));
        }
        log.close();
        Path segment = dir.resolve("log/rot/000000000001.seg");
        byte[] whole = Files.readAllBytes(segment);
        whole[2 * 16 + 10] ^= 1;
        Files.write(segment, whole);
        List<String> found = new ArrayList<>();
        List<String> behind = new ArrayList<>();
        AppendLog.Reader reader =
                new AppendLog.Reader() {
                    @Override
                    public void record(long place, byte[] record) {
                        found.add(new String(record, StandardCharsets.UTF_8));
                    }

                    @Override
                    public void damaged(List<byte[]> after) {
                        after.forEach(it -> behind.add(new String(it, StandardCharsets.UTF_8)));
                    }
                };
        AppendLog.Reader failing =
                new AppendLog.Reader() {
                    @Override
                    public void record(long place, byte[] record) {}

                    @Override
                    public void damaged(List<byte[]> after) throws StorageException {
                        throw new StorageException(StorageException.Reason.IO, "not now");
                    }
                };
        assertThatThrownBy(() -> storage.log("rot", failing)).hasMessageContaining("not now");
        storage.log("rot", reader).close();
        assertThat(found).containsExactly("record 0", "record 1");
        assertThat(behind).containsExactly("record 3", "record 4", "record 5");
        behind.clear();
        storage.log("rot", reader).close();
        assertThat(behind).isEmpty();
    }

    @Test
    void oneOpensItAtATimeAndADeletedOneIsEmpty() throws Exception {
        StorageComponent storage = new StorageComponent(dir);
        AppendLog log = storage.log("one", (place, record) -> {});
        log.append(bytes("gone"));
        assertThatThrownBy(() -> storage.log("one", (place, record) -> {}))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> storage.deleteLog("one"))
                .isInstanceOf(IllegalStateException.class);
        log.close();
        storage.deleteLog("one");
        storage.deleteLog("one");
        storage.log(
                        "one",
                        (place, record) -> {
                            throw new AssertionError("a record is left");
                        })
                .close();
        assertThat(Files.list(dir.resolve("log"))).hasSize(1);
    }

    @Test
    void whatIsTooLongOrWhoseReaderFailsIsRefused() throws Exception {
        StorageComponent storage = new StorageComponent(dir);
        AppendLog log = storage.log("limits", (place, record) -> {});
        assertThatThrownBy(() -> log.append(new byte[0])).isInstanceOf(StorageException.class);
        assertThatThrownBy(() -> log.append(new byte[AppendLog.MAX_RECORD_BYTES + 1]))
                .isInstanceOf(StorageException.class);
        long place = log.append(new byte[AppendLog.MAX_RECORD_BYTES]);
        assertThat(log.read(place)).hasSize(AppendLog.MAX_RECORD_BYTES);
        assertThatThrownBy(() -> log.read(place + 1)).isInstanceOf(StorageException.class);
        log.close();
        AppendLog.Reader failing =
                (at, record) -> {
                    throw new StorageException(StorageException.Reason.IO, "not mine");
                };
        assertThatThrownBy(() -> storage.log("limits", failing)).hasMessageContaining("not mine");
        storage.log("limits", (at, record) -> {}).close();
    }
}
