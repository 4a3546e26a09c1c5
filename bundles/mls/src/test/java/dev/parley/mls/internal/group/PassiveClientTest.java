package dev.parley.mls.internal.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.mls.api.Client;
import dev.parley.mls.api.GroupState;
import dev.parley.mls.api.IdentityPolicy;
import dev.parley.mls.api.Member;
import dev.parley.mls.api.MemberId;
import dev.parley.mls.api.Mls;
import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsLibrary;
import dev.parley.mls.api.OwnKeyPackage;
import dev.parley.mls.api.PskSource;
import dev.parley.mls.api.Received;
import dev.parley.mls.api.Signer;
import dev.parley.mls.internal.codec.Secret;
import dev.parley.mls.internal.codec.Vectors;
import dev.parley.mls.internal.framing.MlsMessage;
import dev.parley.mls.internal.node.KeyPackage;
import dev.parley.mls.internal.suite.CipherSuite;
import dev.parley.mls.internal.suite.CipherSuites;
import dev.parley.mls.internal.suite.CryptoBasicsTest;
import dev.parley.mls.internal.suite.Hash;
import dev.parley.mls.internal.welcome.WelcomeCrypto;
import dev.parley.wire.api.MalformedException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The official vectors of a member that only follows: joins, proposals, commits, restarts. */
class PassiveClientTest {
    /** Members are known by the first signature key that their leaf had. */
    private static final IdentityPolicy FIRST_KEY =
            (credential, key, place, old) ->
                    old.map(Member::id).orElseGet(() -> MemberId.of(Hash.SHA256.hash(key)));

    private static final class Kept implements PskSource {
        private final Map<String, byte[]> external = new HashMap<>();
        private final Map<Long, byte[]> epochs = new HashMap<>();
        private byte[] groupId = new byte[0];

        @Override
        public Optional<byte[]> external(byte[] id) {
            return Optional.ofNullable(external.get(HexFormat.of().formatHex(id)));
        }

        @Override
        public Optional<byte[]> resumption(byte[] id, long epoch) {
            return Arrays.equals(id, groupId)
                    ? Optional.ofNullable(epochs.get(epoch))
                    : Optional.empty();
        }

        void keep(GroupState state) {
            groupId = state.groupId();
            epochs.put(state.epoch(), state.resumptionPsk());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "passive-client-welcome",
                "passive-client-handling-commit",
                "passive-client-random"
            })
    void theOfficialVectorsHold(String file) throws MlsException, MalformedException {
        int epochs = 0;
        for (Vectors.Case each : Vectors.read(file)) {
            epochs += follow(each, false);
        }
        assertThat(epochs).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"passive-client-handling-commit", "passive-client-random"})
    void theyHoldWhenTheStateIsSavedAndReadAtEveryStep(String file)
            throws MlsException, MalformedException {
        for (Vectors.Case each : Vectors.read(file)) {
            follow(each, true);
        }
    }

    private static int follow(Vectors.Case each, boolean restart)
            throws MlsException, MalformedException {
        Mls mls = MlsLibrary.of(People.random(1), FIRST_KEY);
        Kept psks = new Kept();
        for (Vectors.Case psk : each.list("external_psks")) {
            psks.external.put(psk.string("psk_id"), psk.hex("psk"));
        }
        GroupState state = join(mls, each, psks);
        assertThat(state.epochAuthenticator()).isEqualTo(each.hex("initial_epoch_authenticator"));
        for (Vectors.Case epoch : each.list("epochs")) {
            psks.keep(state);
            state = restart ? mls.decode(state.encode(), List.of()) : state;
            for (dev.parley.wire.api.Value proposal : epoch.values("proposals")) {
                Received received = state.receive(Vectors.text(proposal), psks, People.NOW);
                assertThat(received).isInstanceOf(Received.Proposal.class);
                state = ((Received.Proposal) received).next();
                state = restart ? mls.decode(state.encode(), List.of()) : state;
            }
            Received received = state.receive(epoch.hex("commit"), psks, People.NOW);
            assertThat(received).isInstanceOf(Received.Commit.class);
            state = ((Received.Commit) received).staged().next();
            assertThat(state.epochAuthenticator()).isEqualTo(epoch.hex("epoch_authenticator"));
        }
        return each.list("epochs").size() + 1;
    }

    private static GroupState join(Mls mls, Vectors.Case each, PskSource psks)
            throws MlsException, MalformedException {
        CipherSuite suite = CipherSuites.standard().require((int) each.number("cipher_suite"));
        byte[] message = each.hex("key_package");
        KeyPackage keyPackage = ((MlsMessage.OfKeyPackage) MlsMessage.decode(message)).keyPackage();
        Secret init = CryptoBasicsTest.pad(each.hex("init_priv"), suite.kem().privateKeyLength());
        Secret leaf =
                CryptoBasicsTest.pad(each.hex("encryption_priv"), suite.kem().privateKeyLength());
        OwnKeyPackage own =
                new OwnKeyPackage(
                        message,
                        WelcomeCrypto.reference(suite, keyPackage).toByteArray(),
                        new KeyPackages.PrivateKeys(init, leaf).encode());
        Client client =
                new Client(
                        suite.id(),
                        Convert.credential(keyPackage.leafNode().credential()),
                        new OnlyReads(keyPackage.leafNode().signatureKey().toByteArray()));
        assertThat(mls.recipients(each.hex("welcome"))).contains(own.reference());
        return mls.join(
                each.hex("welcome"),
                own,
                client,
                each.optionalHex("ratchet_tree"),
                psks,
                People.NOW);
    }

    /** A member that never signs. */
    private record OnlyReads(byte[] publicKey) implements Signer {
        @Override
        public byte[] sign(byte[] content) {
            throw new AssertionError("a passive member signs nothing");
        }
    }
}
