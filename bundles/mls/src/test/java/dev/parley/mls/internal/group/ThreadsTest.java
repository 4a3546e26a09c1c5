package dev.parley.mls.internal.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.mls.api.Committed;
import dev.parley.mls.api.GroupState;
import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.Received;
import dev.parley.mls.internal.group.People.Person;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** One state used by several threads. */
class ThreadsTest {
    @Test
    void b1FourThreadsSendAndFourReceiveWithOneStateEach() throws Exception {
        People people = new People(1, 41);
        Person alice = people.founder("alice");
        Person bob = people.add(alice, "bob");
        alice.state.reserve(400).durable();
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try {
            List<Future<List<byte[]>>> senders = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                senders.add(pool.submit(() -> hundred(alice)));
            }
            List<Future<Set<Long>>> readers = new ArrayList<>();
            for (Future<List<byte[]>> sent : senders) {
                List<byte[]> messages = sent.get();
                readers.add(pool.submit(() -> generations(bob, messages)));
            }
            Set<Long> all = new HashSet<>();
            for (Future<Set<Long>> read : readers) {
                all.addAll(read.get());
            }
            assertThat(all).hasSize(400);
        } finally {
            pool.shutdownNow();
        }
    }

    private static List<byte[]> hundred(Person by) throws MlsException {
        List<byte[]> messages = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            messages.add(by.say("message"));
        }
        return messages;
    }

    private static Set<Long> generations(Person reader, List<byte[]> messages) {
        Set<Long> found = new HashSet<>();
        for (byte[] each : messages) {
            found.add(((Received.Application) reader.receive(each)).generation());
        }
        return found;
    }

    @Test
    void rivalCommitsAreMadeAndReadAtTheSameTime() throws Exception {
        People people = new People(1, 42);
        Person alice = people.founder("alice");
        Person bob = people.add(alice, "bob");
        GroupState before = alice.state;
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try {
            List<Future<Boolean>> results = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                results.add(
                        pool.submit(
                                () -> {
                                    Committed made = alice.commit();
                                    Received.Commit read =
                                            (Received.Commit) bob.receive(made.message());
                                    return java.util.Arrays.equals(
                                            read.staged().next().epochAuthenticator(),
                                            made.staged().next().epochAuthenticator());
                                }));
            }
            for (Future<Boolean> each : results) {
                assertThat(each.get()).isTrue();
            }
            assertThat(alice.state).isSameAs(before);
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void oneStateSendsReadsAndIsSavedAtTheSameTime() throws Exception {
        People people = new People(1, 43);
        Person alice = people.founder("alice");
        Person bob = people.add(alice, "bob");
        alice.state.reserve(100).durable();
        bob.state.reserve(300).durable();
        List<byte[]> incoming = hundred(alice);
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try {
            Future<Set<Long>> read = pool.submit(() -> generations(bob, incoming));
            Future<List<byte[]>> first = pool.submit(() -> hundred(bob));
            Future<List<byte[]>> second = pool.submit(() -> hundred(bob));
            Future<Integer> saved =
                    pool.submit(
                            () -> {
                                for (int i = 0; i < 60; i++) {
                                    GroupState copy =
                                            people.mls.decode(bob.state.encode(), List.of());
                                    copy.reserve(1).durable();
                                    byte[] message =
                                            copy.encrypt(
                                                    People.NOTHING,
                                                    People.NOTHING,
                                                    1,
                                                    bob.client.signer());
                                    Person reader =
                                            new Person(
                                                    alice.client,
                                                    people.mls.decode(
                                                            alice.state.encode(), List.of()));
                                    assertThat(
                                                    ((Received.Application) reader.receive(message))
                                                            .generation())
                                            .isEqualTo(300);
                                }
                                return 60;
                            });
            assertThat(read.get()).hasSize(100);
            assertThat(saved.get()).isEqualTo(60);
            List<byte[]> all = new ArrayList<>(first.get());
            all.addAll(second.get());
            assertThat(generations(alice, all)).hasSize(200);
        } finally {
            pool.shutdownNow();
        }
    }
}
