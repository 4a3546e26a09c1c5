package dev.parley.mls.internal.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.mls.api.Committed;
import dev.parley.mls.api.GroupState;
import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.Proposing;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Decoder;
import dev.parley.mls.internal.codec.Secret;
import dev.parley.mls.internal.framing.Content;
import dev.parley.mls.internal.framing.MlsMessage;
import dev.parley.mls.internal.group.People.Person;
import dev.parley.mls.internal.node.HpkeCiphertext;
import dev.parley.mls.internal.node.UpdatePath;
import dev.parley.mls.internal.schedule.EpochKeys.Kind;
import dev.parley.mls.internal.suite.CipherSuite;
import dev.parley.mls.internal.suite.CipherSuites;
import dev.parley.mls.internal.suite.KeyPair;
import dev.parley.mls.internal.welcome.GroupContext;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * What somebody can do who steals a saved state. Nothing is known here of how it is written: each
 * run of bytes in it is tried as each secret that it could be. Every test also shows that the same
 * attempts succeed where they should, so that they are worth something.
 */
class StolenStateTest {
    private static final int DEPTH = 3;

    private final People people = new People(1, 77);
    private final CipherSuite suite = CipherSuites.standard().find(1).orElseThrow();
    private final Person alice;
    private final Person bob;
    private final Person carol;

    StolenStateTest() throws MlsException {
        alice = people.founder("alice");
        bob = people.add(alice, "bob");
        carol = people.add(alice, "carol", bob);
        alice.ready();
        bob.ready();
    }

    /** The key of a message that will come, found in a copy of its reader's state. */
    private byte[] key(Person reader, int leaf, long generation) throws MlsException {
        Group copy = (Group) people.mls.decode(reader.state.encode(), List.of());
        return copy.epochOf()
                .messages()
                .keys()
                .open(leaf, Kind.APPLICATION, generation, key -> key.key().reveal().clone());
    }

    /** Whether the key can be had from these bytes, by anything that it is derived of. */
    private boolean gives(byte[] stolen, byte[] key, long generation) {
        for (int at = 0; at + key.length <= stolen.length; at++) {
            if (Arrays.equals(stolen, at, at + key.length, key, 0, key.length)) {
                return true;
            }
        }
        for (int at = 0; at + suite.secretLength() <= stolen.length; at++) {
            Secret secret = Secret.wrap(Arrays.copyOfRange(stolen, at, at + suite.secretLength()));
            for (long from = 0; from <= generation; from++) {
                if (chainGives(secret, from, key, generation)) {
                    return true;
                }
            }
            if (treeGives(secret, DEPTH, key, generation)) {
                return true;
            }
        }
        return false;
    }

    private boolean chainGives(Secret secret, long from, byte[] key, long generation) {
        Secret chain = secret;
        for (long at = from; at < generation; at++) {
            chain = suite.deriveTreeSecret(chain, "secret", at, suite.secretLength());
        }
        return Arrays.equals(
                suite.deriveTreeSecret(chain, "key", generation, key.length).reveal(), key);
    }

    private boolean treeGives(Secret node, int depth, byte[] key, long generation) {
        Secret leaf = suite.expandWithLabel(node, "application", new byte[0], suite.secretLength());
        if (chainGives(leaf, 0, key, generation)) {
            return true;
        }
        if (depth > 0) {
            for (String side : List.of("left", "right")) {
                byte[] context = side.getBytes(StandardCharsets.US_ASCII);
                Secret child = suite.expandWithLabel(node, "tree", context, suite.secretLength());
                if (treeGives(child, depth - 1, key, generation)) {
                    return true;
                }
            }
        }
        return false;
    }

    @Test
    void theKeyOfAMessageThatWasReadIsGone() throws MlsException {
        List<byte[]> sent = List.of(alice.say("one"), alice.say("two"), alice.say("three"));
        for (int i : new int[] {1, 2, 0}) {
            byte[] key = key(bob, 0, i);
            assertThat(gives(bob.state.encode(), key, i)).isTrue();
            bob.read(sent.get(i));
            assertThat(gives(bob.state.encode(), key, i)).isFalse();
        }
    }

    @Test
    void theKeyOfAMessageThatWasSentIsGone() throws MlsException {
        for (int i = 0; i < 3; i++) {
            byte[] key = key(bob, 0, i);
            assertThat(gives(alice.state.encode(), key, i)).isTrue();
            alice.say("sent");
            assertThat(gives(alice.state.encode(), key, i)).isFalse();
        }
    }

