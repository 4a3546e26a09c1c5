package dev.parley.storage.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.storage.api.KeyValueStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CrashTest {
    private static final int KILLS = 12;

    @TempDir private Path dir;

    /**
     * The child: writes numbered values for ever and prints each number once its write was
     * acknowledged.
     */
    public static void main(String[] words) throws Exception {
        KeyValueStore store = new StorageComponent(Path.of(words[0])).keyValue("crash");
        for (long next = Long.parseLong(words[1]); true; next++) {
            store.put("key-" + next % 50, Long.toString(next).getBytes(StandardCharsets.UTF_8));
            System.out.println(next);
        }
    }

    @Test
    void aKilledProcessLosesNoAcknowledgedWrite() throws Exception {
        Random random = new Random(42);
        long next = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            long last = runAndKill(next, 20 + random.nextInt(200));
            StorageComponent storage = new StorageComponent(dir);
            KeyValueStore store = storage.keyValue("crash");
            for (long n = Math.max(0, last - 49); n <= last; n++) {
                long found =
                        Long.parseLong(
                                new String(
                                        store.get("key-" + n % 50).orElseThrow(),
                                        StandardCharsets.UTF_8));
                assertThat(found)
                        .as("key-%d after kill %d", n % 50, kill)
                        .isGreaterThanOrEqualTo(n);
            }
            storage.close();
            next = last + 1;
        }
        assertThat(next).isGreaterThan(KILLS);
    }

    private long runAndKill(long from, int millis) throws Exception {
        Path acknowledged = dir.resolve("acknowledged-" + from);
        Process child =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                CrashTest.class.getName(),
                                dir.toString(),
                                Long.toString(from))
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .redirectOutput(acknowledged.toFile())
                        .start();
        while (Files.size(acknowledged) == 0 && child.isAlive()) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        TimeUnit.MILLISECONDS.sleep(millis);
        child.destroyForcibly().waitFor();
        String lines = Files.readString(acknowledged);
        String[] whole = lines.substring(0, lines.lastIndexOf('\n')).split("\n");
        return Long.parseLong(whole[whole.length - 1]);
    }

    @Test
    void aTornTailIsCutOffAndTheRestKept() throws Exception {
        StorageComponent first = new StorageComponent(dir);
        for (int i = 0; i < 10; i++) {
            first.keyValue("torn").put("key" + i, new byte[100]);
        }
        first.close();
        Path segment = dir.resolve("kv/torn/000000000001.seg");
        byte[] whole = Files.readAllBytes(segment);
        for (int cut = 1; cut < 115; cut += 7) {
            Files.write(segment, java.util.Arrays.copyOf(whole, whole.length - cut));
            StorageComponent again = new StorageComponent(dir);
            assertThat(again.keyValue("torn").keys("key")).hasSize(9);
            again.keyValue("torn").put("after", new byte[3]);
            again.close();
            StorageComponent third = new StorageComponent(dir);
            assertThat(third.keyValue("torn").keys("")).hasSize(10).contains("after");
            third.close();
        }
        Files.write(segment, whole);
        Files.write(segment, new byte[] {0, 0, 0, 9, 1, 2, 3}, StandardOpenOption.APPEND);
        StorageComponent last = new StorageComponent(dir);
        assertThat(last.keyValue("torn").keys("key")).hasSize(10);
        last.close();
    }

    @Test
    void damageInTheMiddleIsNoTornTailAndTheRestIsKeptAside() throws Exception {
        StorageComponent first = new StorageComponent(dir);
        for (int i = 0; i < 10; i++) {
            first.keyValue("rot").put("key" + i, new byte[100]);
        }
        first.close();
        Path segment = dir.resolve("kv/rot/000000000001.seg");
        byte[] whole = Files.readAllBytes(segment);
        int record = whole.length / 10;
        whole[3 * record + 50] ^= 1;
        Files.write(segment, whole);
        StorageComponent again = new StorageComponent(dir);
        assertThat(again.keyValue("rot").keys("key")).hasSize(3);
        again.close();
        byte[] aside =
                Files.readAllBytes(
                        dir.resolve("kv/rot/000000000001.seg." + 3 * record + ".damaged"));
        assertThat(aside).isEqualTo(java.util.Arrays.copyOfRange(whole, 3 * record, whole.length));
    }
}
