package dev.parley.mls.internal.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.mls.api.Client;
import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsExtension;
import dev.parley.mls.api.Proposing;
import dev.parley.mls.internal.group.People.Person;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What nobody could read is not sent, and takes no key. */
class CallersMistakesTest {
    private final People people = new People(1, 99);

    @Test
    void codePointsOfMoreThan16BitsAreNotWrittenAsOthers() throws MlsException {
        Person alice = people.founder("alice");
        assertThatThrownBy(() -> alice.commit(new Proposing.Other(0x1_F123, People.NOTHING)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(
                        () ->
                                alice.commit(
                                        new Proposing.Extensions(
                                                List.of(
                                                        new MlsExtension(
                                                                0x1_0001, People.NOTHING)))))
                .isInstanceOf(IllegalArgumentException.class);
        Client odd = people.client("odd", List.of(), List.of(0x1_0001), List.of());
        assertThatThrownBy(() -> people.keyPackage(odd))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void messagesThatNobodyReadsTakeNoKey() throws MlsException {
        Person alice = people.founder("alice");
        Person bob = people.add(alice, "bob");
        alice.ready();
        for (int padTo : new int[] {0, -5, Integer.MAX_VALUE}) {
            assertThatThrownBy(
                            () ->
                                    alice.state.encrypt(
                                            People.NOTHING,
                                            People.NOTHING,
                                            padTo,
                                            alice.client.signer()))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(
                        () ->
                                alice.state.encrypt(
                                        new byte[63 << 20],
                                        People.NOTHING,
                                        1,
                                        alice.client.signer()))
                .isInstanceOf(IllegalArgumentException.class);
        byte[] padded =
                alice.state.encrypt(
                        People.bytes("x"), People.NOTHING, 1 << 20, alice.client.signer());
        assertThat(bob.read(padded)).isEqualTo("x");
    }
}