    @Test
    void aLaterEpochGivesNoKeyOfAnEarlierOne() throws MlsException {
        byte[] key = key(bob, 2, 0);
        assertThat(gives(bob.state.encode(), key, 0)).isTrue();
        bob.follow(alice.commit().message());
        assertThat(gives(bob.state.encode(), key, 0)).isFalse();
    }

    @Test
    void anEarlierEpochGivesNoKeyOfALaterOne() throws MlsException {
        byte[] before = bob.state.encode();
        bob.follow(alice.commit().message());
        byte[] key = key(bob, 0, 0);
        assertThat(gives(before, key, 0)).isFalse();
        assertThat(gives(bob.state.encode(), key, 0)).isTrue();
    }

    /** Private keys in a saved state: whatever has a public key that stands in the tree. */
    private List<KeyPair> privateKeys(List<byte[]> stolen, byte[] tree) throws MlsException {
        Set<Bytes> there = new HashSet<>();
        for (int at = 0; at + suite.kem().publicKeyLength() <= tree.length; at++) {
            there.add(Bytes.wrap(Arrays.copyOfRange(tree, at, at + suite.kem().publicKeyLength())));
        }
        List<KeyPair> found = new ArrayList<>();
        int length = suite.kem().privateKeyLength();
        for (byte[] state : stolen) {
            for (int at = 0; at + length <= state.length; at++) {
                Secret key = Secret.wrap(Arrays.copyOfRange(state, at, at + length));
                Bytes point = suite.kem().publicKey(key);
                if (there.contains(point)) {
                    found.add(new KeyPair(point, key));
                }
            }
        }
        return found;
    }

    /** How many secrets of an update path these keys open. */
    private int opens(List<KeyPair> keys, byte[] commit, GroupState before, GroupState after)
            throws Exception {
        MlsMessage message = Decoder.decode(MlsMessage::read, commit, "commit");
        Content.Commit content = (Content.Commit) ((MlsMessage.Public) message).content().content();
        UpdatePath path = content.commit().path().orElseThrow();
        GroupContext old = ((Group) before).epochOf().context();
        byte[] context =
                new GroupContext(
                                old.version(),
                                old.cipherSuite(),
                                old.groupId(),
                                old.epoch() + 1,
                                Bytes.wrap(after.treeHash()),
                                old.confirmedTranscriptHash(),
                                old.extensions())
                        .encode();
        int opened = 0;
        for (UpdatePath.Step node : path.nodes()) {
            for (HpkeCiphertext each : node.encryptedPathSecrets()) {
                for (KeyPair key : keys) {
                    try {
                        suite.decryptWithLabel(key, "UpdatePathNode", context, each);
                        opened++;
                    } catch (MlsException e) {
                        assertThat(e.reason()).isEqualTo(MlsException.Reason.DECRYPTION_FAILED);
                    }
                }
            }
        }
        return opened;
    }

    @Test
    void noKeyThatARemovedMemberEverHeldOpensALaterPath() throws Exception {
        List<byte[]> carols = new ArrayList<>();
        List<byte[]> bobs = new ArrayList<>();
        for (Person committer : List.of(alice, carol, bob)) {
            carols.add(carol.state.encode());
            bobs.add(bob.state.encode());
            Committed made = committer.commit();
            committer.state = made.staged().next();
            for (Person each : List.of(alice, bob, carol)) {
                if (each != committer) {
                    each.follow(made.message());
                }
            }
        }
        carols.add(carol.state.encode());
        bobs.add(bob.state.encode());
        byte[] tree = alice.state.ratchetTree();
        List<KeyPair> keysOfCarol = privateKeys(carols, tree);
        List<KeyPair> keysOfBob = privateKeys(bobs, tree);
        assertThat(keysOfCarol).isNotEmpty();

        GroupState before = alice.state;
        Committed removal = alice.commit(new Proposing.Remove(carol.state.self().leafIndex()));
        GroupState after = removal.staged().next();
        assertThat(opens(keysOfBob, removal.message(), before, after)).isPositive();
        assertThat(opens(keysOfCarol, removal.message(), before, after)).isZero();

        alice.state = after;
        bob.follow(removal.message());
        Committed later = bob.commit();
        assertThat(opens(keysOfCarol, later.message(), after, later.staged().next())).isZero();
        List<KeyPair> keysOfAlice = privateKeys(List.of(alice.state.encode()), after.ratchetTree());
        assertThat(opens(keysOfAlice, later.message(), after, later.staged().next())).isPositive();
    }
}
