package dev.parley.stores.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.api.StoreInfo;
import dev.parley.storage.internal.StorageComponent;
import dev.parley.stores.api.StoreStatus;
import dev.parley.trust.nodes.ChildProcess;
import java.io.PrintStream;
import java.nio.file.Files;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that writes and is killed at random moments. Twenty times, or as often as {@code
 * -Dparley.kills} says.
 */
class KillTest {
    private static final int KILLS = Integer.getInteger("parley.kills", 20);
    private static final int KEYS = 100;
    private static final int UNDER_WAY = 64;

    /** So often that many a kill comes while an index is made. */
    private static final int INDEX_EVERY = 5;

    private static final Path COUNT = Path.ROOT.at("count", ObjectType.COUNTER);

    @TempDir private java.nio.file.Path dir;

    private static Path key(long number) {
        return Path.ROOT.map("keys").at("key-" + number % KEYS, ObjectType.REGISTER);
    }

    /**
     * The child: writes numbered values for ever, many at a time, and prints each number once its
     * write was acknowledged.
     */
    public static void main(String[] words) throws Exception {
        java.nio.file.Path dir = java.nio.file.Path.of(words[0]);
        StoresComponent stores = Offline.open(dir, new StorageComponent(dir), INDEX_EVERY);
        Id store = Nodes.get(stores.find("crash")).id();
        Semaphore room = new Semaphore(UNDER_WAY);
        PrintStream out = System.out;
        for (long next = Long.parseLong(words[1]); true; next++) {
            long number = next;
            room.acquire();
            stores.write(
                            store,
                            it -> {
                                it.set(key(number), Scalar.of(number));
                                it.increment(COUNT, 1);
                            })
                    .whenComplete(
                            (change, failure) -> {
                                if (failure != null) {
                                    Runtime.getRuntime().halt(3);
                                }
                                out.println(number);
                                room.release();
                            });
        }
    }

    @Test
    @Timeout(600)
    void aKilledProcessLosesNoAcknowledgedWriteAndNeverForks() throws Exception {
        StorageComponent first = new StorageComponent(dir);
        StoresComponent made = Offline.open(dir, first);
        Id store = Nodes.get(made.create("crash", StoreInfo.Mode.OPEN, false)).id();
        made.close();
        first.close();
        Random random = new Random(7);
        long next = 0;
        long acknowledged = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            long[] acked = runAndKill(next, random.nextInt(150));
            acknowledged += acked.length;
            StorageComponent storage = new StorageComponent(dir);
            StoresComponent stores = Offline.open(dir, storage);
            String when = "after kill " + kill;
            StoreStatus status = Nodes.get(stores.list()).get(0);
            assertThat(status.damage()).as(when).isEmpty();
            assertThat(status.forked()).as(when).isEmpty();
            assertThat(status.heads()).as(when).hasSize(1);
            for (long number : acked) {
                Scalar found =
                        Nodes.get(stores.read(store, it -> it.state().register(key(number))))
                                .orElseThrow();
                assertThat(((Scalar.Int) found).value())
                        .as("%s, key of %d", when, number)
                        .isGreaterThanOrEqualTo(number);
                next = Math.max(next, number + 1);
            }
            long count = Nodes.get(stores.read(store, it -> it.state().counter(COUNT)));
            assertThat(count).as(when).isGreaterThanOrEqualTo(acknowledged);
            next += UNDER_WAY;
            stores.close();
            storage.close();
        }
        assertThat(acknowledged).as("acknowledged writes").isGreaterThan(KILLS);
        System.out.println(KILLS + " kills, " + acknowledged + " acknowledged writes, none lost");
    }

    private long[] runAndKill(long from, int millis) throws Exception {
        java.nio.file.Path acknowledged = dir.resolve("acknowledged");
        Process child =
                ChildProcess.of(KillTest.class, dir, from)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .redirectOutput(acknowledged.toFile())
                        .start();
        while (Files.size(acknowledged) == 0 && child.isAlive()) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        TimeUnit.MILLISECONDS.sleep(millis);
        child.destroyForcibly().waitFor();
        String lines = Files.readString(acknowledged);
        assertThat(lines).as("what the child said").contains("\n");
        return lines.substring(0, lines.lastIndexOf('\n'))
                .lines()
                .mapToLong(Long::parseLong)
                .toArray();
    }
}
