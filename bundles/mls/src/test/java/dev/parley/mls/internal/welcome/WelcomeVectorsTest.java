package dev.parley.mls.internal.welcome;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.Randomness;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Secret;
import dev.parley.mls.internal.codec.Vectors;
import dev.parley.mls.internal.framing.MlsMessage;
import dev.parley.mls.internal.node.KeyPackage;
import dev.parley.mls.internal.schedule.EpochSecrets;
import dev.parley.mls.internal.schedule.KeySchedule;
import dev.parley.mls.internal.suite.CipherSuite;
import dev.parley.mls.internal.suite.CipherSuites;
import dev.parley.mls.internal.suite.CryptoBasicsTest;
import dev.parley.mls.internal.suite.KeyPair;
import dev.parley.wire.api.MalformedException;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The official welcome vectors, both directions. */
class WelcomeVectorsTest {
    private static final Randomness RANDOM = Randomness.of(new SecureRandom());

    @Test
    void theOfficialVectorsHold() throws MlsException, MalformedException {
        for (Vectors.Case each : Vectors.read("welcome")) {
            CipherSuite suite = CipherSuites.standard().require((int) each.number("cipher_suite"));
            KeyPackage keyPackage =
                    ((MlsMessage.OfKeyPackage) MlsMessage.decode(each.hex("key_package")))
                            .keyPackage();
            Welcome welcome =
                    ((MlsMessage.OfWelcome) MlsMessage.decode(each.hex("welcome"))).welcome();
            KeyPair init =
                    new KeyPair(
                            keyPackage.initKey(),
                            CryptoBasicsTest.pad(
                                    each.hex("init_priv"), suite.kem().privateKeyLength()));
            Bytes reference = WelcomeCrypto.reference(suite, keyPackage);
            Bytes signer = Bytes.wrap(each.hex("signer_pub"));

            GroupSecrets secrets = WelcomeCrypto.openSecrets(suite, welcome, reference, init);
            GroupInfo info = openAndCheck(suite, welcome, secrets, signer);

            Welcome ours =
                    WelcomeCrypto.seal(
                            suite,
                            info,
                            secrets.joinerSecret(),
                            Secret.zeros(suite.secretLength()),
                            List.of(new WelcomeCrypto.Recipient(keyPackage, secrets)),
                            RANDOM,
                            Runnable::run);
            GroupSecrets again = WelcomeCrypto.openSecrets(suite, ours, reference, init);
            assertThat(again).isEqualTo(secrets);
            assertThat(openAndCheck(suite, ours, again, signer)).isEqualTo(info);
            assertThatThrownBy(() -> WelcomeCrypto.openSecrets(suite, ours, Bytes.EMPTY, init))
                    .isInstanceOf(MlsException.class);
        }
    }

    private static GroupInfo openAndCheck(
            CipherSuite suite, Welcome welcome, GroupSecrets secrets, Bytes signer)
            throws MlsException {
        Secret psk = Secret.zeros(suite.secretLength());
        GroupInfo info = WelcomeCrypto.openGroupInfo(suite, welcome, secrets.joinerSecret(), psk);
        suite.requireSignature(
                signer, GroupInfo.LABEL, info.signedBytes(), info.signature(), "group info");
        EpochSecrets epoch =
                KeySchedule.epoch(suite, secrets.joinerSecret(), psk, info.groupContext().encode());
        assertThat(epoch.confirmationTag(suite, info.groupContext().confirmedTranscriptHash()))
                .isEqualTo(info.confirmationTag());
        return info;
    }
}
