package dev.parley.mls.internal.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.mls.api.Committed;
import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsException.Reason;
import dev.parley.mls.api.Received;
import dev.parley.mls.api.SendReservation;
import dev.parley.mls.internal.group.People.Person;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What was sent in an epoch counts, too, for who comes to that epoch another time. */
class KeysAcrossEpochsTest {
    private final People people = new People(1, 71);
    private Person alice;
    private Person bob;

    @BeforeEach
    void two() throws MlsException {
        alice = people.founder("alice");
        bob = people.add(alice, "bob");
    }

    private static long generation(Person reader, byte[] message) {
        return ((Received.Application) reader.receive(message)).generation();
    }

    @Test
    void aCopyOfAnEarlierEpochUsesNoKeyOfALaterOneAgain() throws MlsException {
        byte[] early = bob.state.encode();
        Committed first = alice.commit();
        alice.state = first.staged().next();
        Committed second = alice.commit();
        alice.state = second.staged().next();
        bob.follow(first.message());
        bob.follow(second.message());
        SendReservation reservation = bob.state.reserve(10);
        reservation.durable();
        assertThat(generation(alice, bob.say("before"))).isZero();

        bob.state = people.mls.decode(early, List.of(reservation.encoded()));
        bob.follow(first.message());
        bob.follow(second.message());
        bob.ready();
        assertThat(generation(alice, bob.say("after"))).isEqualTo(10);
    }

    @Test
    void oneCommitReadTwiceGivesNoKeyTwice() throws MlsException {
        Committed made = alice.commit();
        alice.state = made.staged().next();
        Person once = new Person(bob.client, bob.state);
        Person again = new Person(bob.client, bob.state);
        once.follow(made.message());
        again.follow(made.message());
        once.ready();
        again.ready();
        long first = generation(alice, once.say("once"));
        byte[] other = again.say("again");
        assertThat(generation(alice, other)).isNotEqualTo(first);
    }

    @Test
    void anAbsurdReservationOfALaterEpochTakesNoTime() throws MlsException {
        byte[] early = bob.state.encode();
        Committed made = alice.commit();
        bob.follow(made.message());
        byte[] absurd = bob.state.reserve(1).encoded();
        absurd[29] = 1;
        bob.state = people.mls.decode(early, List.of(absurd));
        bob.follow(made.message());
        bob.ready();
        assertThatThrownBy(() -> bob.say("x"))
                .isInstanceOfSatisfying(
                        MlsException.class,
                        e -> assertThat(e.reason()).isEqualTo(Reason.GENERATION_TOO_FAR));
    }
}
