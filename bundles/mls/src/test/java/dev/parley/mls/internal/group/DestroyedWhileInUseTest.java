package dev.parley.mls.internal.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.mls.api.GroupState;
import dev.parley.mls.internal.codec.Secret;
import dev.parley.mls.internal.group.People.Person;
import dev.parley.mls.internal.schedule.EpochSecrets;
import dev.parley.mls.internal.suite.CipherSuite;
import dev.parley.mls.internal.suite.CipherSuites;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * A state that one thread destroys while another uses it gives an error, or what it always gave.
 */
class DestroyedWhileInUseTest {
    private static final int ROUNDS = 2_000;
    private static final Environment ENVIRONMENT =
            new Environment(
                    CipherSuites.standard(),
                    People.random(1),
                    People.POLICY,
                    dev.parley.mls.api.MlsLimits.DEFAULT,
                    Runnable::run);

    private final People people = new People(1, 91);
    private final CipherSuite suite = CipherSuites.standard().find(1).orElseThrow();

    private interface Use {
        byte[] of(GroupState state);
    }

    private int wrong(Use use) throws Exception {
        Person alice = people.founder("alice");
        byte[] saved = alice.state.encode();
        byte[] right = use.of(alice.state);
        ExecutorService pool = Executors.newFixedThreadPool(1);
        AtomicInteger together = new AtomicInteger();
        int wrong = 0;
        try {
            for (int i = 0; i < ROUNDS; i++) {
                Epoch epoch = ((Group) alice.state).epochOf();
                EpochSecrets secrets = copied(epoch.secrets());
                GroupState state =
                        Group.begin(
                                ENVIRONMENT,
                                new Epoch(
                                        suite,
                                        epoch.context(),
                                        epoch.encodedContext(),
                                        epoch.tree(),
                                        epoch.roster(),
                                        epoch.own(),
                                        secrets,
                                        epoch.interim(),
                                        epoch.confirmationTag(),
                                        epoch.messages().retained(),
                                        epoch.ended()));
                Future<byte[]> used =
                        pool.submit(
                                () -> {
                                    together.incrementAndGet();
                                    while (together.get() % 2 != 0) {
                                        Thread.onSpinWait();
                                    }
                                    try {
                                        return use.of(state);
                                    } catch (IllegalStateException e) {
                                        return right;
                                    }
                                });
                while (together.get() % 2 == 0) {
                    Thread.onSpinWait();
                }
                together.incrementAndGet();
                for (int wait = i % 300; wait > 0; wait--) {
                    Thread.onSpinWait();
                }
                state.destroy();
                wrong += Arrays.equals(used.get(), right) ? 0 : 1;
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(alice.state.encode()).isEqualTo(saved);
        return wrong;
    }

    private static EpochSecrets copied(EpochSecrets of) {
        return new EpochSecrets(
                of.senderData().copy(),
                Secret.zeros(0),
                of.exporter().copy(),
                of.external().copy(),
                of.confirmation().copy(),
                of.membership().copy(),
                of.resumption().copy(),
                of.authenticator().copy(),
                of.init().copy());
    }

    @Test
    void exportedKeysAreNeverThoseOfAnOverwrittenSecret() throws Exception {
        assertThat(wrong(state -> state.export("label", People.NOTHING, 32))).isZero();
    }
}
