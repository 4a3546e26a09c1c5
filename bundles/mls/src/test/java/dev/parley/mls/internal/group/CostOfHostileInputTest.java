package dev.parley.mls.internal.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.parley.mls.api.Client;
import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsException.Reason;
import dev.parley.mls.api.Received;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.framing.MlsMessage;
import dev.parley.mls.internal.group.People.Person;
import dev.parley.mls.internal.node.Capabilities;
import dev.parley.mls.internal.node.Extension;
import dev.parley.mls.internal.node.Extensions;
import dev.parley.mls.internal.node.KeyPackage;
import dev.parley.mls.internal.node.LeafNode;
import dev.parley.mls.internal.proposal.PreSharedKeyId;
import dev.parley.mls.internal.proposal.Proposal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What a message may cost who reads it. The times are far beyond what they need. */
class CostOfHostileInputTest {
    private static final int TYPES = 60_000;

    private final People people = new People(1, 73);

    /** A leaf whose extensions are named at the end of long lists, so that a search costs most. */
    private static LeafNode verbose(LeafNode leaf) {
        List<Extension> extensions = new ArrayList<>();
        List<Integer> named = new ArrayList<>();
        for (int i = 0; i < TYPES; i++) {
            named.add(1);
        }
        for (int i = 0; i < TYPES; i++) {
            extensions.add(new Extension(100 + i, Bytes.EMPTY));
            named.add(100 + i);
        }
        Capabilities old = leaf.capabilities();
        return new LeafNode(
                leaf.encryptionKey(),
                leaf.signatureKey(),
                leaf.credential(),
                new Capabilities(
                        old.versions(),
                        old.cipherSuites(),
                        named,
                        old.proposals(),
                        old.credentials()),
                leaf.source(),
                new Extensions(extensions),
                leaf.signature());
    }

    @Test
    void aLeafWithManyExtensionsTakesNoTimeThatGrowsWithTheirSquare() throws MlsException {
        Client mallory = people.client("mallory");
        KeyPackage made =
                Forger.keyPackage(
                        people, mallory, CostOfHostileInputTest::verbose, UnaryOperator.identity());
        byte[] message = new MlsMessage.OfKeyPackage(made).encode();
        assertThat(message.length).isLessThan(1 << 20);
        people.mls.inspect(people.keyPackage(mallory).message(), People.NOW);
        assertTimeoutPreemptively(
                Duration.ofSeconds(4), () -> people.mls.inspect(message, People.NOW));
    }

    /** Their number and places are told in 16 bits (RFC 9420 section 8.4). */
    @Test
    void moreKeysThanCanBeCountedAreRefused() throws MlsException {
        Person alice = people.founder("alice");
        Person bob = people.add(alice, "bob");
        List<Proposal> all = new ArrayList<>();
        for (int i = 0; i < 65_536; i++) {
            byte[] nonce = new byte[32];
            nonce[0] = (byte) i;
            nonce[1] = (byte) (i >>> 8);
            all.add(
                    new Proposal.PreSharedKey(
                            new PreSharedKeyId.Resumption(
                                    PreSharedKeyId.Usage.APPLICATION,
                                    Bytes.wrap(alice.state.groupId()),
                                    alice.state.epoch(),
                                    Bytes.wrap(nonce))));
        }
        Received received = bob.receive(new Forger(alice).commit(all.toArray(new Proposal[0])));
        assertThat(received)
                .isInstanceOfSatisfying(
                        Received.Refused.class,
                        each -> assertThat(each.reason()).isEqualTo(Reason.TOO_MANY_PROPOSALS));
    }
}
