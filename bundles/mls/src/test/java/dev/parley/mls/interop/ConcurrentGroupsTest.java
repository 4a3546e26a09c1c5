package dev.parley.mls.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.mls.internal.suite.CipherSuites;
import dev.parley.mls.interop.Participant.Made;
import dev.parley.mls.interop.Participant.Wish;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Groups that know nothing of each other, of one suite and at the same time. */
class ConcurrentGroupsTest {
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final int THREADS = 4;
    private static final int MESSAGES = 250;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, CipherSuites.XWING_ED25519})
    void b1GroupsOnFourThreadsNeverDisturbEachOther(int suite) throws Exception {
        CipherSuites suites = CipherSuites.standard();
        ExecutorService pool = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<Integer>> read = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                byte[] group = {(byte) i};
                read.add(pool.submit(() -> converse(suite, suites, group)));
            }
            for (Future<Integer> each : read) {
                assertThat(each.get()).isEqualTo(2 * MESSAGES);
            }
        } finally {
            pool.shutdownNow();
        }
    }

    /** How many messages were read as they were written. */
    private static int converse(int suite, CipherSuites suites, byte[] group) throws Exception {
        OurMember alice = new OurMember("alice", suite, suites, NOW);
        OurMember bob = new OurMember("bob", suite, suites, NOW);
        alice.create(group);
        bob.join(alice.commit(Wish.add(false, bob.keyPackage())).welcome().orElseThrow());
        int read = 0;
        for (int i = 0; i < MESSAGES; i++) {
            byte[] content = {(byte) i, group[0]};
            if (bob.decrypt(alice.encrypt(content, group)).is(content, group)) {
                read++;
            }
            if (alice.decrypt(bob.encrypt(content, group)).is(content, group)) {
                read++;
            }
            if (i % 25 == 0) {
                Made made = (i % 2 == 0 ? alice : bob).commit(Wish.UPDATE);
                (i % 2 == 0 ? bob : alice).receive(made.commit());
                assertThat(bob.epoch()).isEqualTo(alice.epoch());
            }
        }
        return read;
    }
}
